"""A printer as points. Rows that stand for nothing are left out, and so is every value that is not told."""

import re
from collections.abc import Iterator, Mapping

from collectors.point import FieldValue, Point
from collectors.probe.printer.model import Amount, Printer, Supply, Tray
from collectors.probe.printer.parts import CONSUMED, RECEPTACLE

_CLASS = {CONSUMED: "consumed", RECEPTACLE: "receptacle"}


def to_points(printer: Printer) -> list[Point]:
    """Return the printer, its supplies, trays and alerts; see `declaration` for names and units."""
    return list(_points(printer))


def _points(printer: Printer) -> Iterator[Point]:
    asset = {"asset": printer.identity.asset}
    yield Point("printer", asset, _told(_printer_fields(printer)))
    for supply in printer.supplies:
        if not supply.ghost:
            yield Point("printer_supply", {**asset, **_supply_tags(supply)}, _told(_supply_fields(supply)))
    for tray in printer.trays:
        yield Point("printer_tray", {**asset, "index": str(tray.index)}, _told(_tray_fields(tray)))
    # prtAlertIndex grows with every alert in the device's life; as a tag it would make a new series each time.
    for position, alert in enumerate(printer.alerts):
        fields: dict[str, FieldValue | None] = {
            "severity": alert.severity or "other",
            "training": alert.training,
            "group": alert.group,
            "group_index": alert.group_index,
            "code": alert.code,
            "description": alert.description or None,
            "age": alert.age_s,
        }
        yield Point("printer_alert", {**asset, "index": str(position)}, _told(fields))


def _printer_fields(printer: Printer) -> dict[str, FieldValue | None]:
    who, status = printer.identity, printer.status
    return {
        "name": who.name or None,
        "description": who.description or None,
        "location": who.location or None,
        "maker": who.maker or None,
        "model": who.model or None,
        "serial": who.serial or None,
        "mac": who.mac or None,
        "status": status.word,
        "device_status": status.device,
        "printer_status": status.printer,
        # "" says that there is no error now; absent would leave the last one standing.
        "errors": None if status.errors is None else ",".join(status.errors),
        "uptime": who.uptime_s,
        "page_count": printer.page_count,
        "page_count_unit": printer.page_count_unit,
        **{f"count_{name}": count for name, count in printer.counters.items()},
    }


def _supply_tags(supply: Supply) -> dict[str, str]:
    return {
        "index": str(supply.index),
        "type": snake(supply.type or ""),
        "color": supply.color,
        "class": _CLASS.get(supply.supply_class or "", supply.supply_class or ""),
    }


def _supply_fields(supply: Supply) -> dict[str, FieldValue | None]:
    return {
        "description": supply.description or None,
        **_amount_fields(supply.amount, supply.unit),
        "step_percent": supply.step_percent,
        "alert": supply.alert,
        "source": supply.source,
    }


def _tray_fields(tray: Tray) -> dict[str, FieldValue | None]:
    return {
        "name": tray.name or None,
        "type": tray.type,
        "media": tray.media or None,
        "manual": tray.manual,
        **_amount_fields(tray.amount, tray.unit),
        "available": tray.available,
    }


def _amount_fields(amount: Amount, unit: str | None) -> dict[str, FieldValue | None]:
    return {
        "percent": amount.percent,
        "level": amount.level,
        "capacity": amount.capacity,
        "unit": unit,
        "state": amount.state.value,
    }


def _told(fields: Mapping[str, FieldValue | None]) -> dict[str, FieldValue]:
    return {name: value for name, value in fields.items() if value is not None}


def snake(word: str) -> str:
    """Return a MIB's word as InfluxDB names are written: `wasteToner` becomes `waste_toner`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", word).lower()
