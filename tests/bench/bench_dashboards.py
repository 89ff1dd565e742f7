"""All that customers' dashboards ask over 30 days of an office of 50 devices, through the gateway, one after the other.

Each query is asked as Grafana does, with its variables, range and interval filled in; its figure is the median of some
rounds. Devices tell as often as they do by default, and the hourly rollup is filled.
"""

import json
import re
import statistics
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain, cycle, product
from typing import Any

from api.demo.calendar import DAY_S
from api.demo.cast import MACHINES, Machine
from api.grafana.check import interpolated, read
from api.models import RollupProgress
from collectors.point import FieldValue, Point
from dashboards.build import document
from dashboards.registry import BOARDS
from tests.bench.contracts import BenchContract, Span, make_contracts, read_token, write_directly
from tests.bench.crowd import Lines, crowd, rolled_of
from tests.bench.figure import Figure
from tests.bench.stack import Stack, running_stack
from tests.bench.wire import Wire

DEVICES = 50
DAYS = 30
ROUNDS = 5
SETTLE_S = 90.0
ROLLUP = "karte_1h"
AIM_MS, BOARD_AIM_MS = 200, 1000

WIDTH_PX = 1400
"""Of a whole page; Grafana asks for about a value a pixel."""

HOME_NAME = "overview"
MINUTE_S, HOUR_S, FORECAST_S = 60, 3600, 6 * 3600
NS = 10**9
BATCH_LINES = 10_000
_COLUMNS = 24
_SOURCES = re.compile(r'FROM ((?:\\"\w+\\"(?:, )?)+)')
_WORD = re.compile(r"\w+")
_UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_ROUNDED_S = (
    *((90, 60), (210, 120), (450, 300), (750, 600), (1050, 900), (1500, 1200), (2700, 1800), (5400, 3600)),
    *((9000, 7200), (16_200, 10_800), (32_400, 21_600), (86_400, 43_200), (604_800, 86_400)),
)
"""Below which seconds an interval becomes which. Source: Grafana, `roundInterval` in `packages/grafana-data`."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A query of a panel, as it is sent but for its range.

    Attributes:
        title: of the panel.
        text: InfluxQL with `$timeFilter`.
        span_s: seconds of its range.
    """

    title: str
    text: str
    span_s: int

    def until(self, now_ms: int) -> str:
        """Return it for a range that ends at a moment."""
        return self.text.replace("$timeFilter", f"time >= {now_ms - 1000 * self.span_s}ms and time <= {now_ms}ms")


def measure(devices: int = DEVICES, days: int = DAYS) -> list[Figure]:
    """Return for each dashboard the sum of its queries, and the slowest."""
    with running_stack() as stack:
        contract = fill(stack, devices, days)
        stack.settle(SETTLE_S)
        return figures(stack, contract, days)


def fill(stack: Stack, devices: int, days: int) -> BenchContract:
    """Make a contract and store its points up to now, and its rollup up to the last full hour."""
    database = stack.served.office.database
    (contract,) = make_contracts(database, [devices])
    now = int(time.time())
    whole = now // HOUR_S * HOUR_S
    stack.served.engine.ensure_database(ROLLUP, timedelta(days=3 * 365))
    span = Span(whole - days * DAY_S - HOUR_S, now, 0)
    for lines in chain(crowd(contract, span, _asked_for()), standing(contract, span)):
        write_directly(stack.influx_url, stack.served.database_name, _bodies(lines.raw))
        # That of the hour that is not over is stored as well, and never read.
        write_directly(stack.influx_url, f"{ROLLUP}&precision=s", _bodies(lines.rolled))
    with database.writing.begin() as session:
        session.merge(RollupProgress(id=1, done_until=datetime.fromtimestamp(whole, UTC)))
    return contract


def standing(contract: BenchContract, span: Span) -> Iterator[Lines]:
    """Yield what the service stores of each device: every minute that it is not silent, its findings and forecasts."""
    for device, machine in zip(contract.devices, cycle(MACHINES)):
        own = {"contract": contract.public_id, "site": contract.site, "device": device.public_id, "host": device.host}
        for start in range(span.start, span.end, DAY_S):
            end = min(start + DAY_S, span.end)
            points = [*_seen(machine, own, range(start, end, MINUTE_S)), *_found(own, range(start, end, HOUR_S))]
            points += _forecast(machine, own, range(start, end, FORECAST_S))
            yield Lines("\n".join(point.to_line() for point in points).encode(), rolled_of(points).encode())


def _seen(machine: Machine, own: Mapping[str, str], moments: Iterable[int]) -> Iterator[Point]:
    for at in moments:
        yield Point("device_status", {**own, "kind": machine.kind}, {"seconds_since_seen": 30.0}, at * NS)


def _found(own: Mapping[str, str], moments: Iterable[int]) -> Iterator[Point]:
    """Yield a finding that lasts, told every hour, and one that opens and closes every day."""
    for at in moments:
        lasting = {"rule": "disk_nearly_full", "category": "capacity", "severity": "warning", "part": "C:"}
        yield Point("finding", {**own, **lasting}, {"open": 1, "advice": "disk_nearly_full"}, at * NS)
        passing = {"rule": "service_stopped", "category": "availability", "severity": "critical"}
        told: dict[str, FieldValue] = {"advice": "service_stopped"}
        if at // HOUR_S % 24 == 1:
            yield Point("finding", {**own, **passing}, {"opened": 1, "open": 1, **told}, at * NS)
        if at // HOUR_S % 24 == 3:
            yield Point("finding", {**own, **passing}, {"closed": 1, "open": 0, "open_s": 7200.0, **told}, at * NS)


