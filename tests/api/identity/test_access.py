from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from api.db import Database
from api.gateway.grant import Refusal, WriteGrant, WriteLookup
from api.identity.access import device_recorder, write_lookup
from api.identity.seen import SeenRecorder
from api.identity.tokens import new_device_token, new_read_token
from api.models import ContractEvent, Device, DeviceToken
from api.models.base import utc_now
from tests.api.office import Office
from tests.api.stored import Asked


@pytest.fixture
def seen(database: Database) -> SeenRecorder:
    return device_recorder(database)


@pytest.fixture
def lookup(database: Database, seen: SeenRecorder) -> WriteLookup:
    return write_lookup(database, seen)


def refused(answer: WriteGrant | Refusal) -> tuple[int, str]:
    assert isinstance(answer, Refusal)
    assert "\n" not in answer.message
    return answer.status, answer.code


def test_a_token_opens_its_own_contract_site_and_device(lookup: WriteLookup, office: Office) -> None:
    done = office.enrol("1")
    assert lookup(done.token) == WriteGrant(office.contract, office.site, done.device)


def test_a_token_never_opens_another_contract(lookup: WriteLookup, office: Office, other_office: Office) -> None:
    done = [each.enrol(str(number)) for number in range(4) for each in (office, other_office)]
    for each in done:
        assert lookup(each.token) == WriteGrant(each.contract, each.site, each.device)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(token=st.one_of(st.text(max_size=80), st.text("okd_ABCabc012'\"%;- ", min_size=47, max_size=47)))
def test_nothing_else_opens_anything(lookup: WriteLookup, office: Office, token: str) -> None:
    assert refused(lookup(token)) == (401, "token_unknown")


def test_a_token_of_the_right_form_that_was_never_issued_is_unknown(lookup: WriteLookup, office: Office) -> None:
    token = office.enrol("1").token
    for wrong in (new_device_token(), token[:-1] + ("A" if token[-1] != "A" else "B"), token.swapcase(), token + " "):
        assert refused(lookup(wrong)) == (401, "token_unknown")


def test_a_read_token_is_told_apart(lookup: WriteLookup) -> None:
    answer = lookup(new_read_token())
    assert refused(answer) == (401, "token_unknown")
    assert isinstance(answer, Refusal)
    assert "a device token is needed" in answer.message


def test_a_revoked_device_is_refused_at_once(lookup: WriteLookup, office: Office) -> None:
    done = office.enrol("1")
    assert isinstance(lookup(done.token), WriteGrant)
    office.revoke(done.device)
    assert refused(lookup(done.token)) == (403, "token_revoked")


def test_a_revoked_token_stays_refused_when_its_device_comes_back(lookup: WriteLookup, office: Office) -> None:
    first = office.enrol("1")
    office.revoke(first.device)
    second = office.enrol("1")
    assert isinstance(lookup(second.token), WriteGrant)
    assert refused(lookup(first.token)) == (403, "token_revoked")


def test_a_suspended_contract_is_refused_with_its_reason_and_opens_again(lookup: WriteLookup, office: Office) -> None:
    token = office.enrol("1").token
    office.apply(ContractEvent.SUSPEND, "料金未払い")
    answer = lookup(token)
    assert refused(answer) == (403, "contract_suspended")
    assert isinstance(answer, Refusal)
    assert answer.message == "the contract is suspended: 料金未払い"
    office.apply(ContractEvent.RESUME)
    assert isinstance(lookup(token), WriteGrant)


def test_a_terminated_contract_is_refused(lookup: WriteLookup, office: Office) -> None:
    token = office.enrol("1").token
    office.apply(ContractEvent.TERMINATE, "解約")
    assert refused(lookup(token)) == (403, "contract_terminated")


def test_the_old_token_is_good_until_the_new_one_is_first_used(lookup: WriteLookup, office: Office) -> None:
    old = office.enrol("1").token
    assert isinstance(lookup(old), WriteGrant)
    new = office.enrol("1").token
    assert isinstance(lookup(old), WriteGrant)
    assert isinstance(lookup(new), WriteGrant)
    assert refused(lookup(old)) == (403, "token_revoked")
    assert isinstance(lookup(new), WriteGrant)


