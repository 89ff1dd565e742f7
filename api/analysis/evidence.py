"""What is known of a subject at a month's end, by which it is decided whether it may be graded at all."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from api.analysis.month import Month
from api.analysis.roster import PRINTER_KIND
from api.analysis.tables import Evidence, Tables
from api.analysis.tree import Subject
from api.display.tokyo import date_text
from api.readings.device import DeviceReading
from api.readings.equipment import EquipmentReading
from api.readings.printer import PrinterReading
from collectors.inputs.smart.rules import Level
from collectors.text import Text
from collectors.verdict import State

_CHECKS = frozenset({"antivirus", "firewall", "patches"})

WORDS: Mapping[str, Text] = {
    "antivirus": Text("ウイルス対策の状態", "the state of antivirus"),
    "firewall": Text("ファイアウォールの状態", "the state of the firewall"),
    "patches": Text("更新プログラムの状態", "the state of updates"),
    "drives": Text("ドライブの状態", "the state of drives"),
    "temperature": Text("温度", "temperatures"),
    "disks": Text("ディスクの使用率", "how full disks are"),
    "memory": Text("メモリーの使用率", "how much memory is in use"),
    "hours": Text("稼働の記録", "a record of how it ran"),
    "status": Text("プリンターの状態", "the printer's status"),
    "supplies": Text("消耗品の残量", "what is left of supplies"),
    "reachable": Text("応答の有無", "whether it answers"),
    "state": Text("機器の状態", "the device's state"),
}
"""What evidence is of, for people."""


def needed(subject: Subject, evidence: tuple[Evidence, ...], *, is_equipment: bool) -> Evidence | None:
    """Return what must be known of a subject for an area; None where the area is none of its kind."""
    kind = subject.kind
    if is_equipment and kind != PRINTER_KIND:
        kind = "equipment"
    return next((each for each in evidence if kind in each.kinds), None)


def known_of(subject: Subject, month: Month, tables: Tables) -> frozenset[str]:
    """Return what is known of a subject at a month's end, by the names of `WORDS`.

    What a silent device told long ago says nothing about the month's end.
    """
    device, printer = month.devices.get(subject.id), month.printers.get(subject.id)
    equipment = month.equipment.get(subject.id)
    longest = timedelta(hours=tables.plan.silent_hours)
    found: set[str] = set()
    # A month that has just begun cannot have many hours.
    if month.presence.hours(subject.id) >= min(float(tables.weights.least_hours), month.hours / 4, 24.0):
        found.add("hours")
    if device is not None and month.end - device.last_seen < longest:
        found.update(_of_device(device))
    if printer is not None and month.end - printer.last_seen < longest:
        found.update(_of_printer(printer))
    if equipment is not None and month.end - equipment.last_seen < longest:
        found.update(_of_equipment(equipment))
    return frozenset(found)


def why_unknown(subject: Subject, month: Month, tables: Tables) -> Text:
    """Return why too little is known of a subject."""
    reading = month.devices.get(subject.id) or month.printers.get(subject.id) or month.equipment.get(subject.id)
    if reading is None:
        return Text("この期間のデータがありません", "no data came within this period")
    if month.end - reading.last_seen >= timedelta(hours=tables.plan.silent_hours):
        since = date_text(reading.last_seen)
        return Text(f"{since.ja}以降のデータがありません", f"No data came after {since.en}")
    return Text("必要な値が読み取れていません", "what it takes could not be read")


def missing(of: Evidence, known: frozenset[str]) -> tuple[Text, ...]:
    """Return what is not known, for people."""
    return tuple(WORDS[name] for name in of.of if name not in known)


def _of_device(reading: DeviceReading) -> Iterator[str]:
    for check in reading.checks:
        if check.name in _CHECKS and check.state is not State.UNKNOWN:
            yield check.name
    if any(drive.state is not Level.UNKNOWN for drive in reading.drives):
        yield "drives"
    if reading.temperature is not None:
        yield "temperature"
    if any(disk.used_percent is not None for disk in reading.disks):
        yield "disks"
    if reading.memory_percent is not None:
        yield "memory"


def _of_printer(reading: PrinterReading) -> Iterator[str]:
    if reading.status != "unknown" or reading.errors:
        yield "status"
    if any(supply.percent is not None or supply.state != "unknown" for supply in reading.supplies):
        yield "supplies"


def _of_equipment(reading: EquipmentReading) -> Iterator[str]:
    if reading.is_reachable is not None:
        yield "reachable"
    if reading.state != "unknown":
        yield "state"
