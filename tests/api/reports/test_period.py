from datetime import UTC, datetime, timedelta

import pytest

from api.display.tokyo import TOKYO
from api.reports.period import Period, PeriodError, named, period_of, require_begun, week_of

NOW = datetime(2026, 11, 23, 8, 35, tzinfo=UTC)


def test_it_takes_the_current_month_so_far_by_default() -> None:
    period = period_of(None, NOW)

    assert (period.name, period.end, period.is_complete) == ("2026-11", NOW, False)
    assert period.start == datetime(2026, 11, 1, tzinfo=TOKYO)
    assert (period.text.ja, period.text.en) == ("2026年11月", "November 2026")


def test_a_past_month_ends_at_midnight_in_tokyo() -> None:
    period = period_of("2025-12", NOW)

    assert period.end == datetime(2026, 1, 1, tzinfo=TOKYO)
    assert period.is_complete
    assert period.last_moment.date().isoformat() == "2025-12-31"


def test_the_month_is_that_of_tokyo() -> None:
    assert period_of(None, datetime(2026, 11, 30, 15, 0, 1, tzinfo=UTC)).name == "2026-12"


def test_a_future_month_is_refused() -> None:
    with pytest.raises(PeriodError, match="has not begun"):
        period_of("2026-12", NOW)


@pytest.mark.parametrize("month", ["", "2026", "2026-13", "2026-1", "11-2026", "２０２６-11", "2026-11\n", "0001-01"])
def test_what_is_no_month_is_refused_with_an_example(month: str) -> None:
    with pytest.raises(PeriodError, match="YYYY-MM, for example 2026-11"):
        period_of(month, NOW)


@pytest.mark.parametrize(
    ("week", "first", "complete"),
    [
        ("2026-W47", (2026, 11, 16), True),
        ("2026-W48", (2026, 11, 23), False),
        ("2026-W01", (2025, 12, 29), True),
        ("2021-W01", (2021, 1, 4), True),
        ("2020-W53", (2020, 12, 28), True),
    ],
)
def test_a_week_begins_on_monday_in_tokyo(week: str, first: tuple[int, int, int], complete: bool) -> None:
    period = week_of(week, NOW)

    assert period.name == week
    assert period.start == datetime(*first, tzinfo=TOKYO)
    assert period.full_end == period.start + timedelta(days=7)
    assert period.is_complete == complete
    assert named(week, NOW) == period


def test_a_week_is_named_by_its_first_day() -> None:
    text = week_of("2026-W48", NOW).text

    assert (text.ja, text.en) == ("2026年11月23日の週", "week of 23 November 2026")


@pytest.mark.parametrize("week", ["2026-W00", "2026-W54", "2025-W53", "2026-11", "2026W48", "2026-W48\n", "2026-W4８"])
def test_what_is_no_week_is_refused_with_an_example(week: str) -> None:
    with pytest.raises(PeriodError, match="YYYY-Www"):
        week_of(week, NOW)


def test_a_week_to_come_is_refused() -> None:
    with pytest.raises(PeriodError, match="has not begun; the latest week that can be reported on is 2026-W48"):
        week_of("2026-W49", NOW)


def test_a_period_before_the_contract_is_refused() -> None:
    since = datetime(2026, 11, 3, tzinfo=TOKYO)

    require_begun(period_of("2026-11", NOW), since)
    with pytest.raises(PeriodError, match="was over before the contract began on 2026-11-03"):
        require_begun(period_of("2026-10", NOW), since)


def test_a_period_frozen_before_there_were_weeks_is_a_month() -> None:
    assert Period(2026, 11, NOW).week is None
