"""The trend's arithmetic: whatever is read, days are never negative, nothing is told that is not known, and neither the
unit, the beginning nor a quarter of wrong readings change the answer."""

import itertools

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from api.forecasts.trend import (
    FAR_DAYS,
    MIN_DAYS,
    Habits,
    Outlook,
    State,
    Values,
    outlook,
    restart,
    running_median,
    steps_of,
    theil_sen,
)

HABITS = Habits(fall=5.0)


def even(count: int, pace: float = 1.0, start: float = 20.0) -> tuple[Values, Values]:
    """Days in a row on which as much is used each day."""
    days = np.arange(float(count))
    return days, start + pace * days


def ask(days: Values, used: Values, habits: Habits = HABITS, step: float = 0.0) -> Outlook:
    return outlook(days, used, 100.0, float(days[-1]), habits, step)


series = st.lists(
    st.tuples(st.integers(0, 120), st.floats(-20, 150)), min_size=1, max_size=60, unique_by=lambda pair: pair[0]
).map(lambda pairs: tuple(np.array(column, np.float64) for column in zip(*sorted(pairs), strict=True)))


@given(series, st.booleans(), st.booleans(), st.sampled_from([0.0, 1.0, 10.0, 25.0]))
def test_days_are_never_negative_and_lie_within_their_range(
    read: tuple[Values, Values], prompt: bool, cyclic: bool, step: float
) -> None:
    found = ask(*read, Habits(5.0, prompt, cyclic), step)

    if found.days is None:
        assert (found.low, found.high) == (None, None)
        assert found.state in {State.TOO_FEW, State.NO_TREND, State.FAR}
        return
    assert found.state in {State.OK, State.UNCERTAIN, State.REACHED}
    assert found.low is None or 0 <= found.low <= found.days
    assert 0 <= found.days <= FAR_DAYS
    assert found.high is None or found.high >= found.days
    assert found.readings >= 2
    assert found.span_days >= MIN_DAYS - 1e-6
    assert found.confidence is not None
    assert 0 <= found.confidence <= 1


@given(series, st.sampled_from([0.25, 2.0, 1024.0]))
def test_the_unit_changes_nothing(read: tuple[Values, Values], scale: float) -> None:
    days, used = read
    found = outlook(days, used * scale, 100.0 * scale, float(days[-1]), Habits(5.0 * scale))

    assert same(found, ask(days, used))


@given(series, st.integers(-50, 50))
def test_neither_does_where_it_begins(read: tuple[Values, Values], shift: int) -> None:
    # Whole numbers stay exact when shifted, so that equal readings stay equal.
    days, used = read[0], np.round(read[1])
    found = outlook(days + 1000.0, used + shift, 100.0 + shift, float(days[-1]) + 1000.0, HABITS)

    assert same(found, ask(days, used))


def same(one: Outlook, other: Outlook) -> bool:
    numbers = [(each.span_days, each.days, each.low, each.high, each.confidence) for each in (one, other)]
    close = all(
        a is b is None or (a is not None and b is not None and a == pytest.approx(b, rel=1e-6, abs=1e-6))
        for a, b in zip(*numbers, strict=True)
    )
    return close and (one.state, one.readings) == (other.state, other.readings)


