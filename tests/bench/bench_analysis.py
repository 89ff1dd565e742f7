"""The analysis of devices on data with known answers: what it finds, what it finds beside, and what it costs.

Drives: of `tests.bench.failing`, each judged at the end of every month of 30 days, as reports are made. Found is a
drive that a judgement within the 60 days before its failure puts into a band; false is a month of a drive that lives.
PCs: of `tests.bench.workdays`, on which nothing is wrong but long jobs on random days, and once something that lasts.
Offices: the simulated one's planned incidents, told hour by hour over two months with a quarter before. What was
decided about the judgement was decided on other seeds than those measured here.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial

import numpy as np

from api.analysis.devices.analyse import analyse
from api.analysis.devices.drives import drive_risk
from api.analysis.devices.history import DriveHistory
from api.analysis.devices.hourly import HOUR, Hourly
from api.analysis.devices.read import DeviceData, to_drive
from api.analysis.devices.tree import Capacity, DeviceAnalysis, DriveRisk, Metric, Risk, Unusual
from api.analysis.devices.unusual import PAST_WEEKS, unusual_of
from api.analysis.devices.usage import Load
from api.analysis.tree import Subject
from api.demo import drives, host
from api.demo.calendar import DAY_S, at
from api.demo.cast import MACHINES, Machine
from api.demo.incidents import Incident
from api.demo.office import Office
from api.display.tokyo import TOKYO
from api.forecasts.kinds import KINDS
from api.forecasts.tracks import Track
from api.readings.reader import Row
from api.readings.scope import Window
from collectors.point import Point
from tests.bench.failing import DAYS, Known
from tests.bench.failing import drives as known_drives
from tests.bench.figure import Figure
from tests.bench.workdays import JUDGED_WEEKS, WEEKS, pcs

SEEDS = (101, 102)
"""For measuring. Whoever changes the judgement looks at others, such as 1 to 9, so that it is not fitted to these."""

FAILING, HEALTHY = 150, 450
MONTH_DAYS, AHEAD_DAYS = 30, 60
PERIOD_DAYS = 61
PERSISTING_H = 12
HOUR_S = 3600
_SAMPLES_S = (300, 1200, 2100, 3000)
_ANCHOR = at(date(2026, 11, 30), 18)
_BANDS = (("high", frozenset({Risk.HIGH})), ("high or raised", frozenset({Risk.HIGH, Risk.RAISED})))


def measure(
    seeds: Sequence[int] = SEEDS, failing: int = FAILING, healthy: int = HEALTHY, offices: int = 2
) -> list[Figure]:
    """Return what the analysis finds, and what that costs."""
    found = [judged for seed in seeds for judged in _judged(known_drives(seed, failing, healthy))]
    return [*_drive_figures(found), *_office_figures(seeds[:offices]), *_workday_figures(seeds)]


@dataclass(frozen=True, slots=True)
class _Verdict:
    """How a drive of known fate was judged.

    Attributes:
        known: the drive.
        months: last day of each month in which it was judged -> its band.
    """

    known: Known
    months: dict[int, Risk]


def _judged(those: Iterable[Known]) -> Iterator[_Verdict]:
    subject = Subject("d-1", "d-1", "pc")
    for each in those:
        last = each.fails_on or DAYS
        ends = range(MONTH_DAYS - 1, last, MONTH_DAYS)
        yield _Verdict(each, {end: drive_risk(each.history, subject, float(end)).risk for end in ends})


def _drive_figures(found: Sequence[_Verdict]) -> Iterator[Figure]:
    failed = [each for each in found if each.known.fails_on is not None]
    speaking = [each for each in failed if _has_counted(each)]
    months = [(each, end, risk) for each in found for end, risk in each.months.items()]
    living = [risk for each, _end, risk in months if each.known.fails_on is None]
    note = f"{len(speaking)} had counted anything when a report was made before; {len(found) - len(failed)} drives live"
    yield Figure("drives that fail", len(failed), "drives", "", note)
    for name, bands in _BANDS:
        caught, told = (sum(_is_caught(each, bands) for each in those) for those in (failed, speaking))
        false = sum(risk in bands for risk in living)
        alarms = [(each, end) for each, end, risk in months if risk in bands]
        right = sum(_is_ahead(each, end) for each, end in alarms)
        early = sum(each.known.fails_on is not None for each, _end in alarms) - right
        note = f"{right} months of failing drives, {early} earlier than {AHEAD_DAYS} d, {false} of drives that live"
        yield Figure(f"drives {name}: found of all that fail", caught / len(failed), "", "", f"{AHEAD_DAYS} d before")
        yield Figure(f"drives {name}: found of those that had counted anything", told / len(speaking), "")
        yield Figure(f"drives {name}: false a drive and month", false / len(living), "", "", note)
    untold = sum(risk is Risk.CANNOT_TELL for _each, _end, risk in months)
    yield Figure("drives: months in which nobody can tell", untold / len(months), "")


def _has_counted(each: _Verdict) -> bool:
    """Tell whether any counter of a failing drive had ever risen by the end of a month in which it could be found."""
    ends = [end for end in each.months if _is_ahead(each, end)]
    history = each.known.history
    known = history.days <= max(ends, default=-1)
    return any(bool((values[known] > 0).any()) for values in history.counts.values())


def _is_caught(each: _Verdict, bands: frozenset[Risk]) -> bool:
    return any(risk in bands and _is_ahead(each, end) for end, risk in each.months.items())


def _is_ahead(each: _Verdict, end: int) -> bool:
    return each.known.fails_on is not None and each.known.fails_on - end <= AHEAD_DAYS


# PCs with long jobs on random days.

PCS, JOBS_A_MONTH = 40, (0.0, 1.0, 4.0)


def _workday_figures(seeds: Sequence[int]) -> Iterator[Figure]:
    start = datetime(2026, 6, 1, tzinfo=TOKYO)
    since, until = start + (WEEKS - JUDGED_WEEKS) * 168 * HOUR, start + WEEKS * 168 * HOUR
    months = len(seeds) * PCS * JUDGED_WEEKS * 7 / MONTH_DAYS
    for jobs in JOBS_A_MONTH:
        false = caught = planted = 0
        for each in (pc for seed in seeds for pc in pcs(seed, PCS, jobs, start)):
            false += len(_busy(each.well, since, until))
            begin, end = (each.ill.at(place) for place in each.wrong)
            # A PC that was off on two of the three days had nothing wrong that lasted.
            if int(each.ill.told[slice(*each.wrong)].sum()) >= PERSISTING_H:
                planted += 1
                caught += any(one.since < end and (one.until or until) > begin for one in _busy(each.ill, since, until))
        name = f"PCs with {jobs:g} long jobs a month"
        yield Figure(f"{name}: unusual times a device and month", false / months, "")
        yield Figure(f"{name}: busy for three days, found", caught, f"of {planted}", f"{planted}")


def _busy(hours: Hourly, since: datetime, until: datetime) -> list[Unusual]:
    return unusual_of(Subject("d-1", "d-1", "pc"), Metric.CPU, hours, since, until) or []


# The simulated office.

SERVED = frozenset({"drive_failing", "cpu_runaway", "memory_leak", "overheating", "disk_filling"})
"""Kinds of incidents that this analysis is for."""

_METRIC_OF = {
    "cpu_runaway": Metric.CPU,
    "memory_leak": Metric.MEMORY,
    "overheating": Metric.TEMPERATURE,
}


def _office_figures(seeds: Sequence[int]) -> Iterator[Figure]:
    caught: dict[str, list[bool]] = {kind: [] for kind in sorted(SERVED)}
    after_h: dict[str, list[float]] = {}
    unusual = beside = risky = 0
    seconds = []
    for seed in seeds:
        office = Office(_ANCHOR, seed)
        data = office_data(office)
        begun = time.process_time()
        analysis = analyse(data, [_subject(each) for each in MACHINES])
        seconds.append(time.process_time() - begun)
        incidents = [each for each in office.incidents if each.kind in SERVED]
        for each in incidents:
            spells = [one for one in analysis.unusual if _explains(each, one)]
            caught[each.kind].append(bool(spells) or _is_told(each, analysis))
            if spells:
                after = min(one.since.timestamp() for one in spells) - each.start
                after_h.setdefault(each.kind, []).append(max(0.0, after / HOUR_S))
        unusual += len(analysis.unusual)
        beside += sum(not any(_explains(one, each) for one in incidents) for each in analysis.unusual)
        risky += sum(
            each.risk in (Risk.HIGH, Risk.RAISED) and not any(_is_drive(one, each) for one in incidents)
            for each in analysis.drives
        )
    months = len(seeds) * len(MACHINES) * PERIOD_DAYS / MONTH_DAYS
    for kind, found in caught.items():
        hours = f"{np.median(after_h[kind]):.0f} h after it began" if kind in after_h else ""
        yield Figure(f"office, {kind}: found", sum(found), f"of {len(found)}", f"{len(found)}", hours)
    yield Figure("office: unusual times of no incident a device and month", beside / months, "", "", f"of {unusual}")
    yield Figure("office: drives at risk of no incident a device and month", risky / months, "")
    yield Figure(
        "analysis of nine devices, 61 days and their past", float(np.median(seconds)), "s of CPU", "", "without reading"
    )


def _explains(incident: Incident, unusual: Unusual) -> bool:
    """Tell whether something unusual is of an incident: the machine, the metric and the time."""
    if _METRIC_OF.get(incident.kind) is not unusual.metric or unusual.subject.id != incident.device:
        return False
    end = _ANCHOR if incident.end is None else incident.end
    until = _ANCHOR if unusual.until is None else unusual.until.timestamp()
    return unusual.since.timestamp() < end + HOUR_S and until > incident.start


def _is_told(incident: Incident, analysis: DeviceAnalysis) -> bool:
    if incident.kind == "disk_filling":
        return any(_is_disk(incident, each) for each in analysis.capacity)
    return incident.kind == "drive_failing" and any(_is_drive(incident, each) for each in analysis.drives)


def _is_disk(incident: Incident, capacity: Capacity) -> bool:
    is_it = capacity.subject.id == incident.device and capacity.part.lstrip("\\") == incident.part
    return is_it and capacity.act_in is not None


def _is_drive(incident: Incident, drive: DriveRisk) -> bool:
    is_it = incident.kind == "drive_failing" and drive.subject.id == incident.device and drive.drive == incident.part
    return is_it and drive.risk in (Risk.HIGH, Risk.RAISED)


def _subject(machine: Machine) -> Subject:
    return Subject(machine.key, machine.host, machine.kind)


def office_data(office: Office) -> DeviceData:
    """Return what would be read of a simulated office at its anchor: two months, and the quarter before them."""
    end = office.anchor
    start = at(date.fromtimestamp(end - PERIOD_DAYS * DAY_S), 0)
    past = start - PAST_WEEKS * 7 * DAY_S
    window = Window(_moment(start), _moment(end))
    hours = range(past, end, HOUR_S)
    return DeviceData(
        window=window,
        loads={
            each.key: Load(
                _hourly(office, each, hours, partial(host.load_percent, office, each)),
                _hourly(office, each, hours, partial(_memory, office, each)),
                float(each.memory),
            )
            for each in MACHINES
        },
        temperature={
            each.key: _hourly(office, each, hours, partial(_celsius, office, each))
            for each in MACHINES
            if not each.is_windows
        },
        drives=tuple(each for machine in MACHINES for each in _drives(office, machine, range(past, end, DAY_S))),
        disks=tuple(each for machine in MACHINES for each in _disks(office, machine, range(past, end, DAY_S))),
    )


def _memory(office: Office, machine: Machine, moment_s: int) -> float:
    return 100.0 * host.memory_share(office, machine, moment_s)


def _celsius(office: Office, machine: Machine, moment_s: int) -> float:
    told = [point.fields.get("temp") for point in host.temp(office, machine, moment_s) if point.measurement == "temp"]
    return float(next((each for each in told if isinstance(each, float)), np.nan))


def _hourly(office: Office, machine: Machine, hours: range, told: Callable[[int], float]) -> Hourly:
    means = []
    for hour in hours:
        values = [told(hour + second) for second in _SAMPLES_S if office.sends(machine, hour + second)]
        means.append(sum(values) / len(values) if values else np.nan)
    return Hourly(_moment(hours.start), np.array(means))


def _drives(office: Office, machine: Machine, days: range) -> Iterator[DriveHistory]:
    points: dict[str, list[Point]] = {}
    for moment in days:
        if office.sends(machine, moment):
            for point in drives.smart(office, machine, moment):
                if point.measurement == "smart_device":
                    points.setdefault(point.tags["serial_no"], []).append(point)
    for those in points.values():
        rows = [{**each.fields, "time": each.time_ns} for each in those]
        newest = those[-1]
        tags = {**newest.tags, "device": machine.key}
        yield to_drive(tags, rows, Row(_moment((newest.time_ns or 0) // 10**9), tags, newest.fields))


def _disks(office: Office, machine: Machine, days: range) -> Iterator[Track]:
    kind = next(each for each in KINDS if each.name == "disk_full")
    told = [moment for moment in days if office.sends(machine, moment + DAY_S - HOUR_S)]
    for volume in machine.volumes:
        used = [host.volume_percent(office, machine, volume, moment + DAY_S - HOUR_S) for moment in told]
        at_days = np.minimum(np.array(told) / DAY_S + 1.0, office.anchor / DAY_S)
        yield Track(
            kind=kind,
            tags={"device": machine.key, "path": host.volume_tag(machine, volume)},
            days=at_days,
            used=np.array(used) / 100.0 * volume.total,
            end=np.full(len(used), float(volume.total)),
            heard=float(at_days[-1]),
            step=None,
            name="",
        )


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
