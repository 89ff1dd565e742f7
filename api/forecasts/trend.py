"""How many days are left until something is used up, from what was used of it day by day. Pure numbers, no I/O.

The pace is the Theil–Sen slope: the median of the slopes between all pairs of readings, which up to 29 % of wrong
readings cannot carry away. Its range is Sen's interval (P. K. Sen, "Estimates of the regression coefficient based on
Kendall's tau", Journal of the American Statistical Association 63, 1968, section 4; ties as in M. G. Kendall, "Rank
correlation methods", 1955). Sen's interval takes readings for independent, and what is used is a sum of days: the range
is widened by how far such a sum strays, up to now and in the days to come.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Values = NDArray[np.float64]

MIN_READINGS = 2
MIN_DAYS = 14.0
FAR_DAYS = 3650.0
"""Beyond ten years nothing is said in numbers."""

SURE = 0.9
"""How sure a trend must be, and how often its range should hold."""

_Z = 1.6449
"""Of a two-sided interval of 90 %."""

_WINDOW = 5
"""Readings of the running median by which a refill is told from a wrong reading: two in a row do not move it."""

_WITHIN = 3
"""Days that a cleanup may take."""

_LOUD = 8.0
"""How many times the usual change of a day a fall must be, so that it is no mere noise."""

_CYCLES = 3
"""Falls from which on they are how the thing is used, e.g. a backup that is rotated."""

_NEWEST = 3
"""Readings that tell where it stands now."""

_WEEK_DAYS = 7.0

_FEW_WEEKS = 3.0
"""By how much a spread is taken for wider that was seen in a single week, and less with each week more. Found by
simulation: the range then holds in 8 of 10 cases and more, whether use is even, irregular or stops at weekends, and a
trend is seen in 5 % of series that have none (`tests/api/forecasts/test_truths.py`)."""

_ROUNDING = 1e-9


class State(StrEnum):
    """What can be said."""

    OK = "ok"
    """Days and a range."""

    UNCERTAIN = "uncertain"
    """Days, but it may as well not be running out at all."""

    NO_TREND = "no_trend"
    """It is not running out."""

    FAR = "far"
    """It runs out so slowly that a number would say nothing."""

    REACHED = "reached"
    """It is used up now."""

    TOO_FEW = "too_few"
    """Too few readings, or too few days, since it was last refilled or cleaned up."""

    NOT_TOLD = "not_told"
    """The device does not tell how much is left."""


@dataclass(frozen=True, slots=True)
class Habits:
    """How things of a kind are used up.

    Attributes:
        fall: the least fall of what is used that is a refill, a cleanup or a replacement; in the unit of the readings.
        prompt: one reading is enough to believe in it.
        cyclic: falls that come again and again belong to its use; the trend then goes over all of them.
    """

    fall: float
    prompt: bool = False
    cyclic: bool = False


@dataclass(frozen=True, slots=True)
class Slope:
    """A pace, in units a day.

    Attributes:
        middle: the estimate.
        low: the slowest that it may be; minus infinity where the readings do not bound it.
        high: the fastest that it may be; infinity where the readings do not bound it.
    """

    middle: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Outlook:
    """How long it will last.

    Attributes:
        state: what can be said.
        readings: days with a reading since it was last refilled or cleaned up.
        span_days: days between the first and the last of them.
        days: days left; None where nothing can be said in numbers.
        low: the same if it goes as fast as it may.
        high: the same if it goes as slowly as it may; None where there is no such limit.
        confidence: how sure it is that there is a trend at all, 0 to 1; None where none was looked for.
    """

    state: State
    readings: int
    span_days: float
    days: float | None = None
    low: float | None = None
    high: float | None = None
    confidence: float | None = None


def outlook(days: Values, used: Values, end: float, now: float, habits: Habits, step: float = 0.0) -> Outlook:
    """Return how long it will last.

    Args:
        days: when each reading was made, in days, rising.
        used: what was used by then, as many; it rises towards the end.
        end: what is used when nothing is left.
        now: this moment, in days.
        habits: how things of the kind are used up.
        step: in which steps the readings move, where the true value lies anywhere within one.
    """
    begin = restart(days, used, habits, step)
    days, used = days[begin:], used[begin:]
    span = float(days[-1] - days[0]) if len(days) else 0.0
    if len(days) < MIN_READINGS or span < MIN_DAYS - _ROUNDING:
        return Outlook(State.TOO_FEW, len(days), span)
    slope = theil_sen(days, used)
    left = end - _stands(days, used, slope.middle, now)
    return _outlook(slope, left, step, wander(days, used, slope.middle), len(days), span)


def _outlook(slope: Slope, left: float, step: float, stray: float, readings: int, span: float) -> Outlook:
    # How far off the pace may be: by the interval of the slope, and by how far what was used strays from day to day.
    # The slope of a random walk over T days varies by 6/5 of its variance, over T.
    strayed = stray * math.sqrt(1.2 / span)
    slower, faster = (math.hypot(each, strayed) for each in (slope.middle - slope.low, slope.high - slope.middle))
    confidence = _confidence(slope.middle, slower)
    if left <= 0:
        high = _until(step, slope.middle - slower) if step else 0.0
        return Outlook(State.REACHED, readings, span, 0.0, 0.0, high, confidence)
    if slope.middle <= 0:
        return Outlook(State.NO_TREND, readings, span, confidence=confidence)
    usual = left / slope.middle
    if usual > FAR_DAYS:
        return Outlook(State.FAR, readings, span, confidence=confidence)
    ahead = stray / math.sqrt(usual)
    low = max(0.0, left - step) / (slope.middle + math.hypot(faster, ahead))
    high = _until(left + step, slope.middle - math.hypot(slower, ahead))
    state = State.OK if confidence >= SURE else State.UNCERTAIN
    return Outlook(state, readings, span, usual, low if math.isfinite(faster) else None, high, confidence)


def _confidence(pace: float, slower: float) -> float:
    """Return how sure it is that a pace is not zero, from half the width of its interval of 90 %."""
    if not math.isfinite(slower) or pace == 0:
        return 0.0
    return math.erf(_Z * abs(pace) / slower / math.sqrt(2)) if slower else 1.0


def _until(left: float, pace: float) -> float | None:
    days = left / pace if pace > 0 else math.inf
    return days if days <= FAR_DAYS else None


def _stands(days: Values, used: Values, pace: float, now: float) -> float:
    """Return where it stands: the newest readings carried forward, so that one wrong one of them does not count."""
    return float(np.median(used[-_NEWEST:] + pace * (now - days[-_NEWEST:])))


def theil_sen(days: Values, used: Values) -> Slope:
    """Return the slope of readings at different times, at least two, with Sen's interval of 90 %."""
    first, second = _pairs(len(days))
    slopes = np.sort((used[second] - used[first]) / (days[second] - days[first]))
    middle = float(np.median(slopes))
    below = (len(slopes) - _Z * math.sqrt(_variance(used))) / 2
    if below < 0:
        return Slope(middle, -math.inf, math.inf)
    # Rounded outwards: the interval holds at least as often as it says.
    low, high = math.floor(below), math.ceil(len(slopes) - 1 - below)
    return Slope(middle, float(slopes[low]), float(slopes[high]))


