"""Counters read once a day: growth, resets, wrong readings."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from api.analysis.devices.counters import Counted, counted, without_strays

LARGEST = 2**32 - 1


def count(values: list[float], since: float = 0.0) -> Counted:
    found = counted(np.arange(len(values), dtype=np.float64), np.array(values, np.float64), since, LARGEST)
    assert found is not None
    return found


def test_it_adds_up_rises_and_names_their_days() -> None:
    found = count([0, 0, 3, 3, 8])

    assert (found.count, found.growth, found.rises, found.last_rise, found.known_days) == (8, 8, (2, 4), 4, 4)


def test_growth_counts_from_a_day_on_against_the_reading_before() -> None:
    assert count([0, 5, 5, 5, 9], since=2).growth == 4


def test_a_counter_that_was_reset_grows_by_what_it_grew_before_and_after() -> None:
    found = count([50, 50, 52, 52, 0, 0, 3])

    assert found.is_reset
    assert (found.growth, found.highest, found.count) == (5, 52, 3)


def test_a_single_wrong_reading_is_nothing() -> None:
    assert count([4, 4, 0, 4, 4]).growth == 0
    assert count([0, 0, 900, 0, 0]) == count([0, 0, 0, 0, 0])


def test_days_without_a_reading_are_passed_over() -> None:
    found = count([1, np.nan, np.nan, 2, np.nan])

    assert (found.count, found.growth, found.last_day, found.readings) == (2, 1, 3, 2)


def test_packed_numbers_are_no_count() -> None:
    assert counted(np.arange(2.0), np.array([2.0**40, 2.0**41]), 0.0, LARGEST) is None
    assert counted(np.arange(2.0), np.array([np.nan, -1.0]), 0.0, LARGEST) is None


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=60))
def test_of_a_counter_that_only_rises_growth_is_the_difference_less_the_first_day(steps: list[int]) -> None:
    values = np.cumsum(steps).astype(np.float64)

    found = count(values.tolist())

    assert values[-1] - values[min(1, len(values) - 1)] <= found.growth <= values[-1] - values[0]
    assert not found.is_reset


@given(st.lists(st.integers(0, 50), min_size=3, max_size=40))
def test_cleaning_keeps_within_what_was_read(values: list[int]) -> None:
    clean = without_strays(np.array(values, np.float64))

    assert min(values) <= clean.min()
    assert clean.max() <= max(values)