@given(
    st.integers(20, 90),
    st.floats(0.1, 2.0),
    st.data(),
)
def test_a_quarter_of_wrong_readings_cannot_carry_the_slope_away(count: int, pace: float, data: st.DataObject) -> None:
    days, used = even(count, pace)
    wrong = data.draw(st.sets(st.integers(0, count - 1), max_size=count // 4))
    for place in wrong:
        used[place] = data.draw(st.floats(-1e6, 1e6))
    right = [place for place in range(count) if place not in wrong]
    assume(len(right) > 2)

    assert theil_sen(days, used).middle == pytest.approx(pace, rel=1e-6)


@given(st.integers(24, 80), st.floats(0.1, 0.9), st.integers(0, 3), st.integers(0, 2**32 - 1))
def test_every_fourth_reading_may_be_wrong(count: int, pace: float, first: int, seed: int) -> None:
    days, used = even(count, pace, 5.0)
    rng = np.random.default_rng(seed)
    right = used.copy()
    used[first::4] = rng.uniform(-1000, 1000, len(used[first::4]))
    found = ask(days, used)

    assert found.days == pytest.approx((100 - right[-1]) / pace, rel=0.02)


def test_it_refuses_a_single_reading_and_less_than_fourteen_days() -> None:
    assert ask(*even(1)) == Outlook(State.TOO_FEW, 1, 0.0)
    assert ask(*even(14)) == Outlook(State.TOO_FEW, 14, 13.0)
    assert outlook(np.array([]), np.array([]), 100.0, 0.0, HABITS) == Outlook(State.TOO_FEW, 0, 0.0)
    assert ask(*even(15)).state is State.OK


def test_two_readings_are_an_estimate_without_a_range_and_nobody_is_sure_of_it() -> None:
    found = ask(np.array([0.0, 20.0]), np.array([20.0, 40.0]))

    assert (found.state, found.confidence, found.low, found.high) == (State.UNCERTAIN, 0.0, None, None)
    assert found.days == pytest.approx(60.0)


def test_an_even_pace_is_told_to_the_day() -> None:
    found = ask(*even(30))

    assert (found.state, found.confidence) == (State.OK, 1.0)
    assert (found.days, found.low, found.high) == pytest.approx((51.0, 51.0, 51.0))


def test_what_went_on_since_the_last_reading_counts() -> None:
    days, used = even(30)

    assert outlook(days, used, 100.0, 31.0, HABITS).days == pytest.approx(49.0)


@pytest.mark.parametrize(("pace", "state"), [(0.0, State.NO_TREND), (-0.3, State.NO_TREND), (0.001, State.FAR)])
def test_it_tells_no_days_where_it_does_not_run_out(pace: float, state: State) -> None:
    found = ask(*even(30, pace, 40.0))

    assert (found.state, found.days, found.low, found.high) == (state, None, None, None)


def test_what_is_used_up_is_used_up() -> None:
    days, used = even(30, 1.0, 75.0)
    found = ask(days, np.minimum(used, 100.0))

    assert (found.state, found.days) == (State.REACHED, 0.0)


def test_sens_interval_is_that_of_the_textbook() -> None:
    # Conover, "Practical nonparametric statistics", 3rd edition, section 5.5 orders the slopes; here by hand: the ten
    # slopes of these five readings are 1, 1.5, 4/3, 1.5, 2, 1.5, 5/3, 1, 1.5 and 2.
    slope = theil_sen(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), np.array([1.0, 2.0, 4.0, 5.0, 7.0]))

    assert slope.middle == 1.5
    # 1.6449 · √(5·4·15 / 18) = 6.72, so ranks floor((10 − 6.72) / 2) = 1 from below and from above.
    assert (slope.low, slope.high) == (1.0, 2.0)


@pytest.mark.parametrize("before", [15, 30, 60])
@pytest.mark.parametrize("after", [3, 7, 15, 40])
def test_it_finds_the_day_of_a_refill(before: int, after: int) -> None:
    used = np.concatenate([even(before, 1.0, 10.0)[1], even(after, 1.0, 0.0)[1]])

    assert restart(np.arange(float(len(used))), used, HABITS) == before


def test_after_a_refill_the_old_pace_is_forgotten() -> None:
    used = np.concatenate([even(30, 2.0, 10.0)[1], even(20, 0.5, 0.0)[1]])
    found = ask(np.arange(50.0), used)

    assert found.readings == 20
    assert found.days == pytest.approx((100 - used[-1]) / 0.5)


def test_a_cleanup_over_days_begins_anew_at_its_lowest() -> None:
    used = np.concatenate([even(30)[1], [40.0, 33.0, 25.0], even(20, 1.0, 25.5)[1]])

    assert restart(np.arange(float(len(used))), used, HABITS) in {31, 32, 33}


def test_of_two_refills_the_last_counts() -> None:
    used = np.concatenate([even(20, 3.0, 0.0)[1], even(25, 3.0, 0.0)[1], even(16, 3.0, 0.0)[1]])

    assert restart(np.arange(float(len(used))), used, HABITS) == 45


@given(st.integers(20, 60), st.data())
def test_one_or_two_wrong_readings_are_no_refill(count: int, data: st.DataObject) -> None:
    days, used = even(count)
    place = data.draw(st.integers(3, count - 4))
    used[place : place + data.draw(st.integers(1, 2))] -= data.draw(st.floats(-60, 60))

    assert restart(days, used, HABITS) == 0


def test_a_refill_is_believed_at_once_where_levels_are_told_by_the_device() -> None:
    days, used = even(30)
    used[-1] = 0.0

    assert ask(days, used, Habits(5.0, prompt=True)) == Outlook(State.TOO_FEW, 1, 0.0)
    # A disk's single low reading may be wrong; what came before still holds.
    assert ask(days, used, HABITS).days == pytest.approx(51.0)


@pytest.mark.parametrize("cycle", [7, 10, 13])
def test_what_is_cleaned_up_again_and_again_is_seen_as_a_whole(cycle: int) -> None:
    days = np.arange(80.0)
    used = 20.0 + 0.4 * days + 30.0 * (days % cycle) / cycle
    found = ask(days, used, Habits(3.0, cyclic=True))

    assert found.readings == 80
    # As it stands today: how full a cycle is when it ends is not told.
    assert found.days == pytest.approx((100 - used[-1]) / 0.4, rel=0.4)


def test_a_supply_that_is_refilled_again_and_again_is_seen_since_the_last_time() -> None:
    days = np.arange(80.0)

    assert ask(days, 90.0 * (days % 13) / 13, Habits(8.0)).state is State.TOO_FEW


def test_noise_is_no_cleanup() -> None:
    days, used = even(60, 0.5)
    noisy = used + np.random.default_rng(4).normal(0, 4, 60)

    assert restart(days, noisy, Habits(3.0)) == 0


def test_a_step_that_wavers_is_no_refill() -> None:
    used = np.array([*[50.0] * 10, *[60.0] * 4, *[50.0] * 4, *[60.0] * 8])

    assert restart(np.arange(26.0), used, HABITS, step=10.0) == 0
    assert restart(np.arange(26.0), used, HABITS) > 0


@pytest.mark.parametrize("step", [5.0, 10.0, 20.0])
@pytest.mark.parametrize("pace", [0.7, 1.1, 1.9])
@pytest.mark.parametrize("phase", [0.0, 0.3, 0.8])
def test_the_range_of_a_supply_that_moves_in_steps_holds_the_truth(step: float, pace: float, phase: float) -> None:
    days = np.arange(40.0)
    right = 10.0 + phase * step + pace * days
    # Levels are told rounded up, down or to the nearest, by the maker.
    for rounded in (np.floor, np.ceil, np.round):
        found = ask(days, rounded(right / step) * step, step=step)
        truth = max(0.0, (100 - right[-1]) / pace)

        # Fewer than three steps are no trend to speak of.
        assert found.state in {State.OK, State.REACHED} or pace * 40 < 3 * step
        if found.days is not None:
            assert found.low is not None
            assert found.low <= truth <= (found.high or np.inf)


def test_steps_widen_the_range() -> None:
    fine, coarse = (ask(*even(40), step=step) for step in (0.0, 10.0))

    assert (coarse.days, coarse.confidence) == (fine.days, fine.confidence)
    assert fine.low is not None
    assert coarse.low == pytest.approx(fine.low - 10)
    assert coarse.high == pytest.approx((fine.high or 0) + 10)


@pytest.mark.parametrize(
    ("values", "step"),
    [
        ([50.0, 50.0, 60.0, 60.0, 60.0, 70.0], 10.0),
        ([10.0, 10.0, 35.0, 35.0, 85.0, 85.0], 25.0),
        ([1.0, 2.5, 4.1, 6.0], 0.0),
        ([50.0] * 8, 0.0),
        ([50.0], 0.0),
        ([], 0.0),
    ],
)
def test_it_sees_in_which_steps_a_level_moves(values: list[float], step: float) -> None:
    assert steps_of(np.array(values)) == step


@given(st.lists(st.floats(-1e6, 1e6), max_size=30))
def test_the_running_median_is_that_of_each_window(values: list[float]) -> None:
    found = running_median(np.array(values))

    for place, value in enumerate(found):
        assert value == np.median(values[max(0, place - 2) : place + 3])


def test_slopes_of_readings_far_apart_are_the_same_by_any_order_of_pairs() -> None:
    days, used = np.array([0.0, 1.0, 8.0, 40.0]), np.array([3.0, 1.0, 9.0, 20.0])
    slopes = sorted((used[b] - used[a]) / (days[b] - days[a]) for a, b in itertools.combinations(range(4), 2))

    assert theil_sen(days, used).middle == np.median(slopes)
