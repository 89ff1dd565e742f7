"""The agent measures itself as it measures everything else: `AGENT` points from a gatherer."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import psutil

from collectors import __version__
from collectors.agent.measurements import AGENT
from collectors.agent.runner import Job
from collectors.point import FieldValue, Point

INTERVAL_S = 60.0
TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Readings:
    """What the agent's parts say of themselves; None where a part is not there or does not know.

    Attributes:
        spool_bytes: size of the spool's segments.
        spool_points: points not sent yet.
        dropped_points: points dropped so far.
        rejected_points: points refused by the gateway so far.
        quarantined_segments: damaged segments set aside so far.
        clock_offset_s: this machine's clock minus the gateway's, seconds.
        lists_waiting: inventory documents not sent yet.
        lists_dropped: inventory documents dropped so far.
        lists_rejected: inventory documents refused by the service so far.
    """

    spool_bytes: int | None = None
    spool_points: int | None = None
    dropped_points: int | None = None
    rejected_points: int | None = None
    quarantined_segments: int | None = None
    clock_offset_s: float | None = None
    lists_waiting: int | None = None
    lists_dropped: int | None = None
    lists_rejected: int | None = None


def to_point(readings: Readings, uptime_s: float, rss_bytes: int, cpu_s: float) -> Point:
    """Return the `agent` point; what is not known is left out."""
    known: dict[str, FieldValue | None] = {
        "version": __version__,
        "uptime_s": round(uptime_s, 3),
        "rss_bytes": rss_bytes,
        "cpu_s": cpu_s,
        "spool_bytes": readings.spool_bytes,
        "spool_points": readings.spool_points,
        "dropped_points": readings.dropped_points,
        "rejected_points": readings.rejected_points,
        "quarantined_segments": readings.quarantined_segments,
        "clock_offset_s": readings.clock_offset_s,
        "lists_waiting": readings.lists_waiting,
        "lists_dropped": readings.lists_dropped,
        "lists_rejected": readings.lists_rejected,
    }
    return Point("agent", {}, {name: value for name, value in known.items() if value is not None})


class SelfMeasure:
    """Reads this process and, through `read`, the agent's parts."""

    def __init__(self, read: Callable[[], Readings] = Readings) -> None:
        self._read = read
        self._process = psutil.Process()
        self._started = time.monotonic()

    def gather(self) -> list[Point]:
        """Read once."""
        used = self._process.cpu_times()
        uptime_s = time.monotonic() - self._started
        return [to_point(self._read(), uptime_s, self._process.memory_info().rss, used.user + used.system)]


def self_job(read: Callable[[], Readings] = Readings) -> Job:
    """Return the job that measures the agent."""
    measure = SelfMeasure(read)
    return Job(name="agent", measurements=(AGENT,), create=lambda: measure, interval_s=INTERVAL_S, timeout_s=TIMEOUT_S)
