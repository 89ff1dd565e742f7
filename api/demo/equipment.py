"""Points of the simulated router, IP-PBX, UPS and NAS as the site's probe sees them."""

from collections.abc import Mapping
from dataclasses import dataclass

from api.demo import cast
from api.demo.calendar import activity, busy_hours
from api.demo.drives import drive_at
from api.demo.host import volume_percent
from api.demo.incidents import OFFICE, Incident
from api.demo.noise import jitter, smooth, unit
from api.demo.office import Office
from api.demo.poll import poll_point
from collectors.point import FieldValue, Point
from collectors.text import Text
from collectors.verdict import State, Verdict

NS = 10**9
_HOUR_S = 3600
_RUNTIME_S = 2_100.0
_OK = Verdict(State.OK, "ok", Text("正常に動作しています", "it works"))
_NO_ANSWER = Verdict(State.BAD, "no_answer", Text("応答がありません", "it does not answer"))
_ON_BATTERY = Verdict(
    State.BAD, "on_battery", Text("停電のためバッテリーで動作しています", "power is out; it runs on battery")
)
_BAD_SECTORS = Verdict(State.BAD, "bad_sectors", Text("不良セクターが増えています", "its bad sectors grow"))

Fields = dict[str, FieldValue]


@dataclass(frozen=True, slots=True)
class Equipment:
    """A device on the LAN that the probe watches.

    Attributes:
        key: stable id within the simulation.
        asset: serial number, the tag `asset`.
        kind: as the tag `kind` of `network_device`.
        name: sysName.
        model: for people.
        firmware: version.
    """

    key: str
    asset: str
    kind: str
    name: str
    model: str
    firmware: str


ROUTER = Equipment("router", "SR88A0711", "router", "RT-OFFICE", "SR-880", "Rev.15.04.2")
PBX = Equipment("pbx", "SP20B0093", "pbx", "PBX-01", "SP-20", "3.2.1")
UPS = Equipment("ups", "SU15C1207", "ups", "UPS-01", "SU-1500", "1.9")
NAS = Equipment("nas-snmp", "SN40D0412", "nas", "NAS-01", "SN-440", "7.2")
EQUIPMENT = (ROUTER, PBX, UPS, NAS)


