"""The hourly rollup: what an hour of many devices costs, and why the engine is not asked to fold.

The engine's own aggregates and the reading of raw points with the folding of ours are compared on the same hour of the
same points; turns interleave, and the median of the ratios is told. CPU is counted of both processes, so that other
work on the machine matters little.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import psutil

from api.config import Config
from api.db import open_database
from api.influx.chunks import read_chunks
from api.influx.engine import Engine
from api.influx.influxql import quote_identifier
from api.influx.registry import create_engine
from api.local.influxd import start_influxd
from api.models.base import utc_now
from api.readings.scope import Window, to_ns
from api.rollup.fields import functions_of, stored_name
from api.rollup.fill import Filler
from api.rollup.fold import fold_hours
from api.rollup.hours import HOUR, hour_of
from api.rollup.lines import line_maker
from api.rollup.statement import raw_statement
from api.schema import upgrade
from collectors.catalogue import measurements
from collectors.declaration import Measurement
from tests.bench.agentlines import LINES_A_MINUTE, Recording, stamped
from tests.bench.figure import Figure

DEVICES = 200
DEVICES_A_CONTRACT = 10
ROUNDS = 5
COLUMNS = 60
"""Aggregates of one statement; more make influxd hold more and are not faster."""

_COMPARED = ("cpu", "mem")


@dataclass(frozen=True, slots=True)
class Place:
    """An influxd with an hour of raw points, and the settings for it."""

    config: Config
    engine: Engine
    influxd: psutil.Process
    hour: datetime

    def cpu(self) -> float:
        """Return the CPU seconds that influxd and this process used so far."""
        times = self.influxd.cpu_times()
        return time.process_time() + times.user + times.system


def measure() -> list[Figure]:
    """Compare the two ways of folding, and roll up the hour."""
    with _place() as place:
        figures = [_compared(place, measurements()[name]) for name in _COMPARED]
        return [*figures, *_whole(place)]


def _compared(place: Place, declared: Measurement) -> Figure:
    window = Window(place.hour, place.hour + HOUR)
    ways: dict[str, Callable[[], int]] = {
        "engine": lambda: _fold_there(place, declared, window),
        "ours": lambda: _fold_here(place, declared, window),
    }
    used: dict[str, list[float]] = {name: [] for name in ways}
    hours = {name: way() for name, way in ways.items()}  # warms up
    if len(set(hours.values())) != 1:
        raise AssertionError(f"the two ways differ: {hours}")
    for _ in range(ROUNDS):
        for name, way in ways.items():
            before = place.cpu()
            way()
            used[name].append(place.cpu() - before)
    ratio = statistics.median(ours / engine for ours, engine in zip(used["ours"], used["engine"], strict=True))
    ours, engine = (statistics.median(used[name]) for name in ("ours", "engine"))
    note = f"{ours:.2f} ÷ {engine:.2f} s of CPU; {hours['ours']:,} series, {len(declared.fields)} fields"
    return Figure(f"{declared.name}: raw points folded here ÷ the engine's aggregates", ratio, "ratio", "< 1", note)


def _fold_there(place: Place, declared: Measurement, window: Window) -> int:
    """Read the partials as the engine makes them; the answers are read and not written down."""
    columns = [
        f"{function}({quote_identifier(field.name)}) AS {quote_identifier(stored_name(field.name, function))}"
        for field in declared.fields
        for function in functions_of(field)
    ]
    hours = 0
    for start in range(0, len(columns), COLUMNS):
        statement = (
            f"SELECT {', '.join(columns[start : start + COLUMNS])} FROM {quote_identifier(declared.name)}"
            f" WHERE time >= {to_ns(window.start)} AND time < {to_ns(window.end)} GROUP BY time(1h), * fill(none)"
        )
        found = sum(len(piece.values) for piece in read_chunks(place.engine, place.config.influx_database, statement))
        hours = max(hours, found)
    return hours


def _fold_here(place: Place, declared: Measurement, window: Window) -> int:
    """Read the raw points and fold them, down to the lines to be written."""
    statement = raw_statement(declared, window, None)
    pieces = read_chunks(place.engine, place.config.influx_database, statement)
    return sum(1 for _line in map(line_maker(declared), fold_hours(declared, pieces)))


def _whole(place: Place) -> list[Figure]:
    database = open_database(place.config.database_url)
    upgrade(database)
    own, influxd = time.process_time(), place.influxd.cpu_times()
    filled = Filler(database, place.engine, place.config).run()
    own, after = time.process_time() - own, place.influxd.cpu_times()
    theirs = after.user + after.system - influxd.user - influxd.system
    database.close()
    raw = DEVICES * 60 * LINES_A_MINUTE
    note = f"{DEVICES} devices, {raw:,} raw points, {filled.points:,} of the rollup"
    per = 1000 / DEVICES
    return [
        Figure("an hour of 1,000 devices rolled up: CPU of the worker", own * per, "s", "", note),
        Figure("an hour of 1,000 devices rolled up: CPU of influxd", theirs * per, "s", "", "reading and writing"),
        Figure("memory of the process that rolled up", psutil.Process().memory_info().rss / 2**20, "MiB"),
    ]


@contextmanager
def _place() -> Iterator[Place]:
    with tempfile.TemporaryDirectory(prefix="karte-bench-") as folder:
        influxd = start_influxd(Path(folder) / "influxd")
        try:
            url = f"sqlite:///{Path(folder) / 'karte.db'}"
            config = Config(url, "bench", influx_url=influxd.url, raw_retention_days=1)
            engine = create_engine(config)
            engine.ensure_database(config.influx_database, timedelta(days=35))
            hour = hour_of(utc_now()) - 2 * HOUR
            _store(engine, config.influx_database, hour)
            yield Place(config, engine, psutil.Process(influxd.process.pid), hour)
        finally:
            influxd.stop()


def _store(engine: Engine, database: str, hour: datetime) -> None:
    body = Recording(1, "pc", 60 * LINES_A_MINUTE).body(to_ns(hour))
    for device in range(DEVICES):
        lines = stamped(body, f"c-{device // DEVICES_A_CONTRACT}", "s-1", f"d-{device}")
        if engine.write(database, lines, "ns").status != 204:
            raise AssertionError("influxd did not store the points")