@lru_cache(maxsize=512)
def _pairs(count: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    first, second = np.triu_indices(count, 1)
    return first, second


def _variance(used: Values) -> float:
    """Return the variance of Kendall's S of so many readings, less for those that are equal."""
    count = len(used)
    ties = np.unique(used, return_counts=True)[1]
    tied = float((ties * (ties - 1) * (2 * ties + 5)).sum())
    return (count * (count - 1) * (2 * count + 5) - tied) / 18


def wander(days: Values, used: Values, pace: float) -> float:
    """Return how far readings stray from their pace in a day, as half the width of an interval of 90 %.

    What is used one day is not given back on the next: the sum strays like a random walk, by the square root of time,
    and the readings around its slope are no independent witnesses. It is taken from differences over a week, in which
    weekends have no part.
    """
    rest = running_median(used - pace * days)
    gap = float(np.median(np.diff(days)))
    apart = min(len(rest) - 1, max(1, round(_WEEK_DAYS / gap)))
    squares = (rest[apart:] - rest[:-apart]) ** 2 / (days[apart:] - days[:-apart])
    weeks = float(days[-1] - days[0]) / _WEEK_DAYS
    return _Z * (1.0 + _FEW_WEEKS / weeks) * math.sqrt(float(np.mean(squares)))


def restart(days: Values, used: Values, habits: Habits, step: float = 0.0) -> int:
    """Return from which reading on the present filling is told: 0 where it was never refilled or cleaned up.

    A fall counts when it stays: two wrong readings in a row are none. A step that wavers is none either.
    """
    count = len(used)
    least = max(habits.fall, 1.5 * step)
    if habits.prompt and count > _NEWEST and used[-1] < np.median(used[-1 - _NEWEST : -1]) - least:
        return count - 1
    if count <= _NEWEST:
        return 0
    smooth = running_median(used)
    changes = np.diff(smooth)
    usual = 1.4826 * float(np.median(np.abs(changes - np.median(changes))))
    falls = _falls(used, smooth, max(least, _LOUD * usual))
    if not falls:
        return 0
    is_short = days[-1] - days[falls[-1]] < MIN_DAYS
    return 0 if habits.cyclic and is_short and len(falls) >= _CYCLES else falls[-1]


def _falls(used: Values, smooth: Values, least: float) -> list[int]:
    """Return the first readings after falls of at least so much within a few days."""
    count = len(smooth)
    before = np.full(count, -np.inf)
    for shift in range(1, _WITHIN + 1):
        before[shift:] = np.maximum(before[shift:], smooth[:-shift])
    fallen = np.flatnonzero(before - smooth > least)
    return [_first_after(used, max(1, group[0] - 1), group[-1] + 1) for group in _runs(fallen)]


def _first_after(used: Values, begin: int, until: int) -> int:
    """Return the first reading after a fall: where the readings before and after it differ most."""
    falls = [np.median(used[max(0, at - 3) : at]) - np.median(used[at : at + 3]) for at in range(begin, until)]
    return begin + int(np.argmax(falls))


def _runs(places: NDArray[np.intp]) -> Sequence[NDArray[np.intp]]:
    """Return rows of places that follow each other closely."""
    return np.split(places, np.flatnonzero(np.diff(places) > _WITHIN) + 1) if len(places) else ()


def running_median(values: Values) -> Values:
    """Return the median of each value and its two neighbours on both sides; at the ends of those that there are."""
    count, reach = len(values), _WINDOW // 2
    found = values.copy()
    if count >= _WINDOW:
        found[reach : count - reach] = np.median(sliding_window_view(values, _WINDOW), axis=1)
    for place in range(min(reach, count)):
        for at in (place, count - 1 - place):
            found[at] = np.median(values[max(0, at - reach) : at + reach + 1])
    return found


def steps_of(values: Values) -> float:
    """Return in which steps values move: the least difference of two of them, where values come again; 0 for none."""
    levels = np.unique(np.round(values, 3))
    # A value that is never told twice is measured finely.
    return float(np.diff(levels).min()) if 2 <= len(levels) <= len(values) / 2 else 0.0
