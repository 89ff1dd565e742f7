"""An office of many devices over weeks: the simulated office's machines, each several times under other names.

Every input tells as often as it does by default. The hourly rollup is folded here from the same points as they are
made: filled by the service it would be the same, and take longer than all else.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from api.demo import assets, condition, drives, equipment, host, paths, security, software, storage
from api.demo.calendar import DAY_S
from api.demo.cast import MACHINES, Machine
from api.demo.mfp import MFPS, Mfp
from api.demo.office import Office
from api.demo.printers import printer_points
from api.influx.engine import Series
from api.rollup.fold import fold_hours
from api.rollup.lines import line_maker
from collectors.catalogue import measurements
from collectors.point import Point
from collectors.probe.input import INTERVAL_S
from collectors.registry import INPUTS
from tests.bench.contracts import BenchContract, Span

_MACHINE: tuple[Callable[[Office, Machine, int], list[Point]], ...] = (
    *(host.cpu, host.mem, host.swap, host.disk, host.net, host.system, host.temp, host.agent),
    *(drives.smart, drives.physical_disk, security.antivirus, security.firewall, security.patches),
    *(condition.uptime_events, condition.services, condition.raid, condition.battery, condition.event_log),
    *(condition.clock, condition.memory_pressure, storage.disk_outlook, storage.encryption, storage.backup),
    *(software.products, software.software),
)
_EQUIPMENT: tuple[Callable[[Office, int], list[Point]], ...] = (
    *(equipment.router, equipment.pbx, equipment.ups, equipment.nas, paths.reachability),
)
_ASSETS_S = 3600
_EVERY_S = {each.name: int(one.interval_s) for one in INPUTS for each in one.measurements}
_EVERY_S["temp"] = _EVERY_S["temp_status"] = 60
_EVERY_S["agent"] = 60
_NS = 10**9
_HOST, _DEVICE = "@host@", "@device@"
"""Stand for a machine's name and id until it is known which of its twins is meant; no value has them."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Some of the office's points.

    Attributes:
        raw: as devices send them, their times in nanoseconds.
        rolled: the rollup's of the same hours, their times in seconds.
    """

    raw: bytes
    rolled: bytes


def crowd(
    contract: BenchContract, span: Span, told: Collection[str], anchor: int | None = None, *, never_off: bool = True
) -> Iterator[Lines]:
    """Yield the points of an office, a day of one measurement and kind of machine after the other.

    Args:
        contract: its devices are the machines of the simulated office, again and again.
        span: whole days; its step is not looked at.
        told: measurements to have.
        anchor: the office's, where the span is only a part of its history.
        never_off: a machine that is off in the simulation is on here: that makes more points, not fewer.
    """
    office = Office(span.end if anchor is None else anchor)
    for number, machine in enumerate(MACHINES):
        twins = [(each.public_id, each.host) for each in contract.devices[number :: len(MACHINES)]]
        sends = (lambda _moment_s: True) if never_off else partial(office.sends, machine)
        for measure in _MACHINE:
            yield from _days(partial(measure, office, machine), span, told, contract, twins, sends=sends)
    probe = [(contract.devices[0].public_id, "probe")]
    sources = [(partial(each, office), int(INTERVAL_S)) for each in _EQUIPMENT]
    sources += [(partial(_printer, office, mfp), int(INTERVAL_S)) for mfp in MFPS]
    sources.append((partial(assets.assets, office), _ASSETS_S))
    for source, every_s in sources:
        yield from _days(source, span, told, contract, probe, every_s)


def _printer(office: Office, mfp: Mfp, moment_s: int) -> list[Point]:
    return printer_points(office, mfp, moment_s, "probe")


def _days(
    source: Callable[[int], list[Point]],
    span: Span,
    told: Collection[str],
    contract: BenchContract,
    twins: Sequence[tuple[str, str]],
    every_s: int = 0,
    sends: Callable[[int], bool] = lambda _moment_s: True,
) -> Iterator[Lines]:
    first = source(span.end - 1)
    if not {point.measurement for point in first} & set(told):
        return
    every_s = every_s or _EVERY_S[first[0].measurement]
    for start in range(span.start, span.end, DAY_S):
        moments = range(-(-start // every_s) * every_s, min(start + DAY_S, span.end), every_s)
        asked = (at for at in moments if sends(at))
        points = [_placed(point, contract) for at in asked for point in source(at) if point.measurement in told]
        yield Lines(
            _for_each(twins, "\n".join(point.to_line() for point in points)), _for_each(twins, rolled_of(points))
        )


def _placed(point: Point, contract: BenchContract) -> Point:
    stamped = {"contract": contract.public_id, "site": contract.site, "device": _DEVICE, "host": _HOST}
    return Point(point.measurement, {**point.tags, **stamped}, point.fields, point.time_ns)


def _for_each(twins: Sequence[tuple[str, str]], text: str) -> bytes:
    return "\n".join([text.replace(_HOST, host).replace(_DEVICE, device) for device, host in twins if text]).encode()


def rolled_of(points: Iterable[Point]) -> str:
    """Return what the rollup has of points, which are in order of time."""
    found: dict[str, dict[tuple[tuple[str, str], ...], list[Point]]] = defaultdict(lambda: defaultdict(list))
    for point in points:
        found[point.measurement][tuple(sorted(point.tags.items()))].append(point)
    lines = []
    for name, series in found.items():
        declared = measurements()[name]
        fields = [field.name for field in declared.fields]
        pieces = [
            Series(name, dict(tags), ["time", *fields], [[p.time_ns, *map(p.fields.get, fields)] for p in some])
            for tags, some in series.items()
        ]
        lines += [line.decode() for line in map(line_maker(declared), fold_hours(declared, pieces))]
    return "\n".join(lines)
