"""hrStorageTable (RFC 2790) to volumes and memory: units, sizes that wrapped, what is no real storage."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from collectors.probe.device import mib
from collectors.probe.device.convert import Notes
from collectors.probe.device.model import Volume
from collectors.probe.octets import number_of, text_of
from collectors.probe.snmp import ObjectIdentifier, Row, Table

_OTHER, _RAM, _VIRTUAL = 1, 2, 3
_TYPES: Final = {
    4: "fixed_disk",
    5: "removable_disk",
    6: "removable_disk",
    7: "optical_disc",
    8: "ram_disk",
    9: "flash",
    10: "network_disk",
}
"""hrStorageTypes; compact discs are always full and are left out."""

_LEFT_OUT: Final = re.compile(
    r"/(dev|proc|sys|run/user|var/run/user)(/(?!shm(/|$)).*)?|.*/cgroup(/.*)?|/run/(credentials|netns|snapd)(/.*)?"
)
_IN_MEMORY: Final = re.compile(r"/(dev/shm|run|var/run|var/lock|var/volatile)(/.*)?|tmpfs.*|.*\(tmpfs\)")
"""Mount points that net-snmp calls fixed disks and that are memory."""

_LEAST_MEMORY: Final = 2**20
_WRAP: Final = 2**32


@dataclass(frozen=True, slots=True)
class Memory:
    """Memory in bytes."""

    total: int
    used: int


def volumes(table: Table, notes: Notes) -> tuple[Volume, ...]:
    """Return what of the table are file systems and media.

    A space mounted at several places (bind mounts, exports) is named as the same as the one with the shortest name.
    """
    found = [each for each in (_volume(row, notes) for row in table.rows.values()) if each]
    return tuple(_without_doubles(found))


def memory(table: Table, notes: Notes) -> Memory | None:
    """Return the main memory; None if the table does not tell.

    net-snmp counts buffers and cache, which are given up when memory is needed, as used and lists them in rows of
    their own; they are taken off.
    """
    rows = [row for row in table.rows.values() if _type(row) == _RAM]
    sized = [(size, row) for row in rows if (size := _sizes(row))]
    told = [size for size, _row in sized if size[0] >= _LEAST_MEMORY and 0 <= size[1] <= size[0]]
    for size, row in sized:
        if size not in told:
            notes.add(f"memory {text_of(row.get('hrStorageDescr'))!r}: {size[1]} of {size[0]} B cannot be meant")
    if not told:
        return None
    total, used = next(iter(told))
    reclaimable = sum(_reclaimable(row) for row in table.rows.values())
    return Memory(total, used - reclaimable if reclaimable <= used else used)


def _reclaimable(row: Row) -> int:
    size = _sizes(row)
    name = text_of(row.get("hrStorageDescr")).lower()
    return size[1] if size and _type(row) == _OTHER and name in ("memory buffers", "cached memory") else 0


def _volume(row: Row, notes: Notes) -> Volume | None:
    name, kind = text_of(row.get("hrStorageDescr")), _TYPES.get(_type(row), "")
    size = _sizes(row)
    if not size or not kind or kind == "optical_disc" or _LEFT_OUT.fullmatch(name):
        return None
    total, used = size
    if used > total:
        notes.add(f"storage {name!r}: {used} B used of {total} B cannot be meant")
        return None
    kind = "ram_disk" if kind == "fixed_disk" and _IN_MEMORY.fullmatch(name) else kind
    return Volume(name, kind, total, used, total - used, round(100.0 * used / total, 2))


def _sizes(row: Row) -> tuple[int, int] | None:
    """Return size and used in bytes; None if the row tells no size.

    The columns are INTEGERs of 32 bits: agents put sizes of 2**31 units and more there as negative numbers.
    """
    unit = number_of(row.get("hrStorageAllocationUnits"))
    size, used = number_of(row.get("hrStorageSize")), number_of(row.get("hrStorageUsed"))
    if not unit or unit < 0 or not size or used is None:
        return None
    return size % _WRAP * unit, used % _WRAP * unit


def _type(row: Row) -> int:
    told = row.get("hrStorageType")
    if not isinstance(told, ObjectIdentifier) or told[:-1] != mib.STORAGE_TYPES:
        return 0
    return int(told[-1])


def _without_doubles(found: list[Volume]) -> list[Volume]:
    first: dict[tuple[int | None, int | None], str] = {}
    by_length = sorted(found, key=lambda each: (len(each.name), each.name))
    for each in by_length:
        if each.used and each.type in ("fixed_disk", "network_disk"):
            first.setdefault((each.total, each.used), each.name)
    return [_same_as(each, first) for each in found]


def _same_as(volume: Volume, first: Mapping[tuple[int | None, int | None], str]) -> Volume:
    known = first.get((volume.total, volume.used), volume.name)
    return volume if known == volume.name else replace(volume, same_as=known)
