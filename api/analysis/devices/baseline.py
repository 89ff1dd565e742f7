"""What is usual for a device at each hour of the week, from its own past. Pure numbers.

The middle is the median of the same hour of the week, and its spread the median absolute deviation, which half of the
weeks being odd cannot carry away. A few weeks say little about a single hour: both are drawn towards those of the same
hour of all days that are alike (working days, weekends), the more the fewer weeks there are. Holidays, ends of months
and backups come again: what was seen at the same hour of day on one of twenty days is usual, too.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from api.analysis.devices.hourly import HOURS_OF_DAY, HOURS_OF_WEEK, Hourly, Values
from api.analysis.devices.percentiles import percentiles

LEAST_WEEKS = 3
LEAST_HOURS = 10
"""A week in which fewer hours were told says nothing."""

_SLACK_DAYS = 1
"""A past that begins with the first morning of a week is as good as one that begins at midnight."""

_DRAWN = 3.0
"""Weeks that the days alike count for: with three weeks of its own an hour is half itself."""

_LEAST_ALIKE = 5
"""Values of days alike without which an hour that was never told is not judged."""

_LEAST_OWN = 2

_NORMAL = 1.4826
"""Standard deviation of a normal distribution over its median absolute deviation."""

_SEEN = 95.0
"""Percentile of the same hour of all days up to which nothing is unusual: one of twenty days."""

_WORKING_DAYS = 5
_DAYS_OF_WEEK = 7


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """What is usual at each of the 168 hours of the week of Tokyo; NaN where nobody knows.

    Attributes:
        middle: the usual value.
        spread: by how much values stray around it, as a standard deviation.
        seen: the most that is seen at the same hour of day on nineteen of twenty days.
        low: what nine of ten weeks exceed.
        high: what one of ten weeks exceeds.
        weeks: weeks that it rests on.
    """

    middle: Values
    spread: Values
    seen: Values
    low: Values
    high: Values
    weeks: int


def weeks_told(past: Hourly) -> int:
    """Return how many weeks of the past are known: those in which enough was told, and that lie within what was."""
    told = np.flatnonzero(past.told)
    if not len(told):
        return 0
    days = (len(past.values) - int(told[0])) / HOURS_OF_DAY
    spanned = int(days + _SLACK_DAYS) // _DAYS_OF_WEEK
    return min(spanned, int((_told(_by_week(past)) >= LEAST_HOURS).sum()))


def baseline(past: Hourly, floor: float) -> Baseline | None:
    """Return what is usual; None where fewer than three weeks are known.

    Args:
        past: whole weeks before what is to be judged.
        floor: the least spread that makes sense, in the unit of the values.
    """
    if weeks_told(past) < LEAST_WEEKS:
        return None
    weeks = _by_week(past)
    weeks = weeks[_told(weeks) >= LEAST_HOURS]
    own = np.asarray(np.isfinite(weeks).sum(axis=0), np.int64)
    share = own / (own + _DRAWN)
    share[own < _LEAST_OWN] = 0.0
    low, middle, high = percentiles(weeks, 10, 50, 90)
    alike_low, alike_middle, alike_high = _alike(weeks, 10, 50, 90)
    middle = np.where((share > 0) | (_count_alike(weeks) >= _LEAST_ALIKE), _drawn(middle, alike_middle, share), np.nan)
    strays = np.abs(weeks - middle)
    spread = np.sqrt(_drawn(percentiles(strays, 50)[0] ** 2, _alike(strays, 50)[0] ** 2, share))
    is_own = own >= LEAST_WEEKS
    return Baseline(
        middle=middle,
        spread=np.maximum(spread * _NORMAL, floor),
        seen=np.tile(percentiles(weeks.reshape(-1, HOURS_OF_DAY), _SEEN)[0], _DAYS_OF_WEEK),
        low=np.where(is_own, low, alike_low),
        high=np.where(is_own, high, alike_high),
        weeks=len(weeks),
    )


def _by_week(past: Hourly) -> Values:
    """Return a row for each whole week, the newest last, a column for each hour of the week."""
    whole = len(past.values) // HOURS_OF_WEEK * HOURS_OF_WEEK
    if not whole:
        return np.empty((0, HOURS_OF_WEEK))
    first = int(past.hours_of_week[len(past.values) - whole])
    rows = past.values[len(past.values) - whole :].reshape(-1, HOURS_OF_WEEK)
    return np.roll(rows, first, axis=1)


def _told(weeks: Values) -> NDArray[np.int64]:
    return np.asarray(np.isfinite(weeks).sum(axis=1), np.int64)


def _days_alike(weeks: Values) -> tuple[Values, Values]:
    """Return the hours of all working days, a row each, and those of all weekends."""
    days = weeks.reshape(len(weeks), _DAYS_OF_WEEK, HOURS_OF_DAY)
    working, free = days[:, :_WORKING_DAYS], days[:, _WORKING_DAYS:]
    return working.reshape(-1, HOURS_OF_DAY), free.reshape(-1, HOURS_OF_DAY)


def _of_week(working: Values, free: Values) -> Values:
    """Return for each hour of the week what holds at this hour of its kind of day."""
    return np.concatenate([np.tile(working, _WORKING_DAYS), np.tile(free, _DAYS_OF_WEEK - _WORKING_DAYS)])


def _alike(weeks: Values, *percents: float) -> list[Values]:
    """Return for each hour of the week percentiles of the same hour of all days that are alike."""
    working, free = _days_alike(weeks)
    return [_of_week(*each) for each in zip(percentiles(working, *percents), percentiles(free, *percents), strict=True)]


def _count_alike(weeks: Values) -> Values:
    working, free = _days_alike(weeks)
    return _of_week(np.isfinite(working).sum(axis=0), np.isfinite(free).sum(axis=0))


def _drawn(own: Values, alike: Values, share: Values) -> Values:
    """Return what lies between an hour's own value and that of its like; of what is not told the other counts alone."""
    mixed = share * np.nan_to_num(own) + (1 - share) * np.nan_to_num(alike)
    return np.where(np.isnan(alike), own, np.where(share > 0, mixed, alike))
