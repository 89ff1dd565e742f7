"""Hours as arrays, and their place in the week of Tokyo."""

from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from api.analysis.devices.hourly import HOUR, Hourly, hourly
from api.display.tokyo import TOKYO
from api.readings.scope import Window
from tests.api.analysis.devices.made import MONDAY

_NS = 10**9


def _ns(moment: datetime) -> int:
    return int(moment.timestamp()) * _NS


def test_it_knows_the_hour_of_the_week_in_tokyo() -> None:
    sunday_in_utc = datetime(2026, 9, 6, 15, tzinfo=UTC)  # Monday midnight in Tokyo

    assert Hourly(sunday_in_utc, np.zeros(169)).hours_of_week[[0, 23, 167, 168]].tolist() == [0, 23, 167, 0]


@given(st.integers(0, 60_000))
def test_it_agrees_with_the_calendar(hours: int) -> None:
    moment = datetime(2024, 2, 27, tzinfo=TOKYO) + hours * HOUR

    place = int(Hourly(moment.astimezone(UTC), np.zeros(1)).hours_of_week[0])

    assert place == moment.weekday() * 24 + moment.hour


def test_it_places_values_and_leaves_out_what_a_wrong_clock_wrote() -> None:
    window = Window(MONDAY, MONDAY + 3 * HOUR)
    rows = [
        (_ns(MONDAY + HOUR), 5.0),
        (_ns(MONDAY + timedelta(days=400)), 7.0),
        (_ns(MONDAY - timedelta(days=9000)), 7.0),
        (_ns(MONDAY + 2 * HOUR), float("nan")),
        (_ns(MONDAY), float("inf")),
    ]

    assert np.array_equal(hourly(window, rows).values, [np.nan, 5.0, np.nan], equal_nan=True)


def test_of_two_values_of_an_hour_the_later_one_holds() -> None:
    window = Window(MONDAY, MONDAY + HOUR)

    assert hourly(window, [(_ns(MONDAY), 1.0), (_ns(MONDAY) + 5, 2.0)]).values.tolist() == [2.0]


@given(st.integers(-30, 30), st.integers(0, 60))
def test_a_part_of_it_is_what_it_was_or_nothing(begin: int, count: int) -> None:
    whole = Hourly(MONDAY, np.arange(24, dtype=np.float64))

    part = whole.within(MONDAY + begin * HOUR, MONDAY + (begin + count) * HOUR)

    expected = [float(place) if 0 <= place < 24 else np.nan for place in range(begin, begin + count)]
    assert np.array_equal(part.values, expected, equal_nan=True)
