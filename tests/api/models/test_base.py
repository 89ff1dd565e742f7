from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy import text
from sqlalchemy.exc import StatementError

from api.db import Database
from api.models import Contract
from api.models.base import service_day


@pytest.mark.dialect("sqlite")  # which has no type for moments: what stands in its files is ours to choose
def test_it_gives_back_the_same_moment_in_utc(database: Database) -> None:
    tokyo = datetime(2026, 1, 1, 8, 30, tzinfo=timezone(timedelta(hours=9)))
    with database.writing.begin() as session:
        session.add(Contract(name="x", created_at=tokyo))
    with database.reading() as session:
        back = session.query(Contract).one().created_at
        stored = session.scalar(text("SELECT created_at FROM contract"))
    assert (back, back.tzinfo) == (tokyo, UTC)
    assert stored.startswith("2025-12-31 23:30:00")


def test_it_refuses_a_time_without_a_zone(database: Database) -> None:
    with (
        pytest.raises(StatementError, match="has no time zone"),
        database.writing.begin() as session,
    ):
        session.add(Contract(name="x", created_at=datetime(2026, 1, 1)))


def test_a_service_day_begins_at_midnight_in_japan() -> None:
    assert service_day(datetime(2026, 3, 31, 14, 59, tzinfo=UTC)) == date(2026, 3, 31)
    assert service_day(datetime(2026, 3, 31, 15, 0, tzinfo=UTC)) == date(2026, 4, 1)