def _forecast(machine: Machine, own: Mapping[str, str], moments: Iterable[int]) -> Iterator[Point]:
    told: dict[str, FieldValue] = {"state": "ok", "days_left": 33.5, "days_left_low": 20.2, "days_left_high": 51.0}
    for at, volume in product(moments, machine.volumes):
        yield Point("forecast", {**own, "kind": "disk_full", "path": volume.path}, told, at * NS)


def _asked_for() -> set[str]:
    texts = [json.dumps(_board(name)) for name in _names()]
    return {found for text in texts for sources in _SOURCES.findall(text) for found in _WORD.findall(sources)}


def _bodies(lines: bytes) -> Iterator[bytes]:
    every = lines.splitlines()
    for start in range(0, len(every), BATCH_LINES):
        yield b"\n".join(every[start : start + BATCH_LINES])


def figures(stack: Stack, contract: BenchContract, days: int) -> list[Figure]:
    """Ask all that the dashboards ask."""
    token = read_token(stack.served.office.database, contract)
    wire = Wire(stack.gateway_url, {"Authorization": f"Token {token}"})
    found = []
    for name in _names():
        asked = list(queries(wire, _board(name), days * DAY_S))
        before = stack.cpu()
        took = times(wire, asked)
        used = stack.cpu() - before
        slowest, slowest_ms = max(took, key=lambda each: each[1])
        over = sum(1 for _asked, ms in took if ms > AIM_MS)
        aim = f"≤ {BOARD_AIM_MS:,} ms" if name == HOME_NAME else ""
        note = f"{len(took)} queries, {over} above {AIM_MS} ms; the slowest {slowest_ms:.0f} ms: {slowest.title}"
        found.append(Figure(f"{name}: all queries, {days} d", sum(ms for _asked, ms in took), "ms", aim, note))
        each_ms = 1000 * (used.gateway + used.influxd) / (ROUNDS + 1)
        note = f"of influxd {1000 * used.influxd / (ROUNDS + 1):.0f} ms; it depends less on what else the machine does"
        found.append(Figure(f"{name}: CPU of them", each_ms, "ms", "", note))
    return found


def times(wire: Wire, asked: Sequence[Asked], rounds: int = ROUNDS) -> list[tuple[Asked, float]]:
    """Return each query with its median of milliseconds to the last byte; the first round is not counted."""
    took: list[list[float]] = [[] for _ in asked]
    for number in range(rounds + 1):
        # A dashboard's queries are of one moment, and no two openings of it are.
        now_ms = int(time.time() * 1000)
        for each, own in zip(asked, took, strict=True):
            whole_s = wire.query(each.until(now_ms)).whole_s
            if number:
                own.append(1000 * whole_s)
    return [(each, statistics.median(own)) for each, own in zip(asked, took, strict=True)]


def queries(wire: Wire, board: Mapping[str, Any], span_s: int) -> Iterator[Asked]:
    """Yield what a dashboard asks when it is opened: panels of a repeated part once for each value."""
    values: dict[str, list[str]] = {}
    chosen: dict[str, str] = {}
    for variable in board.get("templating", {}).get("list", []):
        if variable["type"] != "query":
            continue
        text = interpolated(variable["query"]["query"], chosen)
        yield Asked(f"${variable['name']}", text, span_s)
        values[variable["name"]] = found = _values(wire, text)
        chosen[variable["name"]] = _chosen(variable, found)
    for marks in board.get("annotations", {}).get("list", []):
        if "query" in marks:
            yield Asked(marks["name"], _filled(marks["query"], chosen, _interval_s(span_s, {}, 1)), span_s)
    repeated = ""
    for panel in board["panels"]:
        if panel["type"] == "row":
            repeated = panel.get("repeat", "")
        for value in values[repeated] if repeated else [""]:
            with_value = {**chosen, repeated: value}
            yield from _of_panel(panel, with_value, span_s)


def _of_panel(panel: Mapping[str, Any], chosen: Mapping[str, str], span_s: int) -> Iterator[Asked]:
    own = panel.get("timeFrom")
    span_s = _seconds(own) if own else span_s
    interval_s = _interval_s(span_s, panel, panel["gridPos"]["w"] / _COLUMNS)
    for target in panel.get("targets", []):
        title = f"{panel['title']} ({target['refId']})" if len(panel["targets"]) > 1 else panel["title"]
        yield Asked(title, _filled(target["query"], chosen, interval_s), span_s)


def _filled(text: str, chosen: Mapping[str, str], interval_s: int) -> str:
    return interpolated(text, chosen, {"$timeFilter": "\0", "$__interval": f"{interval_s}s"}).replace(
        "\0", "$timeFilter"
    )


def _interval_s(span_s: int, panel: Mapping[str, Any], share: float) -> int:
    points = panel.get("maxDataPoints") or WIDTH_PX * share
    exact = span_s / points
    rounded = next(interval for below, interval in _ROUNDED_S if exact < below)
    return max(rounded, _seconds(panel.get("interval") or "1m"))


def _seconds(text: str) -> int:
    return int(text[:-1]) * _UNITS_S[text[-1]]


def _values(wire: Wire, text: str) -> list[str]:
    (result,) = json.loads(wire.query(text, keep=True).body)["results"]
    return [
        value
        for series in result.get("series", [])
        for row in series["values"]
        for value in row[1:2]  # of tags the value, of a SELECT its first column
    ]


def _chosen(variable: Mapping[str, Any], values: Sequence[str]) -> str:
    if not variable.get("multi"):
        return re.escape(values[0])
    return str(variable.get("allValue") or f"({'|'.join(map(re.escape, values))})")


def _names() -> list[str]:
    return [entry.name for entry in BOARDS if entry.audience == "customer"]


def _board(name: str) -> Mapping[str, Any]:
    (entry,) = (entry for entry in BOARDS if entry.name == name)
    return read(document(entry, "en"))