def router(office: Office, moment_s: int) -> list[Point]:
    """Return the router and its two ports; the line to the internet is down in an incident."""
    load = activity(moment_s)
    online = office.active("internet_loss", OFFICE, moment_s) is None
    key = office.key(ROUTER.key, "load")
    fields: Fields = {
        "cpu_percent": round(4 + 11 * load + 2 * jitter(key, moment_s), 1),
        "memory_percent": round(38 + 3 * smooth(key, moment_s, _HOUR_S), 1),
        "sessions": int((60 + 900 * load) * (1 + 0.2 * smooth(key, moment_s, 600))) if online else 12,
        "interfaces_up": 1 + online,
    }
    busy, hours = busy_hours(moment_s) - busy_hours(office.history_start), (moment_s - office.history_start) / _HOUR_S
    received = int(9_000_000 * hours + 2_400_000_000 * busy)
    return [
        *_device(office, ROUTER, moment_s, _OK, fields),
        _port(office, moment_s, "lan1", True, in_octets=received // 6, out_octets=received),
        _port(office, moment_s, "wan1", online, in_octets=received, out_octets=received // 6),
    ]


def _port(office: Office, moment_s: int, name: str, up: bool, in_octets: int, out_octets: int) -> Point:
    load = activity(moment_s) * (1 + 0.4 * smooth(office.key(ROUTER.key, name), moment_s, 600))
    inward, outward = (9_000_000.0, 54_000_000.0) if name == "lan1" else (54_000_000.0, 9_000_000.0)
    fields: Fields = {
        "admin_state": "up",
        "oper_state": "up" if up else "down",
        "up": up,
        "speed_bps": 1_000_000_000,
        "in_octets": in_octets,
        "out_octets": out_octets,
        "in_bps": round(inward * load, 1) if up else 0.0,
        "out_bps": round(outward * load, 1) if up else 0.0,
        "in_percent": round(inward * load / 1e7, 3) if up else 0.0,
        "out_percent": round(outward * load / 1e7, 3) if up else 0.0,
        "in_errors": 0,
        "out_errors": 0,
    }
    tags = {"asset": ROUTER.asset, "interface": name, "type": "ethernetCsmacd"}
    return Point("network_interface", tags, fields, moment_s * NS)


def pbx(office: Office, moment_s: int) -> list[Point]:
    """Return the IP-PBX; in an outage nothing of it answers."""
    if office.active("pbx_outage", PBX.key, moment_s):
        silent: Fields = {**_NO_ANSWER.fields(), "sip_reachable": False}
        return [*_silent(PBX, moment_s), Point("pbx", {"asset": PBX.asset}, silent, moment_s * NS)]
    key = office.key(PBX.key, "calls")
    calls = int(5.5 * activity(moment_s) * unit(key, moment_s // 300))
    fields: Fields = {
        **_OK.fields(),
        "sip_reachable": True,
        "sip_response_ms": round(4.0 + 2.0 * unit(key, moment_s), 2),
        "registrations": 12,
        "registrations_failed": 0,
        "trunks": 4,
        "trunks_up": 4,
        "active_calls": min(calls, 4),
        "calls_max": 4,
        "calls": int(11 * (busy_hours(moment_s) - busy_hours(office.history_start))),
    }
    return [
        *_device(office, PBX, moment_s, _OK, {}),
        Point("pbx", {"asset": PBX.asset}, fields, moment_s * NS),
    ]


def ups(office: Office, moment_s: int) -> list[Point]:
    """Return the UPS: on battery while power is out, silent once that is empty, charging afterwards."""
    outage = office.active("power_outage", OFFICE, moment_s)
    if outage and moment_s - outage.start >= _RUNTIME_S:
        return _silent(UPS, moment_s)
    charge = _charge_percent(office.of("power_outage", OFFICE), moment_s)
    verdict = _ON_BATTERY if outage else _OK
    load = 31.0 + 6.0 * activity(moment_s) + smooth(office.key(UPS.key, "load"), moment_s, 900)
    fields: Fields = {
        **verdict.fields(),
        "status": "on_battery" if outage else "online",
        "battery_status": "low" if charge < 25 else "normal",
        "on_battery": outage is not None,
        "replace_battery": False,
        "battery_charge_percent": round(charge, 1),
        "runtime_s": round(_RUNTIME_S * charge / 100.0, 0),
        "on_battery_s": float(moment_s - outage.start) if outage else 0.0,
        "load_percent": round(load, 1),
        "input_voltage": 0.0 if outage else round(101.0 + jitter(office.key(UPS.key, "volt"), moment_s), 1),
        "output_voltage": 100.0,
        "temperature": round(27.0 + 2.0 * smooth(office.key(UPS.key, "temp"), moment_s, 4 * _HOUR_S), 1),
        "alarms": int(outage is not None),
    }
    return [*_device(office, UPS, moment_s, verdict, {}), Point("ups", {"asset": UPS.asset}, fields, moment_s * NS)]


def _charge_percent(outages: list[Incident], moment_s: int) -> float:
    charge = 100.0
    for outage in outages:
        if outage.start <= moment_s:
            end = outage.end or moment_s
            drained = min(moment_s, end) - outage.start
            recovered = 20.0 * max(0, moment_s - end) / _HOUR_S
            charge = min(100.0, max(0.0, 100.0 - 100.0 * drained / _RUNTIME_S) + recovered)
    return charge


def nas(office: Office, moment_s: int) -> list[Point]:
    """Return the NAS over SNMP: its volume, its RAID set and its drives, of which one fails slowly."""
    machine = cast.machine("nas")
    if not office.sends(machine, moment_s):
        return _silent(NAS, moment_s)
    volume = machine.volumes[0]
    percent = volume_percent(office, machine, volume, moment_s)
    used = int(volume.total * percent / 100.0)
    space: Fields = {**_OK.fields(), "total": volume.total, "used": used, "free": volume.total - used}
    space["used_percent"] = round(100.0 * used / volume.total, 3)
    tags = {"asset": NAS.asset, "volume": volume.path, "type": "volume"}
    raid: Fields = {**_OK.fields(), "level": "RAID 5", "status": "normal", "total": volume.total}
    return [
        *_device(office, NAS, moment_s, _OK, {}),
        Point("nas_volume", tags, space, moment_s * NS),
        Point("nas_raid", {"asset": NAS.asset, "raid": "md2"}, raid, moment_s * NS),
        *(_nas_disk(office, machine, number, moment_s) for number in range(len(machine.drives))),
    ]


def _nas_disk(office: Office, machine: cast.Machine, number: int, moment_s: int) -> Point:
    drive = drive_at(office, machine, machine.drives[number], moment_s)
    bad = next(each.raw or 0 for each in drive.attributes if each.id == 5)
    fields: Fields = {
        **(_BAD_SECTORS if bad else _OK).fields(),
        "status": "warning" if bad else "normal",
        "model": drive.model,
        "serial": drive.serial,
        "type": "SATA",
        "capacity": drive.capacity or 0,
        "temperature": float(drive.temperature or 0),
        "bad_sectors": bad,
    }
    return Point("nas_disk", {"asset": NAS.asset, "disk": f"Disk {number + 1}"}, fields, moment_s * NS)


def _device(
    office: Office, each: Equipment, moment_s: int, verdict: Verdict, more: Mapping[str, FieldValue]
) -> list[Point]:
    fields: Fields = {
        "reachable": True,
        **verdict.fields(),
        "name": each.name,
        "model": each.model,
        "serial": each.asset,
        "firmware": each.firmware,
        "uptime_s": float(moment_s - office.history_start),
        **more,
    }
    return [
        poll_point(office.key(each.key, "poll"), each.asset, each.name, each.kind, moment_s),
        Point("network_device", {"asset": each.asset, "kind": each.kind}, fields, moment_s * NS),
    ]


def _silent(each: Equipment, moment_s: int) -> list[Point]:
    fields: Fields = {"reachable": False, **_NO_ANSWER.fields(), "name": each.name, "model": each.model}
    return [
        poll_point(each.key, each.asset, each.name, each.kind, moment_s, answers=False),
        Point("network_device", {"asset": each.asset, "kind": each.kind}, fields, moment_s * NS),
    ]
