"""The analysis of a contract's devices: one pure function of what was read of them."""

from collections.abc import Iterator, Sequence

from api.analysis.devices.capacity import disk_capacity, memory_capacity
from api.analysis.devices.drives import drive_risks
from api.analysis.devices.hourly import Hourly
from api.analysis.devices.read import DeviceData, moment_of, tokyo_day
from api.analysis.devices.signs import SOURCES
from api.analysis.devices.tree import Capacity, DeviceAnalysis, Metric, NotCompared, Unusual, Usage
from api.analysis.devices.unusual import not_compared, unusual_of
from api.analysis.devices.usage import Load, moves_of, office_hours_of, usage_of
from api.analysis.tree import Subject
from api.readings.scope import Window
from collectors.text import Text

_NOTES = (
    Text(
        "故障するドライブの半分前後は事前の兆候を示しません（Googleの調査では56%）。「兆候なし」は安全の保証ではないため、バックアップは常に必要です",
        "about half of the drives that fail show no sign before (56 % in Google's study): “no sign” does not mean safe,"
        " and backups are always needed",
    ),
    Text(
        "「普段」は同じ機器の過去12週間から求めています。異常の原因の特定は含みません",
        "“usual” is what the same device did in the twelve weeks before; finding the cause is not included",
    ),
    Text(
        "営業時間は月〜金曜の9〜18時として集計し、祝日は考慮していません",
        "office hours are 9:00 to 18:00 from Monday to Friday; public holidays are not known",
    ),
)


def analyse(data: DeviceData, subjects: Sequence[Subject]) -> DeviceAnalysis:
    """Return what devices tell over weeks; the same data give the same analysis.

    Args:
        data: what was read of them.
        subjects: the target devices of the contract, in the order in which it lists them.
    """
    window = data.window
    loads = {device: _within(load, window) for device, load in data.loads.items()}
    usage = _usage(loads, subjects, window)
    unusual, untold = _compared(data, subjects)
    known = {subject.id: subject for subject in subjects}
    return DeviceAnalysis(
        start=window.start,
        end=window.end,
        drives=drive_risks(data.drives, known, tokyo_day(window.end)),
        sources=SOURCES,
        unusual=unusual,
        not_compared=untold,
        usage=usage,
        moves=moves_of(usage, loads),
        capacity=tuple(sorted(_capacity(data, subjects), key=_urgency)),
        notes=_NOTES,
    )


def _within(load: Load, window: Window) -> Load:
    start, end = window.start, window.end
    return Load(load.cpu.within(start, end), load.memory.within(start, end), load.memory_bytes)


def _usage(loads: dict[str, Load], subjects: Sequence[Subject], window: Window) -> tuple[Usage, ...]:
    some = next(iter(loads.values()), None)
    office_hours = int(office_hours_of(some.cpu).sum()) if some else 0
    return tuple(usage_of(subject, loads.get(subject.id), office_hours) for subject in subjects)


def _compared(data: DeviceData, subjects: Sequence[Subject]) -> tuple[tuple[Unusual, ...], tuple[NotCompared, ...]]:
    found: list[Unusual] = []
    untold: list[NotCompared] = []
    for subject in subjects:
        missing: dict[Metric, Hourly] = {}
        for metric, hours in _metrics(data, subject):
            unusual = unusual_of(subject, metric, hours, data.window.start, data.window.end)
            if unusual is None:
                missing[metric] = hours
            else:
                found += unusual
        if missing:
            longest = next(iter(missing.values()))
            untold.append(not_compared(subject, tuple(missing), longest, data.window.start))
    return tuple(sorted(found, key=_gravity)), tuple(untold)


def _metrics(data: DeviceData, subject: Subject) -> Iterator[tuple[Metric, Hourly]]:
    """Yield what a device told at all."""
    load = data.loads.get(subject.id)
    if load is not None:
        yield Metric.CPU, load.cpu
        yield Metric.MEMORY, load.memory
    if subject.id in data.temperature:
        yield Metric.TEMPERATURE, data.temperature[subject.id]


def _gravity(unusual: Unusual) -> tuple[bool, int, str, str]:
    return (not unusual.lasts, -unusual.hours, unusual.subject.id, unusual.metric)


def _capacity(data: DeviceData, subjects: Sequence[Subject]) -> Iterator[Capacity]:
    known, today = {subject.id: subject for subject in subjects}, moment_of(data.window)
    for track in data.disks:
        subject = known.get(track.tags.get("device", ""))
        if subject is not None:
            yield disk_capacity(subject, track, today)
    for subject in subjects:
        load = data.loads.get(subject.id)
        if load is not None:
            yield memory_capacity(subject, load.memory, today)


def _urgency(capacity: Capacity) -> tuple[bool, int, float, str, str, str]:
    act = capacity.act_in
    quarter = act.year * 4 + act.number if act else 0
    return (
        act is None and not capacity.is_reached,
        quarter,
        -(capacity.percent or 0.0),
        capacity.subject.name,
        capacity.resource,
        capacity.part,
    )
