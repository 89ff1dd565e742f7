"""Which reports are due, at which moment in Japan."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from api.display.tokyo import TOKYO
from api.reports.schedule.due import MOST, Agreed, due, next_due, start_of_last_month


def tokyo(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=TOKYO)  # type: ignore[arg-type,misc]


LONG_AGO = tokyo(2020, 1, 1)
MONTHLY = Agreed(monthly_since=tokyo(2026, 9, 10), day=1, hour=7, weekly_since=None, weekday=0)
WEEKLY = Agreed(monthly_since=None, day=1, hour=7, weekly_since=tokyo(2026, 11, 18), weekday=0)


def periods(agreed: Agreed, now: datetime, active_since: datetime = LONG_AGO) -> list[str]:
    return [each.period for each in due(agreed, active_since, now)]


def test_a_month_is_due_at_its_hour_and_not_before() -> None:
    just_begun = replace(MONTHLY, monthly_since=tokyo(2026, 11, 3))

    assert periods(just_begun, tokyo(2026, 12, 1, 6, 59)) == []
    (only,) = due(just_begun, LONG_AGO, tokyo(2026, 12, 1, 7))
    assert (only.period, only.at) == ("2026-11", tokyo(2026, 12, 1, 7))


def test_the_hour_is_japans() -> None:
    just_begun = replace(MONTHLY, monthly_since=tokyo(2026, 11, 3))

    assert periods(just_begun, datetime(2026, 11, 30, 21, 59, tzinfo=UTC)) == []
    assert periods(just_begun, datetime(2026, 11, 30, 22, 0, tzinfo=UTC)) == ["2026-11"]


def test_after_downtime_each_missed_month_is_due_once_the_oldest_first() -> None:
    assert periods(MONTHLY, tokyo(2027, 1, 20)) == ["2026-09", "2026-10", "2026-11", "2026-12"]


def test_another_day_and_hour() -> None:
    other = replace(MONTHLY, monthly_since=tokyo(2026, 11, 3), day=28, hour=23)

    assert periods(other, tokyo(2026, 12, 28, 22, 59)) == []
    assert periods(other, tokyo(2026, 12, 28, 23)) == ["2026-11"]


def test_what_became_due_while_the_contract_did_not_run_is_not_made() -> None:
    assert periods(MONTHLY, tokyo(2026, 12, 20), active_since=tokyo(2026, 11, 15)) == ["2026-11"]


def test_weeks_begin_on_monday() -> None:
    assert periods(WEEKLY, tokyo(2026, 11, 23, 6, 59)) == []
    assert periods(WEEKLY, tokyo(2026, 11, 23, 7)) == ["2026-W47"]
    assert periods(replace(WEEKLY, weekday=4), tokyo(2026, 12, 4, 7)) == ["2026-W47", "2026-W48"]


def test_the_week_of_new_year_belongs_to_its_year() -> None:
    assert periods(replace(WEEKLY, weekly_since=tokyo(2026, 12, 29)), tokyo(2027, 1, 11, 7)) == ["2026-W53", "2027-W01"]


def test_both_are_due_side_by_side() -> None:
    both = replace(MONTHLY, monthly_since=tokyo(2026, 11, 3), weekly_since=tokyo(2026, 11, 25))

    assert periods(both, tokyo(2026, 12, 1, 8)) == ["2026-W48", "2026-11"]


def test_nobody_gets_decades_at_once() -> None:
    found = periods(replace(MONTHLY, monthly_since=tokyo(2001, 1, 1)), tokyo(2026, 12, 2))

    assert len(found) == MOST
    assert found[-1] == "2026-11"


@pytest.mark.parametrize(
    ("now", "at"),
    [
        (tokyo(2026, 11, 30, 23), tokyo(2026, 12, 1, 7)),
        (tokyo(2026, 12, 1, 6), tokyo(2026, 12, 1, 7)),
        (tokyo(2026, 12, 1, 7), tokyo(2027, 1, 1, 7)),
        (tokyo(2026, 12, 31, 23), tokyo(2027, 1, 1, 7)),
    ],
)
def test_it_says_what_comes_next(now: datetime, at: datetime) -> None:
    assert [each.at for each in next_due(MONTHLY, now)] == [at]


def test_the_nearest_comes_first() -> None:
    both = replace(MONTHLY, weekly_since=LONG_AGO)

    assert [each.period for each in next_due(both, tokyo(2026, 12, 2))] == ["2026-W49", "2026-12"]
    assert next_due(replace(MONTHLY, monthly_since=None), tokyo(2026, 12, 2)) == []


def test_last_month_begins_on_its_first() -> None:
    assert start_of_last_month(tokyo(2026, 1, 15)) == tokyo(2025, 12, 1)
