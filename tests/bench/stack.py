"""What benches measure: an influxd, the service under gunicorn in front of it, and what both of them use."""

import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from api.local.influxd import Influxd, start_influxd
from tests.serving import Served, serving

_QUIET_S = 0.5
_QUIET_CPU_S = 0.05
_WATCH_EVERY_S = 0.02


@dataclass(frozen=True, slots=True)
class Use:
    """What the gateway and influxd use, each of the same unit: CPU seconds, or bytes of resident memory."""

    gateway: float
    influxd: float

    def __sub__(self, earlier: "Use") -> "Use":
        return Use(self.gateway - earlier.gateway, self.influxd - earlier.influxd)


@dataclass(frozen=True, slots=True)
class Stack:
    """A running service and its engine."""

    influxd: Influxd
    served: Served

    @property
    def influx_url(self) -> str:
        """Base URL of influxd."""
        return self.influxd.url

    @property
    def gateway_url(self) -> str:
        """Base URL of the service."""
        return self.served.url

    def cpu(self) -> Use:
        """Return the CPU seconds used so far; of the gateway its master's and its workers'."""
        master = psutil.Process(self.served.process.pid)
        gateway = sum(map(_cpu_s, (master, *master.children())))
        return Use(gateway, _cpu_s(psutil.Process(self.influxd.process.pid)))

    def memory(self) -> Use:
        """Return the resident memory in bytes; of the gateway its worker's, which answers."""
        (worker,) = psutil.Process(self.served.process.pid).children()
        return Use(worker.memory_info().rss, psutil.Process(self.influxd.process.pid).memory_info().rss)

    def settle(self, at_most_s: float) -> None:
        """Wait until both are idle: after bulk writes influxd goes on compacting."""
        until = time.monotonic() + at_most_s
        while time.monotonic() < until:
            before = self.cpu()
            time.sleep(_QUIET_S)
            used = self.cpu() - before
            if used.gateway + used.influxd < _QUIET_CPU_S:
                return


class Watch:
    """Watches memory while a block runs.

    Attributes:
        most: the most that each used at one time.
    """

    def __init__(self, stack: Stack) -> None:
        self.most = Use(0, 0)
        self._stack = stack
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        while True:
            now = self._stack.memory()
            self.most = Use(max(self.most.gateway, now.gateway), max(self.most.influxd, now.influxd))
            if self._ended.wait(_WATCH_EVERY_S):
                return

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_raised: object) -> None:
        self._ended.set()
        self._thread.join()


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


@contextmanager
def running_stack() -> Iterator[Stack]:
    """Run influxd and the service, each with a data directory of its own, until the block ends."""
    with tempfile.TemporaryDirectory(prefix="karte-bench-") as folder:
        influxd = start_influxd(Path(folder) / "influxd")
        try:
            with serving(Path(folder) / "data", influxd.url) as served:
                yield Stack(influxd, served)
        finally:
            influxd.stop()
