import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.probe.printer.amounts import amount
from collectors.probe.printer.model import Amount, AmountState

NUMBERS = st.none() | st.integers(-5, 5) | st.integers(-(2**31), 2**31 - 1)


@pytest.mark.parametrize(
    ("level", "capacity", "unit", "receptacle", "expected"),
    [
        (64, 100, "percent", False, Amount(64, 100, 64.0, AmountState.OK)),
        (11501, 12000, "impressions", False, Amount(11501, 12000, 95.84, AmountState.OK)),
        (10, 100, None, False, Amount(10, 100, 10.0, AmountState.LOW)),
        (1, 100000, None, False, Amount(1, 100000, 0.0, AmountState.LOW)),
        (0, 100, None, False, Amount(0, 100, 0.0, AmountState.EMPTY)),
        # A waste box: the level is the room that remains.
        (100, 100, "percent", True, Amount(100, 100, 100.0, AmountState.OK)),
        (7, 100, "percent", True, Amount(7, 100, 7.0, AmountState.ALMOST_FULL)),
        (0, 100, "percent", True, Amount(0, 100, 0.0, AmountState.FULL)),
        (-3, -2, None, True, Amount(None, None, None, AmountState.SOME_LEFT)),
        # Special values are states, never numbers.
        (-1, 100, None, False, Amount(None, 100, None, AmountState.NO_LIMIT)),
        (-2, 100, None, False, Amount(None, 100, None, AmountState.UNKNOWN)),
        (-3, 250, "sheets", False, Amount(None, 250, None, AmountState.SOME_LEFT)),
        (-4, 100, None, False, Amount(None, 100, None, AmountState.UNKNOWN)),
        (None, 100, None, False, Amount(None, 100, None, AmountState.UNKNOWN)),
        # A percentage is of the capacity also where the unit is percent.
        (20, 50, "percent", False, Amount(20, 50, 40.0, AmountState.OK)),
        # Only without a capacity is a level in percent the percentage.
        (42, -2, "percent", False, Amount(42, None, 42.0, AmountState.OK)),
        (142, -2, "percent", False, Amount(142, None, None, AmountState.SOME_LEFT)),
        (42, -2, "tenthsOfGrams", False, Amount(42, None, None, AmountState.SOME_LEFT)),
        (42, None, None, False, Amount(42, None, None, AmountState.SOME_LEFT)),
        # Contradictions give no number.
        (1200, 1000, None, False, Amount(1200, 1000, None, AmountState.UNKNOWN)),
        (0, 0, None, False, Amount(0, None, None, AmountState.UNKNOWN)),
        (5, 0, "percent", False, Amount(5, None, None, AmountState.UNKNOWN)),
        # Nothing left of an unknown capacity is what parts answer that are not installed.
        (0, -2, None, False, Amount(0, None, None, AmountState.UNKNOWN)),
        (0, -2, None, True, Amount(0, None, None, AmountState.UNKNOWN)),
    ],
)
def test_it_tells_what_is_left(
    level: int | None, capacity: int | None, unit: str | None, receptacle: bool, expected: Amount
) -> None:
    assert amount(level, capacity, unit, receptacle) == expected


@given(NUMBERS, NUMBERS, st.sampled_from([None, "percent", "sheets"]), st.booleans())
def test_it_never_invents_a_number(level: int | None, capacity: int | None, unit: str | None, receptacle: bool) -> None:
    told = amount(level, capacity, unit, receptacle)
    assert told.level in (level, None)
    assert told.capacity in (capacity, None)
    assert told.level is None or told.level >= 0
    assert told.capacity is None or told.capacity > 0
    if told.percent is not None:
        assert 0 <= told.percent <= 100
        assert told.level is not None
        assert told.capacity is not None or unit == "percent"
    if told.state in (AmountState.EMPTY, AmountState.FULL):
        assert level == 0
    assert (told.state in (AmountState.FULL, AmountState.ALMOST_FULL)) <= receptacle
