"""The points of the simulated machines over a span of time: what is measured, and how often.

What lies further back is coarser, so that 90 days are quickly stored; around short incidents it is fine again.
"""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import repeat

from api.demo import host, security
from api.demo.calendar import DAY_S
from api.demo.cast import Machine
from api.demo.office import Office
from collectors.point import Point

FINE_DAYS = 3
_FINE_STEP_S = 300
_LIVE_SPAN_S = 900
_SHORT_INCIDENT_S = 12 * 3600

Source = Callable[[Office, Machine, int], list[Point]]


@dataclass(frozen=True, slots=True)
class Steps:
    """Seconds between two points: while it goes on, within the last `FINE_DAYS` days, and before."""

    live_s: int
    fine_s: int
    coarse_s: int


OFTEN = Steps(60, _FINE_STEP_S, 3600)
SELDOM = Steps(900, 3600, 6 * 3600)

MACHINE_SERIES: tuple[tuple[Source, Steps], ...] = (
    (host.cpu, OFTEN),
    (host.mem, OFTEN),
    (host.swap, OFTEN),
    (host.disk, OFTEN),
    (host.diskio, OFTEN),
    (host.net, OFTEN),
    (host.system, OFTEN),
    (host.temp, OFTEN),
    (security.antivirus, SELDOM),
    (security.firewall, SELDOM),
    (security.patches, SELDOM),
)


def machine_points(office: Office, machine: Machine, after: int, until: int) -> Iterator[Point]:
    """Yield what a machine sends in `after` < time <= `until` (Unix seconds), in order of time.

    The values depend only on the office and the time; only how closely they lie depends on the span, of which `until`
    is taken as now.
    """
    windows = _closely_watched(office, machine.key)
    for moment_s, sources in _merged(MACHINE_SERIES, after, until, windows):
        if office.sends(machine, moment_s):
            for source in sources:
                yield from source(office, machine, moment_s)


def moments(steps: Steps, after: int, until: int, windows: list[tuple[int, int]]) -> Iterator[int]:
    """Yield the times in `after` < time <= `until` at which something is measured, each a multiple of its step."""
    if until - after <= _LIVE_SPAN_S:
        yield from _grid(steps.live_s, after, until)
        return
    border = max(after, until - FINE_DAYS * DAY_S)
    close = (_grid(steps.fine_s, max(start, after), min(end, border)) for start, end in windows)
    yield from _unique(heapq.merge(_grid(steps.coarse_s, after, border), *close))
    yield from _grid(steps.fine_s, border, until)


def _grid(step_s: int, after: int, until: int) -> range:
    return range((after // step_s + 1) * step_s, until + 1, step_s)


def _unique(times: Iterator[int]) -> Iterator[int]:
    before = None
    for moment_s in times:
        if moment_s != before:
            yield moment_s
        before = moment_s


def _closely_watched(office: Office, device: str) -> list[tuple[int, int]]:
    return [
        (each.start - 3600, each.end + 3600)
        for each in office.incidents
        if each.device == device and each.end is not None and each.end - each.start <= _SHORT_INCIDENT_S
    ]


def _merged(
    series: tuple[tuple[Source, Steps], ...], after: int, until: int, windows: list[tuple[int, int]]
) -> Iterator[tuple[int, list[Source]]]:
    """Yield each time once, with the sources that measure then."""
    by_steps: dict[Steps, list[Source]] = {}
    for source, steps in series:
        by_steps.setdefault(steps, []).append(source)
    groups = list(by_steps.values())
    tagged = [
        zip(moments(steps, after, until, windows), repeat(number), strict=False)
        for number, steps in enumerate(by_steps)
    ]
    waiting: tuple[int, list[Source]] | None = None
    for moment_s, number in heapq.merge(*tagged):
        if waiting is not None and waiting[0] == moment_s:
            waiting = (moment_s, [*waiting[1], *groups[number]])
            continue
        if waiting is not None:
            yield waiting
        waiting = (moment_s, groups[number])
    if waiting is not None:
        yield waiting
