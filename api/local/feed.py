"""Feeds the simulated office into the gateway: the history once, then what comes, minute by minute."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

from api.demo.calendar import DAY_S
from api.demo.office import HISTORY_DAYS
from api.local.gatewaywriter import BATCH_LINES, GatewayRefused, GatewayWriter
from api.local.ledger import Ledger
from collectors.point import Point

CONNECTIONS = 3
EVERY_S = 60

_log = logging.getLogger(__name__)

Generate = Callable[[int, int], Iterable[Point]]
"""(after, until) -> the points in between, in order of time."""


@dataclass(frozen=True, slots=True)
class Stream:
    """What one account sends.

    Attributes:
        key: of the account in the ledger.
        generate: its points.
        goes_on: False where something real takes over after the history (the probe that polls the simulated MFPs).
    """

    key: str
    generate: Generate
    goes_on: bool = True


class Feed:
    """Sends streams as far as the ledger says they have not been sent."""

    def __init__(
        self, streams: Iterable[Stream], ledger: Ledger, writer: GatewayWriter, now: Callable[[], float] = time.time
    ) -> None:
        self._streams = list(streams)
        self._ledger = ledger
        self._writer = writer
        self._now = now
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def behind_s(self) -> int:
        """Return how many seconds of data are to be sent, all streams together."""
        now = int(self._now())
        return sum(max(0, now - self._since(stream, now)) for stream in self._streams)

    def catch_up(self, progress: Callable[[int], None]) -> int:
        """Send all that is due and return the number of points.

        Args:
            progress: called with the seconds of data that were sent since the last call; from several threads.

        Raises:
            GatewayRefused: the gateway did not take something; what it took before is not sent again.
        """
        now = int(self._now())
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            try:
                return sum(pool.map(lambda stream: self._send(stream, now, progress), self._streams))
            except BaseException:
                self._stop.set()
                raise

    def start(self) -> None:
        """Go on sending in the background until `stop`."""
        self._thread = threading.Thread(target=self._go_on, name="simulated-office", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the background work."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def _go_on(self) -> None:
        going_on = [stream for stream in self._streams if stream.goes_on]
        while not self._stop.wait(EVERY_S - self._now() % EVERY_S):
            now = int(self._now())
            try:
                for stream in going_on:
                    self._send(stream, now, lambda _seconds: None)
            except GatewayRefused as error:
                # What was not sent is sent with the next minute's.
                _log.warning("the simulated office's data was not sent: %s", error)

    def _since(self, stream: Stream, now: int) -> int:
        # Points of a stack that was off for months are older than its retention: they would be refused.
        return max(self._ledger.accounts[stream.key].sent_until, now - HISTORY_DAYS * DAY_S)

    def _send(self, stream: Stream, now: int, progress: Callable[[int], None]) -> int:
        token = self._ledger.accounts[stream.key].token
        since = self._since(stream, now)
        count = 0
        for batch in _batches(stream.generate(since, now)):
            if self._stop.is_set():
                return count
            self._writer.write(token, [point.to_line() for point in batch])
            # The last point's second may have more points in the next batch; sending a point twice changes nothing.
            reached = (batch[-1].time_ns or 0) // 10**9 - 1
            self._ledger.advance(stream.key, max(since, reached))
            progress(max(0, reached - since))
            since, count = max(since, reached), count + len(batch)
        self._ledger.advance(stream.key, now)
        progress(now - since)
        return count


def _batches(points: Iterable[Point]) -> Iterator[list[Point]]:
    rest = iter(points)
    while batch := list(islice(rest, BATCH_LINES)):
        yield batch
