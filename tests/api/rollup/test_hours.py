from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from api.readings.scope import Window
from api.rollup.hours import GRACE, HOUR, days, due_until, first_hour_from, halves, hour_of

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOURS = st.integers(0, 24 * 400).map(lambda hours: NOON + hours * HOUR)


def test_it_finds_the_utc_hour_of_a_moment_in_any_zone() -> None:
    nepal = timezone(timedelta(hours=5, minutes=45))
    assert hour_of((NOON + timedelta(minutes=59)).astimezone(nepal)) == NOON
    assert first_hour_from(NOON) == NOON
    assert first_hour_from(NOON + timedelta(microseconds=1)) == NOON + HOUR


def test_it_leaves_an_hour_to_writes_under_way() -> None:
    assert due_until(NOON + GRACE) == NOON
    assert due_until(NOON + GRACE - timedelta(seconds=1)) == NOON - HOUR


@given(HOURS, st.integers(0, 200))
def test_it_splits_a_span_by_days_without_gap_or_overlap(start: datetime, hours: int) -> None:
    end = start + hours * HOUR
    windows = list(days(start, end))
    assert [w.start for w in windows[1:]] == [w.end for w in windows[:-1]]
    assert all(w.start.date() == (w.end - HOUR).date() for w in windows)
    assert (windows[0].start, windows[-1].end) == (start, end) if hours else windows == []


@given(HOURS, st.integers(2, 24))
def test_it_halves_a_window_down_to_an_hour(start: datetime, hours: int) -> None:
    window = Window(start, start + hours * HOUR)
    parts = halves(window)
    assert parts is not None
    first, second = parts
    assert first.start == window.start < first.end == second.start < second.end == window.end
    assert first.end == hour_of(first.end)
    assert halves(Window(start, start + HOUR)) is None
