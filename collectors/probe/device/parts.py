"""Rows to sensors, volumes, drives and RAID sets, as the files say."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from collectors.probe.device import model, schema
from collectors.probe.device.convert import Cells, Notes, number, word
from collectors.probe.device.raw import RawDevice
from collectors.probe.device.rows import counts, named, rows_of
from collectors.verdict import State

UNITS: Final[dict[str, str]] = {
    "temperature": "°C",
    "fan": "rpm",
    "voltage": "V",
    "current": "A",
    "power": "W",
    "humidity": "%",
    "frequency": "Hz",
    "percent": "%",
    "optical_power": "dBm",
    "state": "",
}
"""Kind of sensor to the unit of its value."""

LIMITS: Final[dict[str, tuple[float, float]]] = {
    "temperature": (-60.0, 250.0),
    "fan": (0.0, 60_000.0),
    "voltage": (-1e5, 1e5),
    "current": (-1e5, 1e5),
    "power": (-1e6, 1e6),
    "humidity": (0.0, 100.0),
    "frequency": (0.0, 1e6),
    "percent": (0.0, 100.0),
    "optical_power": (-60.0, 40.0),
}
"""What can be meant; beyond it an agent tells that it has nothing to tell."""

_PERCENT: Final = (0.0, 100.0)
_SIZE: Final = (0.0, 2.0**63 - 1)


_Part = TypeVar("_Part", model.Sensor, model.Volume, model.Disk, model.Raid)


class Parts:
    """The parts of one device.

    Attributes:
        sensors: what it measures of itself.
        volumes: what fills up.
        disks: drives.
        raids: RAID sets and pools.
    """

    def __init__(self, files: Iterable[schema.Rules], raw: RawDevice, notes: Notes) -> None:
        self.sensors: list[model.Sensor] = []
        self.volumes: list[model.Volume] = []
        self.disks: list[model.Disk] = []
        self.raids: list[model.Raid] = []
        for rules in files:
            self._alone(rules, Cells(raw.objects, {}, notes))
            for table in rules.tables:
                for index, cells in rows_of(table, raw, notes):
                    self._row(table, index, cells)
        self.sensors = list(_own_names(self.sensors))
        self.volumes = list(_own_names(self.volumes))
        self.disks = list(_own_names(self.disks))
        self.raids = list(_own_names(self.raids))

    def _alone(self, rules: schema.Rules, cells: Cells) -> None:
        self.sensors += _told(_sensor(rule, "", cells) for rule in rules.sensors)
        self.disks += _told(_disk(rule, "", cells) for rule in rules.disks)

    def _row(self, table: schema.Table, index: str, cells: Cells) -> None:
        self.sensors += _told(_sensor(rule, index, cells) for rule in table.sensors if counts(rule.where, cells))
        self.volumes += _told(_volume(rule, index, cells) for rule in table.volumes if counts(rule.where, cells))
        self.disks += _told(_disk(rule, index, cells) for rule in table.disks if counts(rule.where, cells))
        self.raids += _told(_raid(rule, index, cells) for rule in table.raids if counts(rule.where, cells))


def _told(found: Iterable[_Part | None]) -> Iterator[_Part]:
    return (each for each in found if each)


def _own_names(found: Sequence[_Part]) -> Iterator[_Part]:
    """Make names unique, as they identify a series."""
    seen: dict[tuple[str, str], int] = {}
    for each in found:
        key = (each.name, getattr(each, "kind", ""))
        seen[key] = seen.get(key, 0) + 1
        yield each if seen[key] == 1 else replace(each, name=f"{each.name} #{seen[key]}")


def _state(rule: schema.Sensor | schema.Volume | schema.Disk | schema.Raid, status: str) -> State | None:
    if not status:
        return None
    if status in rule.bad:
        return State.BAD
    return State.OK if status in rule.ok else State.UNKNOWN


def _about(cells: Cells, name: str) -> Cells:
    return replace(cells, what=name)


def _sensor(rule: schema.Sensor, index: str, cells: Cells) -> model.Sensor | None:
    kind = rule.kind or word(rule.kind_of, cells)
    name = named(rule.name, index, cells, "Sensor")
    status = word(rule.status, cells)
    if kind not in UNITS or status in rule.gone:
        return None
    value = number(rule.value, _about(cells, name), LIMITS.get(kind), measured=True)
    if value is None and not (status and rule.status and _state(rule, status) is not State.UNKNOWN):
        return None
    return model.Sensor(name, kind, value, UNITS[kind], status, _state(rule, status))


def _volume(rule: schema.Volume, index: str, cells: Cells) -> model.Volume | None:
    name = named(rule.name, index, cells, "Volume")
    status = word(rule.status, cells)
    about = _about(cells, name)
    unit = 1.0 if rule.unit is None else number(rule.unit, about, _SIZE)
    total, used, free = (_bytes(read, about, unit) for read in (rule.total, rule.used, rule.free))
    total = used + free if total is None and used is not None and free is not None else total
    used = total - free if used is None and total is not None and free is not None else used
    if total is not None and used is not None and not 0 <= used <= total:
        about.notes.add(f"{name}: {used} B used of {total} B cannot be meant")
        used = free = None
    free = total - used if total is not None and used is not None else free
    percent = number(rule.percent, about, _PERCENT)
    if percent is None and total and used is not None:
        percent = round(100.0 * used / total, 2)
    if status in rule.gone or not (total or status or percent is not None):
        return None
    return model.Volume(name, rule.type, total, used, free, percent, status, _state(rule, status))


def _bytes(read: schema.Read | None, cells: Cells, unit: float | None) -> int | None:
    told = number(read, cells, _SIZE)
    return None if told is None or unit is None else int(told * unit)


def _disk(rule: schema.Disk, index: str, cells: Cells) -> model.Disk | None:
    name = named(rule.name, index, cells, "Disk")
    status = word(rule.status, cells)
    about = _about(cells, name)
    texts = {each: word(getattr(rule, each), cells) for each in ("health", "model", "serial", "type")}
    temperature = number(rule.temperature, about, LIMITS["temperature"], measured=True)
    if status in rule.gone or not (status or any(texts.values()) or temperature is not None):
        return None
    bad = number(rule.bad_sectors, about, _SIZE)
    return model.Disk(
        name,
        status,
        State.BAD if texts["health"] in rule.bad else _state(rule, status),
        health=texts["health"],
        model=texts["model"],
        serial=texts["serial"],
        type=texts["type"],
        capacity=_bytes(rule.capacity, about, 1.0),
        temperature=temperature,
        life_percent=number(rule.life_percent, about, _PERCENT),
        bad_sectors=None if bad is None else int(bad),
    )


def _raid(rule: schema.Raid, index: str, cells: Cells) -> model.Raid | None:
    name = named(rule.name, index, cells, "RAID")
    status = word(rule.status, cells)
    if not status or status in rule.gone:
        return None
    about = _about(cells, name)
    return model.Raid(
        name,
        status,
        _state(rule, status),
        level=word(rule.level, cells),
        total=_bytes(rule.total, about, 1.0),
        free=_bytes(rule.free, about, 1.0),
        progress=number(rule.progress, about, _PERCENT),
    )
