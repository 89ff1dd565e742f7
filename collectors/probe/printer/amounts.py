"""Levels and capacities to amounts: the honest reading of RFC 3805's special values."""

from typing import Final

from collectors.probe.printer.mib import PERCENT
from collectors.probe.printer.model import LOW_PERCENT, Amount, AmountState

NO_RESTRICTION: Final = -1
UNKNOWN: Final = -2
SOME_LEFT: Final = -3

_SPECIAL: Final = {
    NO_RESTRICTION: AmountState.NO_LIMIT,
    UNKNOWN: AmountState.UNKNOWN,
    SOME_LEFT: AmountState.SOME_LEFT,
}


def amount(level: int | None, capacity: int | None, unit: str | None, receptacle: bool = False) -> Amount:
    """Return how much is left.

    The level of a receptacle is the room that remains in it (RFC 3805, prtMarkerSuppliesLevel), so the percentage is
    level ÷ capacity there too. That is also so where the unit is percent; only where the capacity is not told is a
    level in percent taken for the percentage that it says it is.

    Args:
        level: as the device told; -1, -2 and -3 are special values.
        capacity: as the device told; below 0 it is not known.
        unit: the word for their unit.
        receptacle: True for a box that fills up.
    """
    known_level = level if level is not None and level >= 0 else None
    known_capacity = capacity if capacity is not None and capacity > 0 else None
    percent = _percent(known_level, known_capacity, capacity, unit)
    return Amount(known_level, known_capacity, percent, _state(level, known_level, capacity, percent, receptacle))


def _percent(level: int | None, capacity: int | None, raw_capacity: int | None, unit: str | None) -> float | None:
    if level is None:
        return None
    if capacity is None:
        told_in_percent = unit == PERCENT and raw_capacity != 0 and level <= 100
        return float(level) if told_in_percent else None
    return round(100.0 * level / capacity, 2) if level <= capacity else None


def _state(
    level: int | None, known_level: int | None, capacity: int | None, percent: float | None, receptacle: bool
) -> AmountState:
    if level is None:
        return AmountState.UNKNOWN
    if known_level is None:
        return _SPECIAL.get(level, AmountState.UNKNOWN)
    if percent is None:
        return _state_without_percent(known_level, capacity)
    if known_level == 0:
        return AmountState.FULL if receptacle else AmountState.EMPTY
    if percent <= LOW_PERCENT:
        return AmountState.ALMOST_FULL if receptacle else AmountState.LOW
    return AmountState.OK


def _state_without_percent(level: int, capacity: int | None) -> AmountState:
    """Return what a level says without a capacity to measure it by.

    A level above the capacity, and a capacity of 0, contradict themselves. A level of 0 without a capacity is what
    devices answer for parts that are not installed; where the part is there and spent, their alert table tells so.
    """
    contradicts = capacity == 0 or (capacity is not None and 0 < capacity < level)
    return AmountState.UNKNOWN if contradicts or level == 0 else AmountState.SOME_LEFT
