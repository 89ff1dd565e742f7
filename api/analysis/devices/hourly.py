"""One value hour by hour, as the hourly rollup has it, and where its hours lie in the week of Asia/Tokyo."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from api.display.tokyo import TOKYO
from api.readings.scope import Window

Values = NDArray[np.float64]

HOUR = timedelta(hours=1)
HOUR_S = 3600
HOURS_OF_DAY = 24
HOURS_OF_WEEK = 168

_TOKYO_AHEAD = 9
"""Hours; Japan has no summer time."""

_FIRST_WEEKDAY = 3
"""1 January 1970 was a Thursday, and weeks begin with Monday."""


@dataclass(frozen=True, slots=True, eq=False)
class Hourly:
    """One value over hours.

    Attributes:
        start: start of the first UTC hour.
        values: one for each hour, in order; NaN where nothing was told.
    """

    start: datetime
    values: Values

    @property
    def end(self) -> datetime:
        """The end of the last hour."""
        return self.start + len(self.values) * HOUR

    @property
    def told(self) -> NDArray[np.bool_]:
        """For each hour whether anything was told."""
        return np.isfinite(self.values)

    @property
    def hours_of_week(self) -> NDArray[np.int64]:
        """For each hour its place in the week of Tokyo: 0 is the first hour of Monday, 167 the last of Sunday."""
        first = int(self.start.timestamp()) // HOUR_S + _TOKYO_AHEAD + _FIRST_WEEKDAY * HOURS_OF_DAY
        return (first + np.arange(len(self.values))) % HOURS_OF_WEEK

    def at(self, place: int) -> datetime:
        """Return the start of an hour in Tokyo, by its place."""
        return (self.start + place * HOUR).astimezone(TOKYO)

    def within(self, start: datetime, end: datetime) -> "Hourly":
        """Return the hours between two starts of hours; those that lie outside are NaN."""
        first, count = _hours(start - self.start), max(0, _hours(end - start))
        values = np.full(count, np.nan)
        begin, until = max(0, first), min(len(self.values), first + count)
        if begin < until:
            values[begin - first : until - first] = self.values[begin:until]
        return Hourly(start, values)


def hourly(window: Window, rows: Sequence[tuple[int, float]]) -> Hourly:
    """Return hours from times in Unix nanoseconds and values.

    What lies outside the window, such as what a clock that was wrong has written, and what is no number is left out;
    of two values of an hour the later in order holds.
    """
    start = hour_before(window.start)
    values = np.full(max(0, -_hours(start - window.end)), np.nan)
    times = np.fromiter((time_ns for time_ns, _value in rows), np.int64, len(rows))
    told = np.fromiter((value for _time_ns, value in rows), np.float64, len(rows))
    places = times // (HOUR_S * 10**9) - int(start.timestamp()) // HOUR_S
    good = (places >= 0) & (places < len(values)) & np.isfinite(told)
    values[places[good]] = told[good]
    return Hourly(start, values)


def hour_before(moment: datetime) -> datetime:
    """Return the start of the UTC hour that a moment lies in."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _hours(span: timedelta) -> int:
    return span // HOUR
