"""Gateway write against direct InfluxDB write: same run, same data, influxd and one gateway worker on this machine.

Each round writes the same batches three times, to three databases: straight to influxd as the agent sends them,
straight to influxd with the contract's tags in them already (what the gateway hands on), and through the gateway.
Rounds are short and interleave, so that whatever else the machine does meets all three; medians are told.
"""

import gzip
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psutil
import urllib3

from api.config import Config
from api.db import open_database
from api.influx.engine import Engine
from api.influx.registry import create_engine
from api.local.child import start_child, stop_child
from api.local.influxd import Influxd, start_influxd
from api.local.ports import free_port
from api.schema import upgrade
from tests.api.office import make_office
from tests.bench.agentlines import Recording
from tests.bench.figure import Figure

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
    """influxd, a gateway in front of it, and the tokens of some devices."""

    def __init__(self, influxd: Influxd, gateway_url: str, gateway: psutil.Process, tokens: Sequence[str]) -> None:
        self.influxd = psutil.Process(influxd.process.pid)
        self.gateway = gateway
        self.url = influxd.url
        self.gateway_url = gateway_url
        self.tokens = tokens
        self.pool = urllib3.PoolManager(maxsize=8, retries=False)

    def ways(self, packed: bool) -> dict[str, Way]:
        """Return the three ways by name."""
        extra = {"Content-Encoding": "gzip"} if packed else {}
        return {
            "direct": lambda _sender: (f"{self.url}/write?db=direct", extra, 0),
            "stamped": lambda _sender: (f"{self.url}/write?db=stamped", extra, 1),
            "gateway": lambda sender: (
                f"{self.gateway_url}/api/v2/write?org=o&bucket=b",
                {**extra, "Authorization": f"Token {self.tokens[sender]}"},
                0,
            ),
        }

    def lap(self, work: Sequence[Body], way: Way) -> Lap:
        """Let each sender write its batch, all at once."""
        threads = [threading.Thread(target=self._send, args=(own, *way(sender))) for sender, own in enumerate(work)]
        before = self._cpu()
        started = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.perf_counter() - started
        after = self._cpu()
        return Lap(LINES * len(work) / took, after[0] - before[0], after[1] - before[1])

    def _send(self, pair: Body, url: str, headers: dict[str, str], form: int) -> None:
        answer = self.pool.request("POST", url, body=pair[form], headers=headers)
        if answer.status != 204:
            raise RuntimeError(f"{url} answered {answer.status}: {answer.data[:300]!r}")

    def _cpu(self) -> tuple[float, float]:
        workers = [self.gateway, *self.gateway.children()]
        return sum(map(_cpu_s, workers)), _cpu_s(self.influxd)


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def measure() -> list[Figure]:
    """Measure and return the figures."""
    with tempfile.TemporaryDirectory() as folder, _running(Path(folder)) as bench:
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
    gateway, direct, stamped = (_rate(laps[name]) for name in ("gateway", "direct", "stamped"))
    yield Figure(
        f"gateway ÷ direct write of the points as stored, {what}",
        gateway / stamped,
        "ratio",
        "≥ 0.8",
        f"{gateway:,.0f} ÷ {stamped:,.0f} lines/s; {gateway / direct:.2f} of {direct:,.0f} lines/s"
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
    pair = plain, _stamped(plain, sender)
    return (gzip.compress(pair[0], 6), gzip.compress(pair[1], 6)) if packed else pair


def _stamped(body: bytes, sender: int) -> bytes:
    """Return the lines with tags as long as the gateway's, sorted as the gateway sorts them."""
    out = []
    for line in body.splitlines():
        head, _space, rest = line.partition(b" ")
        measurement, *tags = head.split(b",")
        tags += [b"contract=c-0000000000", b"device=d-%010d" % sender, b"site=s-0000000000"]
        out.append(b",".join([measurement, *sorted(tags)]) + b" " + rest)
    return b"\n".join(out)


@contextmanager
def _running(folder: Path) -> Iterator[Bench]:
    influxd = start_influxd(folder / "influxd")
    database_url = f"sqlite:///{folder / 'karte.db'}"
    config = Config(database_url, "bench", influx_url=influxd.url)
    engine: Engine = create_engine(config)
    for name in ("direct", "stamped", config.influx_database):
        engine.ensure_database(name, timedelta(days=RETENTION_DAYS))
    database = open_database(database_url)
    upgrade(database)
    office = make_office(database, "ベンチ商会")
    tokens = [office.enrol(str(sender)).token for sender in range(max(SENDERS))]
    database.close()
    port = free_port()
    process = _start_gateway(port, {"KARTE_DATABASE_URL": database_url, "KARTE_INFLUX_URL": influxd.url})
    try:
        yield Bench(influxd, f"http://127.0.0.1:{port}", psutil.Process(process.pid), tokens)
    finally:
        stop_child(process)
        influxd.stop()


def _start_gateway(port: int, settings: dict[str, str]) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "gunicorn", "-c", "python:api.gunicorn_conf", "--bind", f"127.0.0.1:{port}"]
    process = start_child(command, extra_env={**settings, "KARTE_SECRET_KEY": "bench"})
    pool = urllib3.PoolManager(retries=urllib3.Retry(60, backoff_factor=0.1, backoff_max=0.5))
    pool.request("GET", f"http://127.0.0.1:{port}/ping")
    return process
