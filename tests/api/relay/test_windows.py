"""Maintenance windows: once, on days of the week, past midnight, for whom."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.models import MaintenanceWindow
from api.relay.maintenance import WindowRefused, once, recurring
from api.relay.windows import covers, ends_at, latest_end

NOON = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
"""A Wednesday, noon in Japan."""

HOUR = timedelta(hours=1)


def nights() -> MaintenanceWindow:
    """Sundays at 23:00 in Japan for three hours, in November."""
    return recurring([6], time(23), 180, date(2026, 11, 1), date(2026, 11, 29), NOON)


def test_one_window_has_its_begin_and_not_its_end() -> None:
    window = once(NOON, NOON + HOUR, NOON)

    assert ends_at(window, NOON) == NOON + HOUR
    assert ends_at(window, NOON + HOUR) is None
    assert ends_at(window, NOON - timedelta(seconds=1)) is None
    window.cancelled_at = NOON
    assert ends_at(window, NOON) is None


@pytest.mark.parametrize(
    ("moment", "end"),
    [
        # Japan is nine hours ahead: Sunday 23:00 there is Sunday 14:00 in UTC.
        (datetime(2026, 11, 22, 14, 0, tzinfo=UTC), datetime(2026, 11, 22, 17, 0, tzinfo=UTC)),
        (datetime(2026, 11, 22, 16, 59, tzinfo=UTC), datetime(2026, 11, 22, 17, 0, tzinfo=UTC)),
        (datetime(2026, 11, 22, 13, 59, tzinfo=UTC), None),
        (datetime(2026, 11, 22, 17, 0, tzinfo=UTC), None),
        (datetime(2026, 11, 23, 14, 0, tzinfo=UTC), None),
        # The last day's window lasts past midnight into the day after.
        (datetime(2026, 11, 29, 16, 0, tzinfo=UTC), datetime(2026, 11, 29, 17, 0, tzinfo=UTC)),
        (datetime(2026, 12, 6, 14, 0, tzinfo=UTC), None),
    ],
    ids=str,
)
def test_a_window_comes_again_on_its_days_in_japan_until_its_last(moment: datetime, end: datetime | None) -> None:
    assert ends_at(nights(), moment) == end


@given(st.integers(0, 14 * 24 * 60), st.integers(1, 24 * 60), st.sets(st.integers(0, 6), min_size=1))
def test_the_end_of_a_window_is_never_past(minute: int, length: int, weekdays: set[int]) -> None:
    window = recurring(weekdays, time(22, 30), length, date(2026, 11, 1), date(2026, 12, 31), NOON)
    moment = NOON + timedelta(minutes=minute)

    end = ends_at(window, moment)

    assert end is None or moment < end <= moment + timedelta(minutes=length)


def test_the_latest_of_several_ends_counts() -> None:
    windows = [
        once(NOON, NOON + HOUR, NOON),
        once(NOON, NOON + 3 * HOUR, NOON),
        once(NOON + HOUR, NOON + 9 * HOUR, NOON),
    ]

    assert latest_end(windows, NOON) == NOON + 3 * HOUR


def test_a_window_is_for_a_site_a_device_or_a_rule_or_for_all() -> None:
    tags = {"contract": "c-1", "site": "s-1", "device": "d-1"}

    def window(**narrowed: str) -> MaintenanceWindow:
        return MaintenanceWindow(**({"site": "", "subject": "", "rule": ""} | narrowed))

    assert covers(window(), "disk_full", tags)
    assert covers(window(site="s-1", subject="d-1", rule="disk_full"), "disk_full", tags)
    assert not covers(window(site="s-2"), "disk_full", tags)
    assert not covers(window(subject="d-2"), "disk_full", tags)
    assert not covers(window(rule="disk_nearly_full"), "disk_full", tags)
    assert covers(window(subject="mfp-1"), "toner_empty", {"site": "s-1", "device": "d-probe", "asset": "mfp-1"})


@pytest.mark.parametrize(
    ("begins", "ends", "word"),
    [
        (NOON, NOON, "before it begins"),
        (NOON - 2 * HOUR, NOON - HOUR, "past already"),
        (NOON, NOON + timedelta(days=15), "at most 14 days"),
    ],
    ids=["no length", "past", "too long"],
)
def test_a_window_that_cannot_be_is_refused(begins: datetime, ends: datetime, word: str) -> None:
    with pytest.raises(WindowRefused, match=word):
        once(begins, ends, NOON)


@pytest.mark.parametrize(
    ("weekdays", "minutes", "last", "word"),
    [
        ([], 60, date(2026, 12, 31), "no day of the week"),
        ([1], 0, date(2026, 12, 31), "1 minute to 24 hours"),
        ([1], 1441, date(2026, 12, 31), "1 minute to 24 hours"),
        ([1], 60, date(2026, 11, 24), "past or before its first"),
        ([1], 60, date(2027, 12, 31), "within a year"),
    ],
    ids=["no day", "no length", "too long", "past", "for ever"],
)
def test_a_recurring_window_that_cannot_be_is_refused(weekdays: list[int], minutes: int, last: date, word: str) -> None:
    with pytest.raises(WindowRefused, match=word):
        recurring(weekdays, time(9), minutes, date(2026, 11, 1), last, NOON)
