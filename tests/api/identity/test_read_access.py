from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from api.db import Database
from api.gateway.grant import ReadGrant, ReadLookup, Refusal
from api.identity.read_access import read_lookup, read_recorder
from api.identity.reading import issue_read_token
from api.identity.seen import SeenRecorder
from api.identity.tokens import new_device_token, new_read_token
from api.models import Contract, ContractEvent, ContractState, ReadToken, RollupPending, RollupProgress
from api.models.base import utc_now
from tests.api.office import Office
from tests.api.stored import Asked

DONE = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def seen(database: Database) -> SeenRecorder:
    return read_recorder(database)


@pytest.fixture
def lookup(database: Database, seen: SeenRecorder) -> ReadLookup:
    return read_lookup(database, seen)


def issue(database: Database, office: Office | None, expires_at: datetime | None = None) -> tuple[str, str]:
    """Return the public id of a new read token, and the token."""
    with database.writing.begin() as session:
        of = office.contract if office else None
        contract = session.scalar(select(Contract).where(Contract.public_id == of))
        token, plain = issue_read_token(session, contract, "grafana", utc_now(), expires_at)
        return token.public_id, plain


def roll_up(database: Database, until: datetime | None, pending: dict[str, datetime]) -> None:
    """Say how far the rollup is, and since when contracts have hours that it lacks."""
    with database.writing.begin() as session:
        session.merge(RollupProgress(id=1, done_until=until))
        for contract, since in pending.items():
            which = session.scalars(select(Contract.id).where(Contract.public_id == contract)).one()
            session.add(RollupPending(contract_id=which, since=since, noted_at=utc_now()))


def refused(answer: ReadGrant | Refusal) -> tuple[int, str]:
    assert isinstance(answer, Refusal)
    assert "\n" not in answer.message
    assert answer.message.count(" / ") == 1
    return answer.status, answer.code


def message(answer: ReadGrant | Refusal) -> str:
    assert isinstance(answer, Refusal)
    return answer.message


def rolled_until(answer: ReadGrant | Refusal) -> datetime:
    assert isinstance(answer, ReadGrant)
    assert answer.rolled_until_ns % (3600 * 10**9) == 0
    return datetime.fromtimestamp(answer.rolled_until_ns / 10**9, UTC)


def test_a_token_opens_its_own_contract_and_no_other(
    lookup: ReadLookup, office: Office, other_office: Office, database: Database
) -> None:
    for each in (office, other_office) * 2:
        token, plain = issue(database, each)
        assert lookup(plain) == ReadGrant(token, each.contract)


def test_a_token_of_the_staff_reads_across_contracts(lookup: ReadLookup, office: Office, database: Database) -> None:
    token, plain = issue(database, None)
    office.apply(ContractEvent.SUSPEND, "料金未払い")
    assert lookup(plain) == ReadGrant(token, None)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(token=st.one_of(st.text(max_size=80), st.text("okr_ABCabc012'\"%;- ", min_size=47, max_size=47)))
def test_nothing_else_opens_anything(lookup: ReadLookup, token: str) -> None:
    assert refused(lookup(token)) == (401, "token_unknown")


def test_a_token_of_the_right_form_that_was_never_issued_is_unknown(
    lookup: ReadLookup, office: Office, database: Database
) -> None:
    _id, plain = issue(database, office)
    for wrong in (new_read_token(), plain[:-1] + ("A" if plain[-1] != "A" else "B"), plain.swapcase(), plain + " "):
        assert refused(lookup(wrong)) == (401, "token_unknown")


def test_a_device_token_is_told_apart(lookup: ReadLookup, office: Office) -> None:
    for token in (office.enrol("1").token, new_device_token()):
        assert refused(lookup(token)) == (401, "token_unknown")
        assert "a read token is needed" in message(lookup(token))


def test_a_revoked_token_is_refused_at_once(lookup: ReadLookup, office: Office, database: Database) -> None:
    token, plain = issue(database, office)
    assert isinstance(lookup(plain), ReadGrant)
    with database.writing.begin() as session:
        session.scalars(select(ReadToken).where(ReadToken.public_id == token)).one().revoke(utc_now())
    assert refused(lookup(plain)) == (403, "token_revoked")


def test_a_token_ends_at_its_moment(lookup: ReadLookup, office: Office, database: Database) -> None:
    assert isinstance(lookup(issue(database, office, utc_now() + HOUR)[1]), ReadGrant)
    assert refused(lookup(issue(database, office, utc_now())[1])) == (403, "token_expired")


