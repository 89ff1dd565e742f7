"""The simulated office's points over a span of time: what is measured, and how often.

What lies further back is coarser, so that 90 days are quickly stored; around short incidents it is fine again.
"""

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import repeat

from api.demo import assets, condition, drives, equipment, host, paths, security, software, storage
from api.demo.calendar import DAY_S
from api.demo.cast import Machine
from api.demo.incidents import OFFICE
from api.demo.mfp import Mfp
from api.demo.office import Office
from api.demo.printers import printer_points
from collectors.point import Point

FINE_DAYS = 3
_LIVE_SPAN_S = 900
_SHORT_INCIDENT_S = 12 * 3600


@dataclass(frozen=True, slots=True)
class Steps:
    """Seconds between two points: while it goes on, within the last `FINE_DAYS` days, and before."""

    live_s: int
    fine_s: int
    coarse_s: int


OFTEN = Steps(60, 300, 3600)
SOMETIMES = Steps(300, 900, 2 * 3600)
SELDOM = Steps(900, 3600, 6 * 3600)
HOURLY = Steps(3600, 3600, 6 * 3600)
DAILY = Steps(DAY_S, DAY_S, DAY_S)

Measure = Callable[[int], list[Point]]
"""Moment -> what is measured then."""

_MACHINE: tuple[tuple[Callable[[Office, Machine, int], list[Point]], Steps], ...] = (
    (host.cpu, OFTEN),
    (host.mem, OFTEN),
    (host.swap, OFTEN),
    (host.disk, OFTEN),
    (host.diskio, OFTEN),
    (host.net, OFTEN),
    (host.system, OFTEN),
    (host.temp, SOMETIMES),
    (host.agent, SOMETIMES),
    (drives.smart, SELDOM),
    (drives.physical_disk, SELDOM),
    (security.antivirus, SELDOM),
    (security.firewall, SELDOM),
    (security.patches, SELDOM),
    (condition.uptime_events, SELDOM),
    (condition.services, SELDOM),
    (condition.raid, SELDOM),
    (condition.battery, SELDOM),
    (condition.event_log, SELDOM),
    (condition.clock, SELDOM),
    (condition.memory_pressure, SELDOM),
    (storage.disk_outlook, SELDOM),
    (storage.encryption, SELDOM),
    (storage.backup, SELDOM),
    (software.products, SELDOM),
    (software.software, DAILY),
)

_EQUIPMENT: tuple[Callable[[Office, int], list[Point]], ...] = (
    equipment.router,
    equipment.pbx,
    equipment.ups,
    equipment.nas,
    paths.reachability,
)


def machine_points(office: Office, machine: Machine, after: int, until: int) -> Iterator[Point]:
    """Yield what a machine sends in `after` < time <= `until` (Unix seconds), in order of time.

    The values depend only on the office and the time; only how closely they lie depends on the span, of which `until`
    is taken as now.
    """
    series = [(partial(measure, office, machine), steps) for measure, steps in _MACHINE]
    for moment_s, measures in _merged(series, after, until, _closely_watched(office, machine.key)):
        if office.sends(machine, moment_s):
            for measure in measures:
                yield from measure(moment_s)


def mfp_points(office: Office, mfp: Mfp, probe: str, after: int, until: int) -> Iterator[Point]:
    """Yield what the probe on the host `probe` sends of an MFP in `after` < time <= `until`, in order of time."""
    windows = _closely_watched(office, mfp.key)
    for moment_s in moments(SOMETIMES, after, until, windows):
        yield from printer_points(office, mfp, moment_s, probe)


def equipment_points(office: Office, probe: str, after: int, until: int) -> Iterator[Point]:
    """Yield what the probe on the host `probe` sends of router, IP-PBX, UPS, NAS and the LAN, in order of time."""
    series = [(partial(measure, office), SOMETIMES) for measure in _EQUIPMENT]
    series.append((partial(assets.assets, office), HOURLY))
    windows = [window for key in (OFFICE, "pbx", "nas") for window in _closely_watched(office, key)]
    for moment_s, measures in _merged(series, after, until, sorted(windows)):
        for measure in measures:
            for point in measure(moment_s):
                yield Point(point.measurement, {"host": probe, **point.tags}, point.fields, point.time_ns)


def moments(steps: Steps, after: int, until: int, windows: Sequence[tuple[int, int]]) -> Iterator[int]:
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
    series: Sequence[tuple[Measure, Steps]], after: int, until: int, windows: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, list[Measure]]]:
    """Yield each time once, with what is measured then."""
    by_steps: dict[Steps, list[Measure]] = {}
    for measure, steps in series:
        by_steps.setdefault(steps, []).append(measure)
    groups = list(by_steps.values())
    tagged = [
        zip(moments(steps, after, until, windows), repeat(number), strict=False)
        for number, steps in enumerate(by_steps)
    ]
    waiting: tuple[int, list[Measure]] | None = None
    for moment_s, number in heapq.merge(*tagged):
        if waiting is not None and waiting[0] == moment_s:
            waiting = (moment_s, [*waiting[1], *groups[number]])
            continue
        if waiting is not None:
            yield waiting
        waiting = (moment_s, groups[number])
    if waiting is not None:
        yield waiting
