"""What a device is made of and how long that is good for: operating system, batteries, drives, licences."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from api.readings.reader import Reader, Row
from api.readings.scope import Source
from collectors.text import Text

SYSTEM = Source(
    "patches",
    ("os_name", "os_version", "os_build", "os_support_end", "os_support_note", "os_support_note_en"),
    ("device",),
    {},
)
BATTERY = Source("battery", ("health_percent", "cycles"), ("device", "name"), {})
PHYSICAL_DISK = Source("physical_disk", ("wear_percent", "power_on", "media_type"), ("device", "disk", "model"), {})
LICENCE = Source("antivirus_product", ("licence_end_date",), ("device", "product"), {})
SUMMARY = Source("software_summary", ("installed",), ("device",), {})

HARDWARE_SOURCES = (SYSTEM, BATTERY, PHYSICAL_DISK, LICENCE, SUMMARY)


@dataclass(frozen=True, slots=True)
class System:
    """An operating system.

    Attributes:
        name: as it calls itself; "" if not told.
        version: its release; "" if not told.
        build: build number; "" where it has none.
        support_end: last day of security updates, from the table of the `patches` input; None where that is not known.
        note: a remark on it, such as a paid extension; None where there is none.
    """

    name: str
    version: str
    build: str
    support_end: date | None
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class Battery:
    """A battery of a device.

    Attributes:
        name: as the system names it.
        health_percent: what it holds in relation to a new one, %; None if not told.
        cycles: charges so far; None if not told.
    """

    name: str
    health_percent: float | None
    cycles: int | None


@dataclass(frozen=True, slots=True)
class PhysicalDisk:
    """A drive as Windows sees it.

    Attributes:
        name: its number and model.
        wear_percent: share of the rated writes used, %; None if not told.
        power_on_hours: hours; None if not told.
        media: "SSD", "HDD" …; "" if not told.
    """

    name: str
    wear_percent: float | None
    power_on_hours: int | None
    media: str


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence whose end a device tells.

    Attributes:
        product: what it is of.
        ends: its last day.
    """

    product: str
    ends: date


@dataclass(frozen=True, slots=True)
class Hardware:
    """What a device last told of itself. No input reads the age of a machine, so nothing here says it.

    Attributes:
        system: its operating system; None if not told.
        batteries: by name.
        disks: by name; drives that SMART reads are in `DeviceReading.drives`.
        licences: by product.
        installed: how many products or packages are installed; None if not told.
    """

    system: System | None = None
    batteries: tuple[Battery, ...] = ()
    disks: tuple[PhysicalDisk, ...] = ()
    licences: tuple[Licence, ...] = ()
    installed: int | None = None


def read_hardware(reader: Reader) -> dict[str, Hardware]:
    """Return what each device last told of itself, by public id; one query a measurement.

    Raises:
        EngineError: the engine refused or could not be reached.
    """
    return to_hardware({source.measurement: reader.latest(source) for source in HARDWARE_SOURCES})


def to_hardware(answers: Mapping[str, Sequence[Row]]) -> dict[str, Hardware]:
    """Return what each device told, by public id, from the newest rows by measurement."""
    by_device: defaultdict[str, dict[str, list[Row]]] = defaultdict(dict)
    for measurement, rows in answers.items():
        for row in rows:
            if "device" in row.tags:
                by_device[row.tags["device"]].setdefault(measurement, []).append(row)
    return {device: _hardware(rows) for device, rows in sorted(by_device.items())}


def _hardware(rows: Mapping[str, list[Row]]) -> Hardware:
    systems, summaries = rows.get(SYSTEM.measurement, []), rows.get(SUMMARY.measurement, [])
    return Hardware(
        system=_system(max(systems, key=lambda row: row.time)) if systems else None,
        batteries=tuple(
            Battery(name, row.number("health_percent"), row.integer("cycles"))
            for name, row in _newest(rows.get(BATTERY.measurement, []), "name")
        ),
        disks=tuple(
            PhysicalDisk(
                " ".join(filter(None, (name, row.tags.get("model", "")))),
                row.number("wear_percent"),
                row.integer("power_on"),
                row.text("media_type") or "",
            )
            for name, row in _newest(rows.get(PHYSICAL_DISK.measurement, []), "disk")
        ),
        licences=tuple(
            Licence(name, ends)
            for name, row in _newest(rows.get(LICENCE.measurement, []), "product")
            if (ends := _day(row.text("licence_end_date"))) is not None
        ),
        installed=max(summaries, key=lambda row: row.time).integer("installed") if summaries else None,
    )


def _newest(rows: Sequence[Row], tag: str) -> list[tuple[str, Row]]:
    found = {row.tags[tag]: row for row in sorted(rows, key=lambda row: row.time) if tag in row.tags}
    return sorted(found.items())


def _system(row: Row) -> System:
    note = row.text("os_support_note")
    return System(
        name=row.text("os_name") or "",
        version=row.text("os_version") or "",
        build=row.text("os_build") or "",
        support_end=_day(row.text("os_support_end")),
        note=Text(note, row.text("os_support_note_en") or note) if note else None,
    )


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None