def test_a_suspended_contract_is_refused_with_its_reason_and_opens_again(
    lookup: ReadLookup, office: Office, database: Database
) -> None:
    _id, plain = issue(database, office)
    office.apply(ContractEvent.SUSPEND, "料金未払い")
    assert refused(lookup(plain)) == (403, "contract_suspended")
    assert message(lookup(plain)) == "契約は停止中です: 料金未払い / the contract is suspended: 料金未払い"
    office.apply(ContractEvent.RESUME)
    assert isinstance(lookup(plain), ReadGrant)


def test_a_terminated_contract_is_refused(lookup: ReadLookup, office: Office, database: Database) -> None:
    _id, plain = issue(database, office)
    office.apply(ContractEvent.TERMINATE, "解約")
    assert refused(lookup(plain)) == (403, "contract_terminated")


def test_a_contract_that_has_not_begun_is_refused(lookup: ReadLookup, office: Office, database: Database) -> None:
    _id, plain = issue(database, office)
    with database.writing.begin() as session:
        session.scalars(select(Contract)).one().state = ContractState.DRAFT
    assert refused(lookup(plain)) == (403, "contract_not_active")


def test_a_failing_database_is_not_the_tokens_fault(lookup: ReadLookup, office: Office, database: Database) -> None:
    _id, plain = issue(database, office)
    with database.writing.begin() as session:
        session.execute(text("ALTER TABLE read_token RENAME TO gone"))
    assert refused(lookup(plain)) == (503, "unavailable")


def test_nothing_is_rolled_up_until_the_rollup_says_so(lookup: ReadLookup, office: Office, database: Database) -> None:
    token, plain = issue(database, office)
    assert lookup(plain) == ReadGrant(token, office.contract, 0)
    roll_up(database, None, {office.contract: DONE})
    assert lookup(plain) == ReadGrant(token, office.contract, 0)
    roll_up(database, DONE, {})
    assert rolled_until(lookup(plain)) == DONE


def test_late_points_take_back_what_is_rolled_up_of_their_contract_alone(
    lookup: ReadLookup, office: Office, other_office: Office, database: Database
) -> None:
    mine, other, staff = (issue(database, each)[1] for each in (office, other_office, None))
    roll_up(database, DONE, {office.contract: DONE - 5 * HOUR})
    assert rolled_until(lookup(mine)) == DONE - 5 * HOUR
    assert rolled_until(lookup(other)) == DONE
    assert rolled_until(lookup(staff)) == DONE - 5 * HOUR
    roll_up(database, DONE, {other_office.contract: DONE - 7 * HOUR})
    assert rolled_until(lookup(mine)) == DONE - 5 * HOUR
    assert rolled_until(lookup(staff)) == DONE - 7 * HOUR


def test_late_points_after_what_is_rolled_up_take_nothing_back(
    lookup: ReadLookup, office: Office, database: Database
) -> None:
    roll_up(database, DONE, {office.contract: DONE + HOUR})
    for each in (office, None):
        assert rolled_until(lookup(issue(database, each)[1])) == DONE


def test_it_gives_full_hours_only(lookup: ReadLookup, office: Office, database: Database) -> None:
    plain = issue(database, office)[1]
    roll_up(database, DONE + timedelta(minutes=59, microseconds=1), {})
    assert rolled_until(lookup(plain)) == DONE
    roll_up(database, DONE, {office.contract: DONE - timedelta(seconds=1)})
    assert rolled_until(lookup(plain)) == DONE - HOUR


@pytest.mark.parametrize("is_staff", [False, True])
def test_a_lookup_is_one_indexed_select_and_no_write(
    lookup: ReadLookup, office: Office, database: Database, is_staff: bool
) -> None:
    _id, plain = issue(database, None if is_staff else office)
    lookup(plain)
    with Asked(database) as asked:
        lookup(plain)
    assert len(asked.statements) == 1
    assert len(asked.steps()) == 5
    # What is pending of all contracts is the one thing that no key finds; it is at most a row a contract.
    assert all("rollup_pending" in scan for scan in asked.scans())


def used(session: Session) -> list[bool]:
    session.rollback()
    return [at is not None for at in session.scalars(select(ReadToken.last_used_at).order_by(ReadToken.id))]


def test_it_notes_when_a_token_was_used(
    lookup: ReadLookup, seen: SeenRecorder, office: Office, database: Database, session: Session
) -> None:
    shown, _silent, refused_one = (issue(database, office, at)[1] for at in (None, None, utc_now()))
    lookup(shown)
    lookup(refused_one)
    seen.flush()
    assert used(session) == [True, False, False]


def test_the_application_has_it(app: Flask, office: Office, database: Database) -> None:
    token, plain = issue(database, office)
    assert app.extensions["karte_read_lookup"](plain) == ReadGrant(token, office.contract)
