from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.demo.calendar import (
    DayKind,
    activity,
    at,
    business_day_after,
    business_day_before,
    busy_hours,
    day_kind,
    is_business_day,
    is_public_holiday,
    local_day,
)

MOMENTS = st.integers(at(date(2025, 1, 1), 0), at(date(2035, 1, 1), 0))


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 1, 12), "second Monday of January"),
        (date(2025, 2, 24), "the Monday after a holiday on Sunday"),
        (date(2026, 3, 20), "vernal equinox"),
        (date(2026, 5, 6), "the first free day after a holiday on Sunday"),
        (date(2026, 9, 22), "a day between two holidays"),
        (date(2026, 9, 23), "autumnal equinox"),
        (date(2026, 11, 23), "Labour Thanksgiving Day"),
    ],
)
def test_it_knows_public_holidays(day: date, why: str) -> None:
    assert is_public_holiday(day), why


def test_it_counts_the_holidays_of_a_year() -> None:
    days = (date(2026, 1, 1) + timedelta(days=n) for n in range(365))
    assert sum(map(is_public_holiday, days)) == 18


@pytest.mark.parametrize("day", [date(2026, 8, 14), date(2026, 12, 30), date(2027, 1, 2), date(2026, 11, 21)])
def test_it_knows_that_the_office_is_closed(day: date) -> None:
    assert not is_business_day(day)


def test_it_knows_the_busy_end_of_a_month() -> None:
    kinds = {day: day_kind(date(2026, 10, day)) for day in (1, 2, 27, 28, 29, 30, 31)}
    assert [day for day, kind in kinds.items() if kind is DayKind.MONTH_END] == [1, 28, 29, 30]
    assert kinds[31] is DayKind.CLOSED


def test_it_dips_at_lunch_and_rests_at_night() -> None:
    day = date(2026, 11, 18)
    morning, lunch, night = (activity(at(day, hour, 20)) for hour in (10, 12, 3))
    assert night < 0.1 < lunch < 0.5 < 0.9 < morning


@given(MOMENTS, st.integers(0, 40 * 86_400))
def test_it_never_undoes_work(moment_s: int, more_s: int) -> None:
    assert 0.0 <= busy_hours(moment_s + more_s) - busy_hours(moment_s) <= 1.36 * more_s / 3600


@given(MOMENTS)
def test_it_adds_up_what_it_says_at_each_moment(moment_s: int) -> None:
    hour = busy_hours(moment_s + 1800) - busy_hours(moment_s - 1800)
    assert hour == pytest.approx(sum(activity(moment_s + n) for n in range(-1800, 1800, 60)) / 60, abs=0.06)


@given(MOMENTS, st.integers(0, 90))
def test_it_finds_business_days_around(moment_s: int, days: int) -> None:
    before, after = business_day_before(moment_s, days), business_day_after(moment_s, days)
    assert is_business_day(before)
    assert is_business_day(after)
    assert before <= local_day(moment_s) - timedelta(days=days)
    assert after >= local_day(moment_s) + timedelta(days=days)
