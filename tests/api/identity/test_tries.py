import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from api.db import Database
from api.identity.tries import CODES, FORGOTTEN_AFTER, PASSWORDS, RESETS, Lockout, Tries
from api.models import FailedTries
from api.models.base import utc_now

NOW = utc_now()


@pytest.fixture
def tries(database: Database) -> Tries:
    return Tries(database, "a key for tests only")


def fail(tries: Tries, times: int, at_s: float = 0, name: str = "boss") -> list[bool]:
    return [tries.begin(PASSWORDS, name, NOW + timedelta(seconds=at_s)) for _ in range(times)]


def test_some_failures_are_free_and_the_next_one_closes(tries: Tries) -> None:
    assert fail(tries, 6) == [True] * 6
    assert fail(tries, 3) == [False] * 3
    assert fail(tries, 1, 29.9) == [False]
    assert fail(tries, 1, 30.1) == [True]
    assert fail(tries, 1, 30.1 + 59) == [False]
    assert fail(tries, 1, 30.1 + 61) == [True]


def test_the_time_doubles_up_to_a_bound(tries: Tries) -> None:
    waits = [PASSWORDS.closed_for(failures).total_seconds() for failures in range(5, 14)]
    assert waits == [0, 30, 60, 120, 240, 480, 900, 900, 900]
    assert PASSWORDS.closed_for(10**9) == PASSWORDS.longest


def test_a_closed_name_is_not_kept_closed_by_trying_on(tries: Tries) -> None:
    fail(tries, 6)
    for second in range(1, 30):
        assert fail(tries, 5, second) == [False] * 5
    assert fail(tries, 1, 31) == [True]


def test_one_name_closes_no_other_and_one_kind_no_other(tries: Tries) -> None:
    fail(tries, 7)
    assert tries.begin(PASSWORDS, "other", NOW)
    assert tries.begin(CODES, "boss", NOW)
    assert tries.begin(RESETS, "boss", NOW)


def test_success_forgets(tries: Tries, database: Database) -> None:
    fail(tries, 6)
    with database.writing.begin() as session:
        tries.succeeded(session, PASSWORDS, "boss")
    assert fail(tries, 6) == [True] * 6


def test_a_day_forgets_and_leaves_no_row(tries: Tries, database: Database) -> None:
    for number in range(20):
        fail(tries, 1, name=f"name-{number}")
    later = NOW + FORGOTTEN_AFTER + timedelta(seconds=1)
    assert tries.begin(PASSWORDS, "boss", later)
    with database.reading() as session:
        assert session.scalar(select(func.count(FailedTries.id))) == 1


def test_what_is_stored_tells_no_name(tries: Tries, database: Database) -> None:
    fail(tries, 1, name="taro@example.jp")
    with database.reading() as session:
        (row,) = session.scalars(select(FailedTries))
    assert "taro" not in row.subject
    assert row.subject != Tries(database, "another key")._subject(PASSWORDS, "taro@example.jp")


def test_many_tries_at_once_are_all_counted(tries: Tries) -> None:
    begun: list[bool] = []
    start = threading.Barrier(12)

    def once() -> None:
        start.wait()
        begun.append(tries.begin(PASSWORDS, "boss", NOW))

    threads = [threading.Thread(target=once) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (begun.count(True), begun.count(False)) == (6, 6)


def test_a_name_that_no_text_can_be_is_counted_like_any_other(tries: Tries) -> None:
    assert tries.begin(Lockout("x", 0, timedelta(1), timedelta(1)), "\ud800", NOW)