def test_a_late_older_token_does_not_end_the_newer_one(lookup: WriteLookup, office: Office) -> None:
    tokens = [office.enrol("1").token for _ in range(3)]
    assert isinstance(lookup(tokens[1]), WriteGrant)
    assert refused(lookup(tokens[0])) == (403, "token_revoked")
    assert isinstance(lookup(tokens[2]), WriteGrant)
    assert refused(lookup(tokens[1])) == (403, "token_revoked")


def test_a_new_token_of_one_device_leaves_the_others_alone(lookup: WriteLookup, office: Office) -> None:
    other = office.enrol("2").token
    office.enrol("1")
    assert isinstance(lookup(office.enrol("1").token), WriteGrant)
    assert isinstance(lookup(other), WriteGrant)


def test_a_failing_database_asks_the_agent_to_come_back(
    lookup: WriteLookup, office: Office, database: Database
) -> None:
    token = office.enrol("1").token
    with database.writing.begin() as session:
        session.execute(text("ALTER TABLE device_token RENAME TO gone"))
    assert refused(lookup(token)) == (503, "unavailable")


def test_a_lookup_is_one_indexed_select_and_no_write(lookup: WriteLookup, office: Office, database: Database) -> None:
    token = office.enrol("1").token
    lookup(token)
    with Asked(database) as asked:
        lookup(token)
    assert len(asked.statements) == 1
    assert len(asked.steps()) == 4
    assert asked.scans() == []


def make_stale(database: Database) -> None:
    with database.writing.begin() as session:
        for device in session.scalars(select(Device)):
            device.last_seen_at = utc_now() - timedelta(days=1)


def ages(session: Session) -> list[timedelta]:
    session.rollback()
    return [utc_now() - at for at in session.scalars(select(Device.last_seen_at).order_by(Device.id))]


def test_it_notes_when_a_device_was_seen(
    lookup: WriteLookup, seen: SeenRecorder, office: Office, database: Database, session: Session
) -> None:
    shown, silent = office.enrol("1"), office.enrol("2")
    make_stale(database)
    lookup(shown.token)
    seen.flush()
    first, second = ages(session)
    assert first < timedelta(minutes=5)
    assert second > timedelta(hours=23)
    used = session.scalars(select(DeviceToken.last_used_at).order_by(DeviceToken.id)).all()
    assert [at is not None for at in used] == [True, False]
    assert silent.device != shown.device


def test_it_writes_at_most_once_a_minute_for_a_token(
    lookup: WriteLookup, seen: SeenRecorder, office: Office, database: Database, session: Session
) -> None:
    token = office.enrol("1").token
    lookup(token)
    seen.flush()
    make_stale(database)
    lookup(token)
    seen.flush()
    assert ages(session)[0] > timedelta(hours=23)


def test_a_refused_token_is_not_seen(
    lookup: WriteLookup, seen: SeenRecorder, office: Office, database: Database, session: Session
) -> None:
    token = office.enrol("1").token
    office.apply(ContractEvent.SUSPEND, "調査中")
    make_stale(database)
    lookup(token)
    seen.flush()
    assert ages(session)[0] > timedelta(hours=23)


def test_what_cannot_be_written_now_waits(
    lookup: WriteLookup, seen: SeenRecorder, office: Office, database: Database, session: Session
) -> None:
    token = office.enrol("1").token
    lookup(token)
    make_stale(database)
    rename: Callable[[str, str], str] = "ALTER TABLE {} RENAME TO {}".format
    with database.writing.begin() as writing:
        writing.execute(text(rename("device", "gone")))
    seen.flush()
    with database.writing.begin() as writing:
        writing.execute(text(rename("gone", "device")))
    seen.flush()
    assert ages(session)[0] < timedelta(minutes=5)


def test_it_writes_by_itself_after_a_while(
    office: Office, database: Database, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.identity.seen._FLUSH_EVERY_S", 0.02)
    token = office.enrol("1").token
    make_stale(database)
    write_lookup(database)(token)
    deadline = utc_now() + timedelta(seconds=20)
    while ages(session)[0] > timedelta(hours=1):
        assert utc_now() < deadline
