"""What the values of a device or printer mean: fine, needs attention, silent, or not known, and why.

The limits are the simple ones that a first look needs; graded diagnosis and tuned rules build on more.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from api.display.tokyo import span_text, time_text
from api.display.words import AMOUNT, PRINTER_ERROR, word
from api.readings.device import DeviceReading, Disk
from api.readings.drive import Drive
from api.readings.printer import PrinterReading, Supply
from collectors.inputs.smart.rules import Level
from collectors.text import Text
from collectors.verdict import State

DISK_FULL_PERCENT = 90.0
MEMORY_FULL_PERCENT = 95.0
HOT_CELSIUS = 90.0
"""Of processors and boards; drives are judged by SMART."""

_SCARCE = frozenset({"low", "empty", "almost_full", "full"})
"""States of a supply at which it is to be ordered or changed; the probe judges them."""

_TOLD_BY_SUPPLIES = frozenset({"low_toner", "no_toner"})
"""Errors that a supply tells more exactly."""

SILENT_ON_PAGE = timedelta(minutes=15)
"""On the status page: fifteen runs of an agent that sends every minute."""

PRINTER_SILENT_ON_PAGE = timedelta(minutes=30)
"""Of printers, which a probe asks every few minutes."""

SILENT_IN_REPORT = timedelta(hours=72)
"""In a report: a PC that is off over a weekend is not silent."""


class Health(StrEnum):
    """How a device or printer stands."""

    FINE = "fine"
    ATTENTION = "attention"
    SILENT = "silent"
    UNKNOWN = "unknown"


URGENCY = (Health.ATTENTION, Health.SILENT, Health.UNKNOWN, Health.FINE)
"""The order in which a reader wants to see them."""


@dataclass(frozen=True, slots=True)
class Condition:
    """How something stands, and why.

    Attributes:
        health: the state.
        reasons: why, for people; empty if fine.
    """

    health: Health
    reasons: tuple[Text, ...] = ()


NEVER_SEEN = Condition(Health.UNKNOWN, (Text("データが一度も届いていません", "no data has arrived"),))


def device_condition(reading: DeviceReading | None, now: datetime, silent_after: timedelta) -> Condition:
    """Judge a device.

    Args:
        reading: its newest values; None if there are none.
        now: the time as of which it is judged.
        silent_after: from which age of the newest point it counts as silent.
    """
    sends = sender_condition(reading, now, silent_after)
    if reading is None or sends.health is not Health.FINE:
        return sends
    reasons = tuple(_device_reasons(reading))
    if reasons:
        return Condition(Health.ATTENTION, reasons)
    if not _measured(reading):
        return Condition(Health.UNKNOWN, (Text("測定値が届いていません", "no measured values have arrived"),))
    return Condition(Health.FINE)


def sender_condition(reading: DeviceReading | None, now: datetime, silent_after: timedelta) -> Condition:
    """Judge a device of which only matters that it sends, such as a probe; see `device_condition`."""
    if reading is None:
        return NEVER_SEEN
    if now - reading.last_seen >= silent_after:
        return Condition(Health.SILENT, (silent_since(reading.last_seen, now),))
    return Condition(Health.FINE)


def silent_since(last_seen: datetime, now: datetime) -> Text:
    """Return since when, and for how long, nothing has come."""
    since, span = time_text(last_seen), span_text(now - last_seen)
    return Text(f"{since.ja}から応答なし（{span.ja}）", f"silent since {since.en} ({span.en})")


def printer_condition(reading: PrinterReading, now: datetime, silent_after: timedelta) -> Condition:
    """Judge a printer by what it detects of itself and by what is left in it; see `device_condition`."""
    if now - reading.last_seen >= silent_after:
        return Condition(Health.SILENT, (silent_since(reading.last_seen, now),))
    reasons = tuple(_printer_reasons(reading))
    if reasons:
        return Condition(Health.ATTENTION, reasons)
    if reading.status == "unknown" and not reading.supplies:
        return Condition(Health.UNKNOWN, (Text("プリンターが状態を返しません", "the printer does not tell its state"),))
    return Condition(Health.FINE)


def _printer_reasons(reading: PrinterReading) -> Iterator[Text]:
    told = _TOLD_BY_SUPPLIES if any(_is_scarce_toner(supply) for supply in reading.supplies) else frozenset()
    yield from (word(PRINTER_ERROR, error) for error in reading.errors if error not in told)
    for supply in reading.supplies:
        if supply.state in _SCARCE:
            yield _supply_reason(supply)
        elif supply.alert:
            name = supply.name
            yield Text(f"{name.ja}：プリンターが警告を出しています", f"{name.en}: the printer warns of it")


def _is_scarce_toner(supply: Supply) -> bool:
    return supply.state in _SCARCE and not supply.is_receptacle


def _measured(reading: DeviceReading) -> bool:
    numbers = (reading.cpu_percent, reading.memory_percent)
    return any(number is not None for number in numbers) or bool(reading.disks or reading.drives or reading.checks)


def _device_reasons(reading: DeviceReading) -> Iterator[Text]:
    for drive in reading.drives:
        if drive.state in (Level.WARNING, Level.FAILING):
            yield _drive_reason(drive)
    for check in reading.checks:
        if check.state is State.BAD:
            yield Text(f"{check.title.ja}：{check.reason.ja}", f"{check.title.en}: {check.reason.en}")
    for disk in reading.disks:
        if disk.used_percent is not None and disk.used_percent >= DISK_FULL_PERCENT:
            yield _disk_reason(disk, disk.used_percent)
    if reading.memory_percent is not None and reading.memory_percent >= MEMORY_FULL_PERCENT:
        used = f"{reading.memory_percent:.0f}%"
        yield Text(f"メモリーの{used}を使用中", f"{used} of memory is in use")
    if reading.temperature and reading.temperature.celsius >= HOT_CELSIUS:
        degrees = f"{reading.temperature.celsius:.0f} °C"
        yield Text(f"温度が{degrees}（{reading.temperature.sensor}）", f"{reading.temperature.sensor} is at {degrees}")


def _drive_reason(drive: Drive) -> Text:
    return Text(f"ドライブ {drive.name}：{drive.reason.ja}", f"drive {drive.name}: {drive.reason.en}")


def _disk_reason(disk: Disk, used: float) -> Text:
    return Text(f"ディスク {disk.name} の使用率が{used:.0f}%", f"disk {disk.name} is {used:.0f}% full")


def _supply_reason(supply: Supply) -> Text:
    name, state = supply.name, AMOUNT[supply.state]
    if supply.percent is None or supply.state in {"empty", "full"}:
        return Text(f"{name.ja}：{state.ja}", f"{name.en}: {state.en}")
    left = f"{supply.percent:.0f}%"
    if supply.is_receptacle:
        return Text(f"{name.ja}：{state.ja}（空き{left}）", f"{name.en}: {state.en} ({left} of its room left)")
    return Text(f"{name.ja}：{state.ja}（{left}）", f"{name.en}: {state.en} ({left})")
