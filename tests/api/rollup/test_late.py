"""Notes of late points in a real database."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.dialects import postgresql

from api.db import Database
from api.gateway.late import NotNoted
from api.models import Contract, RollupPending
from api.readings.scope import to_ns
from api.rollup.late import _NOTE, SETTLED, SKIP_S, LateRecorder
from tests.api.office import Office

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.s = 1000.0

    def __call__(self) -> float:
        return self.s

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.s)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def recorder(database: Database, clock: Clock) -> LateRecorder:
    return LateRecorder(database, clock, clock.now)


def pending(database: Database) -> dict[str, RollupPending]:
    with database.reading() as session:
        return dict(session.execute(select(Contract.public_id, RollupPending).join(RollupPending)).all())


def test_it_keeps_the_oldest_hour_and_counts_the_notes(
    database: Database, office: Office, recorder: LateRecorder, clock: Clock
) -> None:
    for hours in (3, 5, 2):
        clock.s += SKIP_S
        recorder.note(office.contract, to_ns(NOON - hours * HOUR))
    row = pending(database)[office.contract]
    assert (row.since, row.fresh_since, row.version) == (NOON - 5 * HOUR, NOON - 5 * HOUR, 3)
    assert row.noted_at == clock.now()


def test_it_keeps_contracts_apart(
    database: Database, office: Office, other_office: Office, recorder: LateRecorder
) -> None:
    recorder.note(office.contract, to_ns(NOON))
    recorder.note(other_office.contract, to_ns(NOON - HOUR))
    found = pending(database)
    assert {contract: row.since for contract, row in found.items()} == {
        office.contract: NOON,
        other_office.contract: NOON - HOUR,
    }


def test_it_skips_what_a_note_just_kept_stands_for_and_nothing_else(
    database: Database, office: Office, recorder: LateRecorder, clock: Clock
) -> None:
    recorder.note(office.contract, to_ns(NOON))
    recorder.note(office.contract, to_ns(NOON))
    recorder.note(office.contract, to_ns(NOON + HOUR))
    assert pending(database)[office.contract].version == 1
    recorder.note(office.contract, to_ns(NOON - HOUR))
    assert pending(database)[office.contract].version == 2
    clock.s += SKIP_S
    recorder.note(office.contract, to_ns(NOON))
    assert pending(database)[office.contract].version == 3


def test_it_stands_for_others_no_longer_than_a_run_waits() -> None:
    assert timedelta(seconds=SKIP_S) < SETTLED


def test_it_raises_where_the_database_does_not_answer(
    database: Database, office: Office, recorder: LateRecorder
) -> None:
    with database.writing.begin() as session:
        session.execute(text("DROP TABLE rollup_pending"))
    for _ in range(2):
        with pytest.raises(NotNoted):
            recorder.note(office.contract, to_ns(NOON))


def test_it_speaks_postgresql_too() -> None:
    compiled = str(_NOTE.compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
    assert "ON CONFLICT (contract_id) DO UPDATE" in compiled
