"""Gateway write against direct InfluxDB write: same run, same data, influxd and one gateway worker on this machine.

Each round writes the same batches three times, to three databases: straight to influxd as the agent sends them,
straight to influxd with the contract's tags in them already (what the gateway hands on), and through the gateway.
Rounds are short and interleave, so that whatever else the machine does meets all three; medians are told.
"""

import gzip
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import urllib3

from tests.bench.agentlines import Recording, stamped
from tests.bench.figure import Figure
from tests.bench.stack import Stack, running_stack

LINES = 5_000
ROUNDS = 25
WARM_UP = 2
RETENTION_DAYS = 35
SENDERS = (1, 2, 4)

Body = tuple[bytes, bytes]
"""A batch as the agent sends it, and with the contract's tags in it."""

Way = Callable[[int], tuple[str, dict[str, str], int]]
"""A sender's number -> URL, headers, and which form of a body goes there."""


@dataclass(frozen=True, slots=True)
class Lap:
    """One timed run: lines a second, and CPU seconds of the gateway and of influxd."""

    rate: float
    gateway_s: float
    influxd_s: float


class Bench:
    """The running service, and the tokens of some devices."""

    def __init__(self, stack: Stack, tokens: Sequence[str]) -> None:
        self.stack = stack
        self.tokens = tokens
        self.pool = urllib3.PoolManager(maxsize=8, retries=False)

    def ways(self, packed: bool) -> dict[str, Way]:
        """Return the three ways by name."""
        extra = {"Content-Encoding": "gzip"} if packed else {}
        return {
            "direct": lambda _sender: (f"{self.stack.influx_url}/write?db=direct", extra, 0),
            "stamped": lambda _sender: (f"{self.stack.influx_url}/write?db=stamped", extra, 1),
            "gateway": lambda sender: (
                f"{self.stack.gateway_url}/api/v2/write?org=o&bucket=b",
                {**extra, "Authorization": f"Token {self.tokens[sender]}"},
                0,
            ),
        }

    def lap(self, work: Sequence[Body], way: Way) -> Lap:
        """Let each sender write its batch, all at once."""
        threads = [threading.Thread(target=self._send, args=(own, *way(sender))) for sender, own in enumerate(work)]
        before = self.stack.cpu()
        started = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.perf_counter() - started
        used = self.stack.cpu() - before
        return Lap(LINES * len(work) / took, used.gateway, used.influxd)

    def _send(self, pair: Body, url: str, headers: dict[str, str], form: int) -> None:
        answer = self.pool.request("POST", url, body=pair[form], headers=headers)
        if answer.status != 204:
            raise RuntimeError(f"{url} answered {answer.status}: {answer.data[:300]!r}")


def measure() -> list[Figure]:
    """Measure and return the figures."""
    with running_stack() as stack:
        for name in ("direct", "stamped"):
            stack.served.engine.ensure_database(name, timedelta(days=RETENTION_DAYS))
        tokens = [stack.served.office.enrol(str(sender)).token for sender in range(max(SENDERS))]
        bench = Bench(stack, tokens)
        return [
            figure for packed in (False, True) for senders in SENDERS for figure in _figures(bench, senders, packed)
        ]


def _figures(bench: Bench, senders: int, packed: bool) -> Iterator[Figure]:
    laps: dict[str, list[Lap]] = {name: [] for name in ("direct", "stamped", "gateway")}
    recordings = [Recording(sender, f"pc{sender}", LINES) for sender in range(senders)]
    ways = list(bench.ways(packed).items())
    for number in range(WARM_UP + ROUNDS):
        work = [_body(recording, sender, number, packed) for sender, recording in enumerate(recordings)]
        for name, way in ways[number % 3 :] + ways[: number % 3]:
            lap = bench.lap(work, way)
            if number >= WARM_UP:
                laps[name].append(lap)
    what = f"{senders} sender{'s' if senders > 1 else ''}, {'gzip' if packed else 'plain'}"
    gateway, direct, as_stored = (_rate(laps[name]) for name in ("gateway", "direct", "stamped"))
    yield Figure(
        f"gateway ÷ direct write of the points as stored, {what}",
        gateway / as_stored,
        "ratio",
        "≥ 0.8",
        f"{gateway:,.0f} ÷ {as_stored:,.0f} lines/s; {gateway / direct:.2f} of {direct:,.0f} lines/s"
        " where the direct points lack contract, site and device",
    )
    yield Figure(
        f"CPU of gateway ÷ CPU of influxd, {what}",
        _cpu_us(laps["gateway"], senders)[0] / _cpu_us(laps["gateway"], senders)[1],
        "ratio",
        note="{:.1f} µs a line + {:.1f} µs in influxd".format(*_cpu_us(laps["gateway"], senders))
        + "; direct, as stored, {1:.1f} µs in influxd".format(*_cpu_us(laps["stamped"], senders)),
    )


def _rate(laps: Sequence[Lap]) -> float:
    return statistics.median(lap.rate for lap in laps)


def _cpu_us(laps: Sequence[Lap], senders: int) -> tuple[float, float]:
    """CPU microseconds a line, of the gateway and of influxd."""
    lines = LINES * senders * len(laps) / 1e6
    return sum(lap.gateway_s for lap in laps) / lines, sum(lap.influxd_s for lap in laps) / lines


def _body(recording: Recording, sender: int, number: int, packed: bool) -> Body:
    start = int(time.time()) - (RETENTION_DAYS - 1) * 86_400 + number * 86_400
    plain = recording.body(start * 10**9)
    pair = plain, stamped(plain, "c-0000000000", "s-0000000000", f"d-{sender:010d}")
    return (gzip.compress(pair[0], 6), gzip.compress(pair[1], 6)) if packed else pair
