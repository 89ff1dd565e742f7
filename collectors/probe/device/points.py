"""Equipment as points; see `declaration` for names and units. What is not told is left out."""

from collections.abc import Iterator, Mapping
from typing import Final

from collectors.point import FieldValue, Point
from collectors.probe.device.judge import part_verdict, pbx_verdict, ups_verdict
from collectors.probe.device.model import Device, Disk, Interface, Raid, Sensor, System, Volume
from collectors.probe.device.rates import Sample, rates

_STORED_VOLUMES: Final = {"nas", "server", "pbx", "unknown"}
"""Kinds whose volumes are stored: the read-only images and flash of routers and switches are full by design."""

_PASSING: Final = ("ram_disk", "removable_disk")
_LOOPBACK: Final = "softwareLoopback"
_MOST_INTEGER: Final = 2**63 - 1
_NAMES: Final = {"in_octets": "in_bps", "out_octets": "out_bps"}
_PER_SECOND: Final = ("in_errors", "out_errors", "in_discards", "out_discards")

Fields = Mapping[str, FieldValue | None]


def to_points(device: Device, time_s: float, before: Mapping[str, Sample]) -> list[Point]:
    """Return what is stored of a device.

    Args:
        device: the reading.
        time_s: when it was read, on a clock that never goes back.
        before: the previous samples by interface name, for the rates.
    """
    return list(_points(device, time_s, before))


def samples(device: Device, time_s: float) -> dict[str, Sample]:
    """Return the counters by interface name, for the next reading's rates."""
    return {
        port.name: Sample(time_s, device.uptime_ticks, port.discontinuity, port.speed_bps, port.counters, port.wide)
        for port in device.interfaces
    }


def _points(device: Device, time_s: float, before: Mapping[str, Sample]) -> Iterator[Point]:
    asset = {"asset": device.system.asset}
    yield _point("network_device", {**asset, "kind": device.system.kind}, _device_fields(device))
    now = samples(device, time_s)
    for port in device.interfaces:
        if port.type == _LOOPBACK:
            continue
        grown = rates(before[port.name], now[port.name]) if port.name in before else {}
        tags = {**asset, "interface": port.name, "type": port.type}
        yield _point("network_interface", tags, {**_port_fields(port), **_rate_fields(grown, port.speed_bps)})
    if device.system.kind in _STORED_VOLUMES:
        for volume in device.volumes:
            if volume.type not in _PASSING and not volume.same_as:
                tags = {**asset, "volume": volume.name, "type": volume.type}
                yield _point("nas_volume", tags, _volume_fields(volume))
    for disk in device.disks:
        yield _point("nas_disk", {**asset, "disk": disk.name}, _disk_fields(disk))
    for raid in device.raids:
        yield _point("nas_raid", {**asset, "raid": raid.name}, _raid_fields(raid))
    for sensor in device.sensors:
        yield _point("sensor", {**asset, "sensor": sensor.name, "kind": sensor.kind}, _sensor_fields(sensor))
    if device.ups:
        yield _point("ups", asset, {**device.ups, **ups_verdict(device.ups).fields()})
    if device.pbx or device.system.kind == "pbx":
        yield _point("pbx", asset, {**device.pbx, **pbx_verdict(device.pbx).fields()})


def _point(measurement: str, tags: Mapping[str, str], fields: Fields) -> Point:
    told = {name: value for name, value in fields.items() if value is not None}
    return Point(measurement, {name: value for name, value in tags.items() if value}, told)


def identity_fields(who: System) -> dict[str, FieldValue | None]:
    """Return the fields of `network_device` that tell which device it is."""
    return {
        "name": who.name or None,
        "description": who.description or None,
        "location": who.location or None,
        "maker": who.maker or None,
        "model": who.model or None,
        "serial": who.serial or None,
        "mac": who.mac or None,
        "firmware": who.firmware or None,
    }


def _device_fields(device: Device) -> Fields:
    return {
        "reachable": True,
        **device.verdict.fields(),
        **identity_fields(device.system),
        "uptime_s": device.system.uptime_s,
        **device.facts,
    }


def _port_fields(port: Interface) -> Fields:
    return {
        "index": port.index,
        "description": port.description or None,
        "alias": port.alias or None,
        "mac": port.mac or None,
        "admin_state": port.admin_state or None,
        "oper_state": port.oper_state or None,
        "up": port.oper_state == "up" if port.oper_state else None,
        "speed_bps": port.speed_bps,
        "duplex": port.duplex or None,
        "mtu": port.mtu,
        # InfluxDB's integers end at 2**63 - 1; the rates are right beyond it too.
        **{name: value for name, value in port.counters.items() if value <= _MOST_INTEGER},
        "poe_state": port.poe_state or None,
        "poe_power": port.poe_power,
    }


def _rate_fields(grown: Mapping[str, float], speed_bps: int | None) -> Fields:
    fields: dict[str, FieldValue | None] = {
        name: grown[octets] * 8 for octets, name in _NAMES.items() if octets in grown
    }
    for octets, name in _NAMES.items():
        if octets in grown and speed_bps:
            percent = 100.0 * grown[octets] * 8 / speed_bps
            # Tunnels and dial-up links tell speeds that are not theirs.
            fields[name.replace("_bps", "_percent")] = percent if percent <= 100.0 else None
    fields.update({f"{name}_per_s": grown[name] for name in _PER_SECOND if name in grown})
    return fields


def _verdict_fields(part: Volume | Disk | Raid) -> Fields:
    told = part_verdict(part.status, part.state).fields() if part.state else {}
    return {**told, "status": part.status or None}


def _volume_fields(volume: Volume) -> Fields:
    return {
        "total": volume.total,
        "used": volume.used,
        "free": volume.free,
        "used_percent": volume.percent,
        **_verdict_fields(volume),
    }


def _disk_fields(disk: Disk) -> Fields:
    return {
        **_verdict_fields(disk),
        "health": disk.health or None,
        "model": disk.model or None,
        "serial": disk.serial or None,
        "type": disk.type or None,
        "capacity": disk.capacity,
        "temperature": disk.temperature,
        "life_percent": disk.life_percent,
        "bad_sectors": disk.bad_sectors,
    }


def _raid_fields(raid: Raid) -> Fields:
    return {
        **_verdict_fields(raid),
        "level": raid.level or None,
        "total": raid.total,
        "free": raid.free,
        "progress_percent": raid.progress,
    }


def _sensor_fields(sensor: Sensor) -> Fields:
    return {
        "value": sensor.value,
        "unit": sensor.unit or None,
        "state": None if sensor.state is None else sensor.state.value,
        "state_code": None if sensor.state is None else sensor.state.code,
        "status": sensor.status or None,
    }
