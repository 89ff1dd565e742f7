"""What each process of the gateway did, written by itself: gunicorn's workers share no memory.

Each process stores what came since its last point, under its own name; sums over processes are exact, and a restart
loses what a killed process had not stored: at most a minute.
"""

import os
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime

from api.gateway.counters import Counters, Taken
from api.influx.engine import Engine
from api.models.base import utc_now
from api.readings.scope import to_ns
from api.standing.store import NotStored, store
from collectors.point import FieldValue, Point
from collectors.service.gateway import SERVICE_GATEWAY

EVERY_S = 60.0
REMEMBERED = 120
"""Points that are kept while the engine is away."""

_WRITE_COUNTS = {
    "writes": "requests",
    "writes_failed": "requests_failed",
    "lines_forwarded": "lines_forwarded",
    "lines_refused": "lines_refused",
    "engine_unavailable": "engine_unavailable",
}
"""Field -> name of the write path's counter."""

_QUERY_COUNTS = ("queries", "queries_refused", "queries_cut_off", "queries_rolled_up")


def process_name() -> str:
    """Return what tells this process from all others."""
    return f"{socket.gethostname()}-{os.getpid()}"


def gateway_point(process: str, writes: Taken, queries: Taken, span_s: float, at: datetime) -> Point:
    """Return what a process did in a span; times are absent where nothing was timed."""
    fields: dict[str, FieldValue] = {"span_s": span_s}
    fields |= {name: writes.counts.get(counted, 0) for name, counted in _WRITE_COUNTS.items()}
    fields |= {name: queries.counts.get(name, 0) for name in _QUERY_COUNTS}
    for name, taken in (("write", writes), ("query", queries)):
        if taken.timed:
            fields |= {f"{name}_ms": taken.total_s * 1000, f"{name}_max_ms": taken.longest_s * 1000}
    return Point(SERVICE_GATEWAY.name, {"process": process}, fields, to_ns(at))


class Reporter:
    """Stores what a process of the gateway does, once a minute and at its end.

    Args:
        engine: where to.
        database: the raw one.
        writes: counters of the write path.
        queries: counters of the read side.
        clock: now, seconds of any origin.
    """

    def __init__(
        self,
        engine: Engine,
        database: str,
        writes: Counters,
        queries: Counters,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._database = database
        self._writes = writes
        self._queries = queries
        self._clock = clock
        self._since = clock()
        self._waiting: deque[Point] = deque(maxlen=REMEMBERED)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="karte-gateway-report", daemon=True)

    def start(self) -> None:
        """Begin; call it in the process that serves, as threads do not live through a fork."""
        self._thread.start()

    def stop(self) -> None:
        """End, and store what came since the last point."""
        self._stop.set()
        self._thread.join()
        self.report()

    def report(self) -> None:
        """Store what came since the last point; what the engine does not take is kept for the next time."""
        now = self._clock()
        span_s, self._since = now - self._since, now
        self._waiting.append(
            gateway_point(process_name(), self._writes.take(), self._queries.take(), span_s, utc_now())
        )
        try:
            store(self._engine, self._database, self._waiting)
        except NotStored:
            return  # the write path itself tells when the engine is away
        self._waiting.clear()

    def _run(self) -> None:
        while not self._stop.wait(EVERY_S):
            self.report()
