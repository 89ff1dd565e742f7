"""The chain of the audit log, and what somebody may try on it who can write to the database."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import text

from api.audit.actor import SERVICE
from api.audit.log import FIRST, Verified, record, verify
from api.db import Database, open_database
from api.models.base import utc_now

Attack = Callable[[Database], None]


def fill(database: Database, count: int = 6) -> None:
    for number in range(count):
        with database.writing.begin() as session:
            record(session, SERVICE, "test.act", at=utc_now(), contract="c-aaaa", details={"number": number})


def look(database: Database) -> Verified:
    with database.reading() as session:
        return verify(session)


def run(database: Database, *statements: str) -> None:
    with database.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def test_it_finds_a_log_whole_that_is(database: Database) -> None:
    assert look(database) == Verified(0, FIRST, None)
    fill(database)
    found = look(database)
    assert (found.entries, found.broken) == (6, None)
    assert found.newest != FIRST


COLUMNS = "at, actor_kind, actor_id, actor_name, action, contract, target, details, previous"


@pytest.mark.parametrize(
    ("statements", "place"),
    [
        (["UPDATE audit_entry SET actor_name = 'somebody else' WHERE id = 3"], 3),
        (["UPDATE audit_entry SET details = '{\"number\": 9}' WHERE id = 3"], 3),
        (["UPDATE audit_entry SET at = '2020-01-01 00:00:00.000000' WHERE id = 3"], 3),
        (["UPDATE audit_entry SET contract = '' WHERE id = 1"], 1),
        (["DELETE FROM audit_entry WHERE id = 3"], 4),
        (["DELETE FROM audit_entry WHERE id = 1"], 2),
        (
            [
                "UPDATE audit_entry SET id = 100 WHERE id = 3",
                "UPDATE audit_entry SET id = 3 WHERE id = 4",
                "UPDATE audit_entry SET id = 4 WHERE id = 100",
            ],
            3,
        ),
        (
            [
                f"INSERT INTO audit_entry (id, {COLUMNS}, hash) SELECT 60, {COLUMNS}, 'made up' FROM audit_entry"
                " WHERE id = 6"
            ],
            60,
        ),
    ],
    ids=["actor", "details", "time", "first", "removed", "first removed", "reordered", "inserted"],
)
def test_it_finds_the_place_where_the_log_was_tampered_with(
    database: Database, statements: list[str], place: int
) -> None:
    fill(database)
    run(database, *statements)
    broken = look(database).broken
    assert broken is not None
    assert broken.id == place


def test_an_entry_put_in_with_a_hash_that_fits_breaks_the_one_behind_it(database: Database) -> None:
    fill(database, 2)
    run(database, "UPDATE audit_entry SET id = 9 WHERE id = 2")
    # What an attacker adds now follows the first entry and has the right hash; the last one follows the first, too.
    newest = look(database)
    assert newest.broken is None
    with database.writing.begin() as session:
        forged = record(session, SERVICE, "test.forged", at=utc_now())
        forged_id, first_hash = forged.id, session.execute(text("SELECT hash FROM audit_entry WHERE id = 1")).scalar()
    run(
        database,
        f"UPDATE audit_entry SET previous = '{first_hash}' WHERE id = {forged_id}",
        f"UPDATE audit_entry SET id = 5 WHERE id = {forged_id}",
    )
    broken = look(database).broken
    assert broken is not None
    assert broken.id in (5, 9)


def test_the_newest_hash_tells_that_the_end_was_cut_off(database: Database) -> None:
    fill(database)
    kept = look(database).newest
    run(database, "DELETE FROM audit_entry WHERE id = 6")
    found = look(database)
    assert found.broken is None
    assert found.newest != kept


def test_what_is_undone_is_not_in_the_log(database: Database) -> None:
    with database.writing() as session:
        record(session, SERVICE, "test.undone", at=utc_now())
        session.rollback()
    assert look(database).entries == 0


def test_writers_at_once_keep_one_chain(database: Database) -> None:
    start, each = threading.Barrier(4), 25
    failures: list[BaseException] = []

    def write() -> None:
        # Of its own, as another process would have it.
        own = open_database(str(database.engine.url))
        start.wait()
        try:
            fill(own, each)
        except BaseException as error:  # carried to the test's own thread
            failures.append(error)
        finally:
            own.close()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    found = look(database)
    assert (found.entries, found.broken) == (4 * each, None)
