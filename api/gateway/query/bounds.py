"""What a query may cost: checked before it runs where that can be known, and while its answer passes."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from api.config import Config
from api.gateway.query.plans import Query, SelectPlan, bucket_ns, range_of
from api.influxql.errors import QueryRefused
from api.influxql.timerange import TimeRange

_DAY_NS = 86_400 * 10**9

STANDING_EVERY_S = 0.5
"""How often it is asked, while an answer is sent, whether its token still holds."""


class BoundExceeded(Exception):
    """An answer became larger, or took longer, than is allowed; the message names the bound."""


class Ended(Exception):
    """The token ceased to hold while the answer was sent; the message says why."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one query may cost.

    Attributes:
        days: longest time range.
        rows: most rows of an answer, and most buckets of a series.
        series: most series of an answer.
        size: largest answer, bytes.
        seconds: longest run time.
    """

    days: int
    rows: int
    series: int
    size: int
    seconds: int


def bounds_of(config: Config) -> Bounds:
    """Return the configured bounds."""
    return Bounds(
        days=config.query_max_days,
        rows=config.query_max_rows,
        series=config.query_max_series,
        size=config.query_max_bytes,
        seconds=config.query_timeout_s,
    )


def check_range(query: Query, bounds: Bounds, now_ns: int, kept_days: int) -> None:
    """Refuse a query that reads too long a range, or cuts it into too many buckets.

    Args:
        query: planned.
        bounds: what is allowed.
        now_ns: Unix nanoseconds.
        kept_days: how far back there are points at most; nothing before costs anything.

    Raises:
        QueryRefused: the message names the bound.
    """
    oldest = now_ns - kept_days * _DAY_NS
    for plan in query.plans:
        for reading in plan.readings if isinstance(plan, SelectPlan) else ():
            bucket = bucket_ns(reading, query.literals)
            span = range_of(reading, query.literals, now_ns)
            if span is None and bucket:
                raise QueryRefused(
                    "into how many intervals GROUP BY time cuts the range cannot be told beforehand; write each time as"
                    " '2026-01-31T00:00:00Z', as a number, or as now() - 1h"
                )
            span = span or TimeRange()
            end = now_ns if span.end is None else span.end
            days = (end - max(oldest, oldest if span.start is None else span.start)) / _DAY_NS
            if days > bounds.days:
                raise QueryRefused(
                    f"the time range is {days:,.0f} days long; at most {bounds.days} days can be read at once, so add a"
                    " later start: WHERE time >= …"
                )
            if bucket and span.start is not None and (end - span.start) / bucket > bounds.rows:
                raise QueryRefused(
                    f"GROUP BY time cuts the range into {(end - span.start) // bucket:,} intervals; at most"
                    f" {bounds.rows:,} can be read at once, so take a longer interval or a shorter range"
                )


class Meter:
    """Watches an answer as it passes."""

    def __init__(
        self, bounds: Bounds, standing: Callable[[], str | None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Take what is allowed, and who tells why a token has ceased to hold (None while it holds)."""
        self._bounds = bounds
        self._standing = standing
        self._clock = clock
        self._began = self._asked = clock()
        self._size = self._rows = self._series = 0

    @property
    def elapsed_s(self) -> float:
        """Seconds since the query began."""
        return self._clock() - self._began

    @property
    def left_s(self) -> float:
        """Seconds of run time that are left, at least a little."""
        return max(0.05, self._bounds.seconds - self.elapsed_s)

    def watch(self, chunks: Iterator[bytes], *, csv: bool) -> Iterator[bytes]:
        """Yield the chunks of an answer as long as it is within its bounds.

        Rows and series are counted by what stands between them in the text, not by reading it: a text value with the
        same characters counts as well, which is as near as a bound needs.

        Raises:
            BoundExceeded: it is not any more.
            Ended: the token does not hold any more.
        """
        between_rows, before_series = (b"\n", b"\nname,") if csv else (b"],[", b'"columns":')
        for chunk in chunks:
            self._size += len(chunk)
            self._rows += chunk.count(between_rows)
            self._series += chunk.count(before_series)
            self._check()
            yield chunk

    def count(self, rows: int, series: int) -> None:
        """Count what was answered without the text of an engine.

        Raises:
            BoundExceeded: it is too much.
        """
        self._rows += rows
        self._series += series
        self._check()

    def _check(self) -> None:
        bounds, now = self._bounds, self._clock()
        if self._size > bounds.size:
            raise BoundExceeded(f"the answer is larger than {bounds.size:,} bytes; {_ADVICE}")
        if self._rows > bounds.rows:
            raise BoundExceeded(f"the answer has more than {bounds.rows:,} rows; {_ADVICE}")
        if self._series > bounds.series:
            raise BoundExceeded(f"the answer has more than {bounds.series:,} series; {_ADVICE}")
        if now - self._began > bounds.seconds:
            raise BoundExceeded(too_slow(bounds))
        if now - self._asked > STANDING_EVERY_S:
            self._asked = now
            reason = self._standing()
            if reason is not None:
                raise Ended(reason)


_ADVICE = "take a shorter time range, GROUP BY time(…), or a condition on tags"


def too_slow(bounds: Bounds) -> str:
    """Return what is said of a query that ran too long."""
    return f"the query ran longer than {bounds.seconds} s and was ended; {_ADVICE}"
