"""Equipment as JSON: the form of `karte probe device --json`, whose names are kept stable. null is what is not told."""

from collections.abc import Callable
from typing import Any

from collectors.probe.device.declaration import NETWORK_DEVICE
from collectors.probe.device.judge import pbx_verdict, ups_verdict
from collectors.probe.device.model import Device, Disk, Facts, Interface, Raid, Sensor, System, Volume
from collectors.probe.printer.model import Identity
from collectors.verdict import VERDICT_FIELDS, Verdict

_OF_SYSTEM = {"reachable", "name", "description", "location", "maker", "model", "serial", "mac", "firmware", "uptime_s"}
_FACTS = [each.name for each in NETWORK_DEVICE.fields if each.name not in _OF_SYSTEM and each not in VERDICT_FIELDS]
_SEE_PRINTER = "karte probe printer"


def to_document(device: Device) -> dict[str, Any]:
    """Return the device as JSON values."""
    return {
        "system": system(device.system),
        **_verdict(device.verdict),
        **{name: device.facts.get(name) for name in _FACTS},
        "interfaces": [_interface(each) for each in device.interfaces],
        "storage": [_volume(each) for each in device.volumes],
        "disks": [_disk(each) for each in device.disks],
        "raids": [_raid(each) for each in device.raids],
        "sensors": [_sensor(each) for each in device.sensors],
        "ups": _group(device.ups, ups_verdict),
        "pbx": _group(device.pbx, pbx_verdict),
        "partial": list(device.partial),
        "notes": list(device.notes),
    }


def with_printer(document: dict[str, Any], who: Identity, address: str) -> dict[str, Any]:
    """Return the document of a printer: who it is as the printer's own MIB tells, and where the rest is to be had."""
    told = {
        "asset": who.asset,
        "name": who.name,
        "maker": who.maker,
        "model": who.model,
        "serial": who.serial,
        "mac": who.mac,
    }
    own = {name: text for name, text in told.items() if text}
    return {**document, "system": {**document["system"], **own, "kind": "printer"}, "see": f"{_SEE_PRINTER} {address}"}


def system(who: System) -> dict[str, Any]:
    """Return which device it is."""
    return {
        "asset": who.asset,
        "kind": who.kind,
        "name": who.name or None,
        "description": who.description or None,
        "location": who.location or None,
        "maker": who.maker or None,
        "model": who.model or None,
        "serial": who.serial or None,
        "firmware": who.firmware or None,
        "mac": who.mac or None,
        "uptime_s": who.uptime_s,
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "state": verdict.state.value,
        "reason_code": verdict.code,
        "reason": {"ja": verdict.reason.ja, "en": verdict.reason.en},
    }


def _group(facts: Facts, judge: Callable[[Facts], Verdict]) -> dict[str, Any]:
    return {**facts, **_verdict(judge(facts))} if facts else {}


def _interface(port: Interface) -> dict[str, Any]:
    return {
        "index": port.index,
        "name": port.name,
        "description": port.description or None,
        "alias": port.alias or None,
        "type": port.type or None,
        "mac": port.mac or None,
        "admin_state": port.admin_state or None,
        "oper_state": port.oper_state or None,
        "up": None if not port.oper_state else port.oper_state == "up",
        "speed_bps": port.speed_bps,
        "duplex": port.duplex or None,
        "mtu": port.mtu,
        **port.counters,
        "poe_state": port.poe_state or None,
    }


def _state(part: Disk | Raid | Sensor | Volume) -> dict[str, Any]:
    return {"status": part.status or None, "state": None if part.state is None else part.state.value}


def _volume(volume: Volume) -> dict[str, Any]:
    return {
        "name": volume.name,
        "type": volume.type,
        "total": volume.total,
        "used": volume.used,
        "free": volume.free,
        "used_percent": volume.percent,
        **_state(volume),
        "same_as": volume.same_as or None,
    }


def _disk(disk: Disk) -> dict[str, Any]:
    return {
        "name": disk.name,
        **_state(disk),
        "health": disk.health or None,
        "model": disk.model or None,
        "serial": disk.serial or None,
        "type": disk.type or None,
        "capacity": disk.capacity,
        "temperature": disk.temperature,
        "life_percent": disk.life_percent,
        "bad_sectors": disk.bad_sectors,
    }


def _raid(raid: Raid) -> dict[str, Any]:
    return {
        "name": raid.name,
        **_state(raid),
        "level": raid.level or None,
        "total": raid.total,
        "free": raid.free,
        "progress_percent": raid.progress,
    }


def _sensor(sensor: Sensor) -> dict[str, Any]:
    return {"name": sensor.name, "kind": sensor.kind, "value": sensor.value, "unit": sensor.unit, **_state(sensor)}
