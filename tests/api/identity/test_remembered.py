"""What a token opens is asked for at most every half second, and never longer remembered than that."""

import secrets
import threading
from collections.abc import Callable

import pytest
from sqlalchemy import select, text

from api.db import Database
from api.gateway.grant import ReadGrant, ReadLookup, Refusal, WriteGrant
from api.identity.access import write_lookup
from api.identity.remembered import REMEMBERED_S, remembered
from api.identity.tokens import new_device_token
from api.models import ContractEvent, DeviceToken
from tests.api.office import Office

GRANT = ReadGrant("r-1", "c-1")
REVOKED = Refusal(403, "token_revoked", "revoked")


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def counted(answers: dict[str, ReadGrant | Refusal]) -> tuple[ReadLookup, list[str]]:
    asked: list[str] = []

    def look_up(token: str) -> ReadGrant | Refusal:
        asked.append(token)
        return answers[token]

    return look_up, asked


@pytest.fixture
def answers() -> dict[str, ReadGrant | Refusal]:
    return {"a": GRANT, "b": ReadGrant("r-2", "c-2"), "none": Refusal(401, "token_unknown", "unknown")}


def test_it_asks_once_for_many_queries_at_once(
    clock: Callable[[], float], answers: dict[str, ReadGrant | Refusal]
) -> None:
    lookup, asked = counted(answers)
    look_up = remembered(lookup, clock)
    assert [look_up("a") for _query in range(20)] == [GRANT] * 20
    assert look_up("b") == ReadGrant("r-2", "c-2")
    assert asked == ["a", "b"]


def test_it_learns_of_a_revocation_within_a_second(clock: Clock, answers: dict[str, ReadGrant | Refusal]) -> None:
    lookup, _asked = counted(answers)
    look_up = remembered(lookup, clock)
    assert look_up("a") == GRANT
    answers["a"] = REVOKED
    clock.now += REMEMBERED_S
    assert look_up("a") == REVOKED
    assert REMEMBERED_S < 1


def test_it_remembers_no_refusal(clock: Clock, answers: dict[str, ReadGrant | Refusal]) -> None:
    lookup, asked = counted(answers)
    look_up = remembered(lookup, clock)
    assert isinstance(look_up("none"), Refusal)
    answers["none"] = GRANT
    assert look_up("none") == GRANT
    assert asked == ["none", "none"]


def kept_by(lookup: Callable[..., object]) -> dict[str, object]:
    (kept,) = [cell.cell_contents for cell in lookup.__closure__ or () if isinstance(cell.cell_contents, dict)]
    return kept


def test_it_holds_a_bounded_number(clock: Clock) -> None:
    lookup = remembered(lambda token: ReadGrant(token, None), clock)
    for number in range(25_000):
        assert lookup(str(number)).token == str(number)  # type: ignore[union-attr]
    assert len(kept_by(lookup)) <= 10_000


def test_who_guesses_a_hundred_thousand_tokens_fills_no_memory(database: Database, office: Office) -> None:
    asked: Callable[[str], WriteGrant | Refusal] = remembered(write_lookup(database))
    good = office.enrol("1").token
    assert isinstance(asked(good), WriteGrant)
    unknown = remembered(lambda _token: Refusal(401, "token_unknown", "unknown"))
    for _guess in range(100_000):
        assert isinstance(unknown(secrets.token_urlsafe(32)), Refusal)
    assert kept_by(unknown) == {}
    for _guess in range(200):
        assert isinstance(asked(new_device_token()), Refusal)
    assert len(kept_by(asked)) == 1
    # Nor is any token in it as it was sent.
    assert good not in repr(kept_by(asked))


def test_it_serves_nothing_from_memory_for_long_while_the_database_is_gone(
    database: Database, office: Office, clock: Clock
) -> None:
    lookup: Callable[[str], WriteGrant | Refusal] = remembered(write_lookup(database), clock)
    token = office.enrol("1").token
    granted = lookup(token)
    assert isinstance(granted, WriteGrant)
    with database.writing.begin() as session:
        session.execute(text("ALTER TABLE device_token RENAME TO gone"))
    clock.now += REMEMBERED_S * 0.9
    assert lookup(token) == granted
    clock.now += REMEMBERED_S * 0.2
    answer = lookup(token)
    assert isinstance(answer, Refusal)
    assert (answer.status, answer.code) == (503, "unavailable")
    with database.writing.begin() as session:
        session.execute(text("ALTER TABLE gone RENAME TO device_token"))
    assert lookup(token) == granted


def test_the_first_use_of_a_token_reaches_the_database(database: Database, office: Office, clock: Clock) -> None:
    lookup: Callable[[str], WriteGrant | Refusal] = remembered(write_lookup(database), clock)
    older = office.enrol("1").token
    assert isinstance(lookup(older), WriteGrant)
    newer = office.enrol("1").token
    assert isinstance(lookup(newer), WriteGrant)
    with database.reading() as session:
        first, second = session.scalars(select(DeviceToken).order_by(DeviceToken.id))
    assert (first.revoked_at is None, second.first_used_at is None) == (False, False)
    clock.now += REMEMBERED_S
    assert isinstance(lookup(older), Refusal)


def test_a_contract_that_is_resumed_opens_at_once(database: Database, office: Office, clock: Clock) -> None:
    lookup: Callable[[str], WriteGrant | Refusal] = remembered(write_lookup(database), clock)
    token = office.enrol("1").token
    office.apply(ContractEvent.SUSPEND, "料金未払い")
    assert isinstance(lookup(token), Refusal)
    office.apply(ContractEvent.RESUME)
    assert isinstance(lookup(token), WriteGrant)


def test_many_threads_share_it(clock: Clock) -> None:
    """Half of them hold tokens that are taken back meanwhile: once the half second is over nobody is let in by one."""
    gone = threading.Event()

    def look_up(token: str) -> WriteGrant | Refusal:
        if gone.is_set() and token.startswith("gone"):
            return Refusal(403, "token_revoked", "revoked")
        return WriteGrant(token, "s-1", "d-1")

    lookup = remembered(look_up, clock)
    wrong: list[object] = []
    start = threading.Barrier(8)

    def ask(number: int) -> None:
        start.wait()
        for turn in range(2_000):
            token = f"{'gone' if turn % 2 else 'kept'}-{(number * turn) % 500}"
            found = lookup(token)
            if isinstance(found, WriteGrant) and found.contract != token:
                wrong.append(found)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    gone.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    clock.now += REMEMBERED_S
    assert all(isinstance(lookup(f"gone-{number}"), Refusal) for number in range(500))
    assert all(isinstance(lookup(f"kept-{number}"), WriteGrant) for number in range(500))
