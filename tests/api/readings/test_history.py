from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from api.display.tokyo import TOKYO
from api.readings.history import days_of, pages_by_day, read_history
from api.readings.reader import Row
from api.readings.scope import Window
from tests.api.readings.conftest import ReaderOf
from tests.api.readings.stored import NOW, Store, pc

DAYS = tuple(date(2026, 11, day) for day in range(1, 6))


def _counter(day: int, first: int, last: int) -> Row:
    return Row(datetime(2026, 11, day, tzinfo=TOKYO), {}, {"first_page_count": first, "last_page_count": last})


def test_it_counts_days_of_tokyo() -> None:
    window = Window(datetime(2026, 11, 1, tzinfo=TOKYO), datetime(2026, 12, 1, tzinfo=TOKYO))

    assert (days_of(window)[0], days_of(window)[-1], len(days_of(window))) == (
        date(2026, 11, 1),
        date(2026, 11, 30),
        30,
    )


def test_it_gives_one_value_a_day_and_a_gap_where_nothing_was_measured(store: Store, reader_of: ReaderOf) -> None:
    store.put("c-1", "d-1", [*pc(timedelta(minutes=5), idle=90.0), *pc(timedelta(minutes=1), idle=80.0)])
    store.put("c-1", "d-1", pc(timedelta(days=2), idle=50.0))
    store.put("c-2", "d-2", pc(idle=1.0))

    history = read_history(reader_of("c-1"))

    assert set(history.devices) == {"d-1"}
    assert history.days[-1] == NOW.date()
    assert history.devices["d-1"].cpu_percent.values[-3:] == (50.0, None, 15.0)
    assert history.devices["d-1"].disks["C:"].values[-3:] == (61.2, None, 61.2)


def test_a_day_begins_at_midnight_in_tokyo(store: Store, reader_of: ReaderOf) -> None:
    midnight = NOW.replace(hour=0, minute=0)
    store.put("c-1", "d-1", pc(NOW - midnight, idle=10.0))
    store.put("c-1", "d-1", pc(NOW - midnight + timedelta(seconds=1), idle=70.0))

    assert read_history(reader_of("c-1")).devices["d-1"].cpu_percent.values[-2:] == (30.0, 90.0)


def test_it_counts_pages_across_days() -> None:
    rows = [_counter(1, 100, 120), _counter(2, 120, 150), _counter(4, 160, 160)]

    assert pages_by_day(rows, DAYS) == (20.0, 30.0, None, 10.0, None)


def test_it_counts_no_pages_backwards_when_a_counter_is_reset() -> None:
    rows = [_counter(1, 9000, 9010), _counter(2, 5, 25)]

    assert pages_by_day(rows, DAYS)[:2] == (10.0, 20.0)


@given(st.lists(st.integers(0, 1000), min_size=5, max_size=5))
def test_pages_add_up_to_what_the_counter_went_up_by(steps: list[int]) -> None:
    ends = [sum(steps[: n + 1]) for n in range(5)]
    rows = [_counter(n + 1, ends[n - 1] if n else 0, ends[n]) for n in range(5)]

    assert sum(value or 0.0 for value in pages_by_day(rows, DAYS)) == sum(steps)
