"""A printer as JSON: the form of `karte probe printer --json`, whose names are kept stable."""

from typing import Any

from collectors.probe.printer.model import Alert, Amount, Printer, Supply, Tray


def to_document(printer: Printer) -> dict[str, Any]:
    """Return the printer as JSON values; null is what the device does not tell."""
    who, status = printer.identity, printer.status
    return {
        "system": {
            "asset": who.asset,
            "name": who.name or None,
            "description": who.description or None,
            "location": who.location or None,
            "maker": who.maker or None,
            "model": who.model or None,
            "serial": who.serial or None,
            "mac": who.mac or None,
            "uptime_s": who.uptime_s,
        },
        "status": status.word,
        "device_status": status.device,
        "printer_status": status.printer,
        "errors": None if status.errors is None else list(status.errors),
        "page_count": printer.page_count,
        "page_count_unit": printer.page_count_unit,
        "counters": printer.counters,
        "supplies": [_supply(each) for each in printer.supplies],
        "trays": [_tray(each) for each in printer.trays],
        "alerts": [_alert(each) for each in printer.alerts],
        "partial": list(printer.partial),
    }


def _amount(amount: Amount) -> dict[str, Any]:
    return {
        "capacity": amount.capacity,
        "level": amount.level,
        "percent": amount.percent,
        "state": amount.state.value,
    }


def _supply(supply: Supply) -> dict[str, Any]:
    return {
        "index": supply.index,
        "description": supply.description,
        "type": supply.type,
        "color": supply.color or None,
        "class": supply.supply_class,
        "unit": supply.unit,
        **_amount(supply.amount),
        "step_percent": supply.step_percent,
        "ghost": supply.ghost,
        "alert": supply.alert or None,
        "source": supply.source,
    }


def _tray(tray: Tray) -> dict[str, Any]:
    return {
        "index": tray.index,
        "name": tray.name or None,
        "type": tray.type,
        "manual": tray.manual,
        "media": tray.media or None,
        "unit": tray.unit,
        **_amount(tray.amount),
        "available": tray.available,
    }


def _alert(alert: Alert) -> dict[str, Any]:
    return {
        "index": alert.index,
        "severity": alert.severity,
        "training": alert.training,
        "group": alert.group,
        "group_index": alert.group_index,
        "location": alert.location,
        "code": alert.code,
        "description": alert.description,
        "age_s": alert.age_s,
    }
