"""The newest values of a target device."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from api.readings.check import CHECK_SOURCES, Check, to_checks
from api.readings.drive import DRIVE_SOURCE, Drive, to_drives
from api.readings.inputrun import RUN_SOURCE, InputFailure, to_failures
from api.readings.reader import Row
from api.readings.scope import Source

CPU = Source("cpu", ("usage_idle",), ("device",), {"cpu": "cpu-total"})
MEMORY = Source("mem", ("used_percent", "total"), ("device",), {})
DISK = Source("disk", ("used_percent", "free", "total"), ("device", "path"), {})
TEMPERATURE = Source("temp", ("temp",), ("device", "chip", "sensor"), {})

DEVICE_SOURCES: tuple[Source, ...] = (CPU, MEMORY, DISK, TEMPERATURE, DRIVE_SOURCE, *CHECK_SOURCES, RUN_SOURCE)


@dataclass(frozen=True, slots=True)
class Disk:
    """A file system.

    Attributes:
        path: mount point or drive letter.
        used_percent: share in use, %.
        free_bytes: what users can still write, bytes.
        total_bytes: size, bytes.
    """

    path: str
    used_percent: float | None
    free_bytes: int | None
    total_bytes: int | None

    @property
    def name(self) -> str:
        r"""What people call it: `C:` where the path is Telegraf's `\C:`."""
        return self.path.removeprefix("\\") if self.path.endswith(":") else self.path


@dataclass(frozen=True, slots=True)
class Temperature:
    """The hottest sensor of a device, °C."""

    sensor: str
    celsius: float


@dataclass(frozen=True, slots=True)
class DeviceReading:
    """What was last measured on a device; None where it is not known.

    Attributes:
        device: public id.
        last_seen: time of the newest point of any kind that the device sent.
        cpu_percent: share of all processors in use, %.
        memory_percent: share of memory in use, %.
        memory_bytes: installed memory, bytes.
        disks: file systems, by path.
        temperature: the hottest sensor.
        drives: drives as SMART sees them, by name.
        checks: verdicts such as antivirus and patches, in the catalogue's order.
        failures: inputs whose last run failed, by name.
    """

    device: str
    last_seen: datetime
    cpu_percent: float | None = None
    memory_percent: float | None = None
    memory_bytes: int | None = None
    disks: tuple[Disk, ...] = ()
    temperature: Temperature | None = None
    drives: tuple[Drive, ...] = ()
    checks: tuple[Check, ...] = ()
    failures: tuple[InputFailure, ...] = ()


def to_device(device: str, last_seen: datetime, rows: Mapping[str, Sequence[Row]]) -> DeviceReading:
    """Return a device's reading.

    Args:
        device: public id.
        last_seen: time of its newest point.
        rows: measurement -> the newest row of each series of this device.
    """
    cpu, memory = _only(rows, "cpu"), _only(rows, "mem")
    idle = cpu.number("usage_idle") if cpu else None
    return DeviceReading(
        device=device,
        last_seen=last_seen,
        cpu_percent=None if idle is None else 100.0 - idle,
        memory_percent=memory.number("used_percent") if memory else None,
        memory_bytes=memory.integer("total") if memory else None,
        disks=tuple(sorted((_to_disk(row) for row in rows.get("disk", ())), key=lambda disk: disk.path)),
        temperature=_hottest(rows.get("temp", ())),
        drives=to_drives(rows),
        checks=to_checks(rows),
        failures=to_failures(rows),
    )


def _only(rows: Mapping[str, Sequence[Row]], measurement: str) -> Row | None:
    found = rows.get(measurement, ())
    return max(found, key=lambda row: row.time) if found else None


def _to_disk(row: Row) -> Disk:
    return Disk(
        path=row.tags.get("path", "?"),
        used_percent=row.number("used_percent"),
        free_bytes=row.integer("free"),
        total_bytes=row.integer("total"),
    )


def _hottest(rows: Sequence[Row]) -> Temperature | None:
    measured = [(celsius, row.tags.get("sensor", "?")) for row in rows if (celsius := row.number("temp")) is not None]
    if not measured:
        return None
    celsius, sensor = max(measured)
    return Temperature(sensor, celsius)
