from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db import Database
from api.identity.reading import RotationRefused, issue_read_token, rotate_read_token
from api.identity.tokens import secret_hash
from api.models import Contract, ReadToken
from api.models.base import utc_now
from tests.api.office import Office

HOUR = timedelta(hours=1)


def test_it_keeps_the_hash_and_never_the_token(office: Office, database: Database, session: Session) -> None:
    with database.writing.begin() as writing:
        contract = writing.scalars(select(Contract)).one()
        token, plain = issue_read_token(writing, contract, "grafana", utc_now(), grafana_org=3)
    stored = session.scalars(select(ReadToken)).one()
    assert stored.token_hash == secret_hash(plain)
    assert (stored.public_id, stored.label, stored.grafana_org) == (token.public_id, "grafana", 3)
    assert stored.public_id.startswith("r-")
    assert stored.contract is not None
    assert stored.contract.public_id == office.contract
    assert stored.expires_at is None


def test_the_new_one_reads_the_same_and_the_old_one_ends_soon(office: Office, database: Database) -> None:
    now = utc_now()
    with database.writing.begin() as writing:
        contract = writing.scalars(select(Contract).where(Contract.public_id == office.contract)).one()
        old, plain = issue_read_token(writing, contract, "grafana", now, grafana_org=3)
        new, other_plain = rotate_read_token(writing, old, now, now + HOUR)
        assert plain != other_plain
        assert (new.contract, new.label, new.grafana_org, new.expires_at) == (contract, "grafana", 3, None)
        assert old.expires_at == now + HOUR
        assert old.revoked_at is None


def test_a_rotation_does_not_lengthen_what_was_agreed(database: Database) -> None:
    now = utc_now()
    with database.writing.begin() as writing:
        old, _plain = issue_read_token(writing, None, "audit", now, expires_at=now + 24 * HOUR)
        assert rotate_read_token(writing, old, now, now + HOUR)[0].expires_at == now + 24 * HOUR


def test_a_token_that_was_replaced_is_not_replaced_by_one_that_ends_with_it(database: Database) -> None:
    now = utc_now()
    with database.writing.begin() as writing:
        old, _plain = issue_read_token(writing, None, "grafana", now)
        rotate_read_token(writing, old, now, now + HOUR)
        with pytest.raises(RotationRefused, match="would end before the overlap"):
            rotate_read_token(writing, old, now + timedelta(minutes=5), now + timedelta(minutes=65))
        new, _plain = rotate_read_token(writing, old, now, now + HOUR, expires_at=now + 24 * HOUR)
        assert new.expires_at == now + 24 * HOUR


def test_a_token_that_is_good_no_more_has_no_successor(database: Database) -> None:
    now = utc_now()
    with database.writing.begin() as writing:
        revoked, _plain = issue_read_token(writing, None, "a", now)
        revoked.revoke(now)
        expired, _plain = issue_read_token(writing, None, "b", now, expires_at=now)
        for each in (revoked, expired):
            with pytest.raises(RotationRefused, match="is good no more"):
                rotate_read_token(writing, each, now, now + HOUR)
