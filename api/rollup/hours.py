"""UTC hours: the steps of the rollup."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from api.readings.scope import Window

HOUR = timedelta(hours=1)
HOUR_NS = 3600 * 10**9

GRACE = timedelta(minutes=2)
"""How long an hour is left to writes under way before it is rolled up; more than clocks of our machines differ, and
than the gateway takes an hour for open (`api.gateway.late`)."""


def hour_of(moment: datetime) -> datetime:
    """Return the start of the UTC hour that a moment lies in."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def first_hour_from(moment: datetime) -> datetime:
    """Return the start of the first UTC hour that lies wholly after a moment, or begins with it."""
    begun = hour_of(moment)
    return begun if begun == moment else begun + HOUR


def due_until(now: datetime) -> datetime:
    """Return the end of the last hour that is over for good."""
    return hour_of(now - GRACE)


def days(start: datetime, end: datetime) -> Iterator[Window]:
    """Split a span of hours where the UTC day changes: no engine's shard of raw points is shorter than it is read."""
    while start < end:
        midnight = start.replace(hour=0) + timedelta(days=1)
        yield Window(start, min(midnight, end))
        start = midnight


def halves(window: Window) -> tuple[Window, Window] | None:
    """Split a span of hours in two; None if it is one hour, which is not split."""
    hours = (window.end - window.start) // HOUR
    if hours < 2:
        return None
    middle = window.start + hours // 2 * HOUR
    return Window(window.start, middle), Window(middle, window.end)
