"""Raw answers to a `Printer`: pure, whatever is missing."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from collectors.probe.octets import CHARSETS, bits_of, number_of
from collectors.probe.printer import mib, parts
from collectors.probe.printer.amounts import amount
from collectors.probe.printer.identity import identity, makers_of
from collectors.probe.printer.makers import LevelItem, Maker, RecordRule
from collectors.probe.printer.model import Printer, Status, Supply
from collectors.probe.printer.raw import RawPrinter
from collectors.probe.snmp import TimeTicks, Value

_END_OF_RECORDS: Final = 0xFF


def to_printer(raw: RawPrinter) -> Printer:
    """Return what the answers mean."""
    known = makers_of(raw.objects)
    charset = charset_of(raw.objects)
    uptime = raw.objects.get("sysUpTime")
    alerts = parts.alerts(raw.alerts, uptime if isinstance(uptime, TimeTicks) else None, charset)
    supplies = parts.supplies(raw.supplies, raw.colorants, alerts, known, charset)
    pages = number_of(raw.objects.get("prtMarkerLifeCount"))
    return Printer(
        identity=identity(raw.objects, raw.extra, raw.interfaces, raw.address, charset),
        status=status(raw.objects),
        page_count=pages if pages is not None and pages >= 0 else None,
        page_count_unit=mib.word(mib.UNIT, number_of(raw.objects.get("prtMarkerCounterUnit"))),
        counters=_counters(raw.extra, known),
        supplies=tuple(_with_records(supplies, raw.extra, known)),
        trays=parts.trays(raw.trays, charset),
        alerts=alerts,
        partial=raw.partial,
    )


def charset_of(objects: Mapping[str, Value]) -> str:
    """Return the Python codec of the character set that the device names; "" if it names none that is known."""
    return CHARSETS.get(number_of(objects.get("prtLocalizationCharacterSet")) or 0, "")


def status(objects: Mapping[str, Value]) -> Status:
    """Return how the device is, from the combinations that RFC 3805 gives for the overall printer status.

    hrDeviceStatus tells whether it works, hrPrinterStatus what it does, and both together what neither tells alone:
    running and other is standby; down and other is off-line or stopped.
    """
    device = mib.word(mib.DEVICE_STATUS, number_of(objects.get("hrDeviceStatus")))
    printer = mib.word(mib.PRINTER_STATUS, number_of(objects.get("hrPrinterStatus")))
    errors = bits_of(objects.get("hrPrinterDetectedErrorState"), mib.DETECTED_ERRORS)
    return Status(_word(device, printer, errors or []), device, printer, None if errors is None else tuple(errors))


def _word(device: str | None, printer: str | None, errors: list[str]) -> str:
    if printer in ("printing", "warmup"):
        return printer
    if device == "down":
        return "offline" if "offline" in errors else "down"
    if printer == "idle":
        return "offline" if "offline" in errors and device != "running" else "idle"
    if printer == "other" and device == "running":
        return "standby"
    return device if device and printer in (None, "unknown", "other") else printer or "unknown"


def _counters(extra: Mapping[str, Value], known: Iterable[Maker]) -> dict[str, int]:
    found: dict[str, int] = {}
    for maker in known:
        for rule in maker.records:
            items = _records(extra.get(f"record {rule.oid}"))
            for item, counter in rule.counters.items():
                if item in items:
                    found.setdefault(counter, items[item])
        names = maker.counters.oids if maker.counters else {}
        for name in names:
            count = number_of(extra.get(f"counter {name}"))
            if count is not None and count >= 0:
                found.setdefault(name, count)
    return found


def _records(value: Value | None) -> dict[int, int]:
    """Return item number to value of packed records; what is cut at the end is left out."""
    found: dict[int, int] = {}
    data = value if isinstance(value, bytes) else b""
    position = 0
    while position + 3 <= len(data) and data[position] != _END_OF_RECORDS:
        item, size = data[position], data[position + 2]
        content = data[position + 3 : position + 3 + size]
        if len(content) < size:
            break
        found[item] = int.from_bytes(content, "big")
        position += 3 + size
    return found


def _with_records(supplies: Iterable[Supply], extra: Mapping[str, Value], known: Iterable[Maker]) -> Iterable[Supply]:
    """Give supplies that have no percentage the one that the maker's own records tell."""
    rules = [(rule, _records(extra.get(f"record {rule.oid}"))) for maker in known for rule in maker.records]
    for supply in supplies:
        percent = None if supply.amount.percent is not None or supply.ghost else _recorded_percent(supply, rules)
        if percent is None:
            yield supply
        else:
            told = amount(round(percent), 100, mib.PERCENT)
            yield replace(supply, amount=replace(told, percent=percent), unit=mib.PERCENT, source="maker")


def _recorded_percent(supply: Supply, rules: Iterable[tuple[RecordRule, dict[int, int]]]) -> float | None:
    for rule, items in rules:
        for item, meant in rule.levels.items():
            value = items.get(item)
            if value is not None and 0 <= value <= 100 * rule.scale and _is_meant(supply, meant):
                return value / rule.scale
    return None


def _is_meant(supply: Supply, meant: LevelItem) -> bool:
    # A device with one colour need not name it.
    return supply.type in meant.type and (supply.color or "black") == meant.color
