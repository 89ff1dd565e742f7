"""Values of the device as a whole, from the sources that the files name, the most trusted first."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from statistics import fmean
from typing import Final

from collectors.declaration import FieldType
from collectors.point import FieldValue
from collectors.probe.device import schema
from collectors.probe.device.convert import Cells, Notes, is_one_of, number, word
from collectors.probe.device.declaration import NETWORK_DEVICE, PBX, UPS
from collectors.probe.device.model import Facts
from collectors.probe.device.raw import RawDevice
from collectors.probe.device.rows import counts, rows_of
from collectors.probe.device.storage import Memory

_TYPES: Final[dict[str, FieldType]] = {
    f"{group}.{field.name}": field.type
    for group, measurement in (("device", NETWORK_DEVICE), ("ups", UPS), ("pbx", PBX))
    for field in measurement.fields
} | {f"device.memory_{part}": FieldType.INTEGER for part in ("free", "buffers", "cached")}

_BY_UNIT: Final[dict[str, tuple[float, float]]] = {
    "%": (0.0, 100.0),
    "°C": (-60.0, 250.0),
    "V": (0.0, 10_000.0),
    "Hz": (0.0, 1_000.0),
    "A": (0.0, 10_000.0),
    "W": (0.0, 1e7),
    "s": (0.0, 1e9),
    "B": (0.0, 2.0**60),
    "ms": (0.0, 1e6),
}
_LIMITS: Final[dict[str, tuple[float, float]]] = {
    f"{group}.{field.name}": _BY_UNIT.get(field.unit, (0.0, 2.0**53))
    for group, measurement in (("device", NETWORK_DEVICE), ("ups", UPS), ("pbx", PBX))
    for field in measurement.fields
} | {
    # An overloaded UPS tells more than 100.
    "ups.load_percent": (0.0, 300.0),
}
"""What can be meant, by target."""

_REDUCE: Final[dict[str, Callable[[list[float]], float]]] = {
    "mean": fmean,
    "max": max,
    "min": min,
    "sum": sum,
    "first": lambda found: found[0],
}


def facts_of(rules: schema.Rules, raw: RawDevice, notes: Notes) -> Facts:
    """Return the values that one file gives, by target; of several for one target the first that tells."""
    found: Facts = {}
    alone = Cells(raw.objects, {}, notes)
    for value in rules.values:
        _keep(found, value.to, _value(value, [alone], is_row=False))
    for table in rules.tables:
        rows = [cells for _index, cells in rows_of(table, raw, notes)] if table.values else []
        for value in table.values:
            _keep(found, value.to, _value(value, rows, is_row=True))
    return found


def _keep(found: Facts, target: str, told: FieldValue | None) -> None:
    if told is not None:
        found.setdefault(target, told)


def _value(value: schema.Value, rows: Sequence[Cells], is_row: bool) -> FieldValue | None:
    wanted = [replace(cells, what=value.to) for cells in rows if counts(value.where, cells)]
    if value.reduce == "count":
        # No row at all: the device does not tell. Rows, but none that counts: there are none.
        return len(wanted) if rows and is_row else None
    kind = _TYPES.get(value.to, FieldType.STRING)
    if kind is FieldType.BOOLEAN:
        raws = [cells.raw(value) for cells in wanted]
        told = [
            is_one_of(each, value.equals) for each in raws if each is not None and not is_one_of(each, value.absent)
        ]
        return any(told) if told else None
    if kind is FieldType.STRING:
        return next((text for cells in wanted if (text := word(value, cells))), None)
    limits, measured = _LIMITS.get(value.to, (0.0, 2.0**60)), value.to.startswith("ups.")
    numbers = [each for each in (number(value, cells, limits, measured) for cells in wanted) if each is not None]
    if not numbers:
        return None
    reduced = float(_REDUCE[value.reduce](numbers))
    return round(reduced) if kind is FieldType.INTEGER else round(reduced, 6)


def merged(sources: Iterable[Facts]) -> Facts:
    """Return values by target; of several the first. Memory is taken whole from the first source that tells it."""
    found: Facts = {}
    memory_told = False
    for source in sources:
        memory = memory_of(source)
        for target, value in source.items():
            if not target.startswith("device.memory_"):
                found.setdefault(target, value)
        if memory and not memory_told:
            found.update(memory)
            memory_told = True
    return found


def memory_of(source: Facts) -> Facts:
    """Return the memory that one source tells, as fields of `network_device`; empty if it does not tell its use."""
    number = {name: value for name, value in source.items() if isinstance(value, int | float)}
    percent, total = number.get("device.memory_percent"), number.get("device.memory_total")
    used, free = number.get("device.memory_used"), number.get("device.memory_free")
    if used is None and total is not None and free is not None:
        used = total - free - number.get("device.memory_buffers", 0) - number.get("device.memory_cached", 0)
    if total is None and used is not None and free is not None:
        total = used + free
    if total and used is not None and 0 <= used <= total:
        return as_facts(Memory(int(total), int(used)), percent)
    return {} if percent is None else {"device.memory_percent": float(percent)}


def as_facts(memory: Memory, percent: float | None = None) -> Facts:
    """Return memory as fields of `network_device`."""
    return {
        "device.memory_total": memory.total,
        "device.memory_used": memory.used,
        "device.memory_percent": round(100.0 * memory.used / memory.total, 2) if percent is None else float(percent),
    }
