"""How many days are left until a file system is full, from readings of its past.

The growth is the Theil–Sen slope: the median of the slopes between all pairs of readings, which a backup that comes and
goes does not bend. Its range is Sen's confidence interval (P. K. Sen, "Estimates of the regression coefficient based on
Kendall's tau", Journal of the American Statistical Association 63, 1968, section 4).
"""

import itertools
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

DAY_S = 86_400.0
MIN_DAYS = 14.0
MIN_READINGS = 4
"""The fewest for which Sen's interval exists at 90 %."""
FAR_DAYS = 3650.0
"""Beyond ten years nothing is said in numbers."""
_Z_90 = 1.6449
_MOST_READINGS = 240
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Reading:
    """Space of a file system at one time.

    Attributes:
        at: Unix time in seconds.
        used: bytes used.
        total: size in bytes; when it changes, what came before tells nothing of what comes.
    """

    at: float
    used: int
    total: int


@dataclass(frozen=True, slots=True)
class Slope:
    """Growth in bytes a day.

    Attributes:
        middle: the estimate.
        low: lower end of its 90 % interval.
        high: upper end of its 90 % interval.
    """

    middle: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Outlook:
    """What can be said of a file system.

    Attributes:
        readings: how many readings it rests on.
        span_days: days between the first and the last of them.
        slope: growth; None where too little is known.
        days: days until it is full; None where it is not filling or that lies beyond `FAR_DAYS`.
        low: the same if it grows as fast as it may.
        high: the same if it grows as slowly as it may; None where it may not fill at all.
    """

    readings: int
    span_days: float
    slope: Slope | None = None
    days: float | None = None
    low: float | None = None
    high: float | None = None


def outlook(readings: Sequence[Reading], free: int) -> Outlook:
    """Return what readings, oldest first, say of the days until `free` bytes are used up."""
    usable = _since_resize(readings)[-_MOST_READINGS:]
    span = (usable[-1].at - usable[0].at) / DAY_S if usable else 0.0
    if len(usable) < MIN_READINGS or span < MIN_DAYS - _ROUNDING:
        return Outlook(len(usable), max(span, 0.0))
    slope = theil_sen([(each.at / DAY_S, float(each.used)) for each in usable])
    days, low, high = (_days(free, growth) for growth in (slope.middle, slope.high, slope.low))
    return Outlook(len(usable), span, slope, days, low, high)


def theil_sen(values: Sequence[tuple[float, float]]) -> Slope:
    """Return the slope of (x, y) with its 90 % interval.

    Raises:
        ValueError: there are fewer than two different x.
    """
    slopes = sorted((y2 - y1) / (x2 - x1) for (x1, y1), (x2, y2) in itertools.combinations(values, 2) if x2 != x1)
    if not slopes:
        raise ValueError("a slope needs two readings of different times")
    count = len(values)
    spread = _Z_90 * math.sqrt(count * (count - 1) * (2 * count + 5) / 18)
    low = max(0, math.floor((len(slopes) - spread) / 2))
    high = min(len(slopes) - 1, math.ceil((len(slopes) + spread) / 2))
    return Slope(statistics.median(slopes), slopes[low], slopes[high])


def _since_resize(readings: Sequence[Reading]) -> list[Reading]:
    kept: list[Reading] = []
    for each in readings:
        if kept and (each.total != kept[-1].total or each.at <= kept[-1].at):
            kept = []
        kept.append(each)
    return kept


def _days(free: int, growth: float) -> float | None:
    """Return days until so many bytes are used up; None where that never comes, or lies too far away."""
    days = free / growth if growth > 0 else math.inf
    return days if days <= FAR_DAYS else None
