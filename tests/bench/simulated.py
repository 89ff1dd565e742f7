"""The simulated office's 90 days as its agents and its probe would have sent them, for what judges rules by them.

`karte up --demo` stores a coarse past, so that it is quickly there; rules are judged by points as close as they are in
operation. Days are made side by side, on all cores.
"""

import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

from api.demo.calendar import DAY_S
from api.demo.cast import MACHINES
from api.demo.office import HISTORY_DAYS, Office
from collectors.point import Point
from tests.bench.contracts import BenchContract, BenchDevice, Span
from tests.bench.crowd import Lines, crowd, rolled_of

CONTRACT, SITE = "c-office", "s-office"
OFFICE = BenchContract(1, CONTRACT, SITE, [BenchDevice(f"d-{each.key}", each.host, "") for each in MACHINES])
"""The office's nine machines; the probe runs on the first."""

_MINUTE_S = 60
_NS = 10**9
_DEVICE, _HOST = re.compile(rb",device=([^, ]+)"), re.compile(rb",host=[^, ]+")
_PLACES = {each.public_id.encode(): place for place, each in enumerate(OFFICE.devices)}


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the office.

    Attributes:
        raw: lines as devices send them, and what the service itself stores of them; nanoseconds.
        rolled: the rollup's lines of the same hours; seconds.
    """

    raw: list[bytes]
    rolled: list[bytes]


def days(anchor: int, told: frozenset[str], count: int = HISTORY_DAYS, processes: int = 2) -> Iterator[Day]:
    """Yield the days before an anchor, the earliest first."""
    starts = range(anchor - count * DAY_S, anchor, DAY_S)
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(partial(_day, anchor, told), starts)


def _day(anchor: int, told: frozenset[str], start: int) -> Day:
    span = Span(start, start + DAY_S, 0)
    pieces = [*crowd(OFFICE, span, told, anchor, never_off=False), *_standing(Office(anchor), span)]
    return Day(_lines(each.raw for each in pieces), _lines(each.rolled for each in pieces))


def _lines(texts: Iterator[bytes]) -> list[bytes]:
    return [line for text in texts for line in text.splitlines()]


def _standing(office: Office, span: Span) -> Iterator[Lines]:
    """What the service stores every minute: since when each machine is silent."""
    for machine, device in zip(MACHINES, OFFICE.devices, strict=True):
        tags = {"contract": CONTRACT, "site": SITE, "device": device.public_id, "host": device.host}
        points = [
            Point("device_status", {**tags, "kind": machine.kind}, {"seconds_since_seen": silent}, moment * _NS)
            for moment, silent in _silences(office, machine.key, span)
        ]
        yield Lines("\n".join(point.to_line() for point in points).encode(), rolled_of(points).encode())


def _silences(office: Office, key: str, span: Span) -> Iterator[tuple[int, float]]:
    incidents = [each for kind in ("device_silent", "unexpected_shutdown") for each in office.of(kind, key)]
    for moment in range(span.start, span.end, _MINUTE_S):
        since = [each.start for each in incidents if each.holds_at(moment)]
        yield moment, float(moment - min(since) if since else 0)


def twins(line: bytes, contract: str, number: int) -> Iterator[bytes]:
    """Yield a line as so many devices of another contract send it: each machine several times, the LAN once."""
    line = line.replace(CONTRACT.encode(), contract.encode(), 1)
    found = _DEVICE.search(line)
    if found is None or b",host=probe" in line:
        yield line
        return
    place = _PLACES[found[1]]
    for each in range(place, number, len(MACHINES)):
        with_device = _DEVICE.sub(b",device=d-%d" % each, line, 1)
        yield _HOST.sub(b",host=h-%d" % each, with_device, 1)


def now_of(anchor: int, windows: Mapping[str, int]) -> Iterator[bytes]:
    """Yield the raw lines of the time before an anchor, of each measurement as many seconds as it is asked for."""
    longest = max(windows.values())
    day = _day(anchor, frozenset(windows), anchor - -(-longest // DAY_S) * DAY_S)
    for line in day.raw:
        name = line.split(b",", 1)[0].decode()
        if int(line.rsplit(b" ", 1)[1]) >= (anchor - windows[name]) * _NS:
            yield line
