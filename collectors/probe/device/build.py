"""Raw answers to a `Device`: pure, whatever is missing or wrong."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from collectors.probe.asset import asset_id, real_serial
from collectors.probe.device import mib
from collectors.probe.device.convert import Notes
from collectors.probe.device.facts import as_facts, facts_of, merged
from collectors.probe.device.identify import Identification
from collectors.probe.device.interfaces import interfaces
from collectors.probe.device.judge import device_verdict
from collectors.probe.device.model import Device, Facts, Interface, System, Volume
from collectors.probe.device.parts import Parts
from collectors.probe.device.raw import RawDevice
from collectors.probe.device.storage import memory, volumes
from collectors.probe.octets import mac_of, text_of
from collectors.probe.snmp import TimeTicks, Value

_PHYSICAL: Final = ("ethernetCsmacd", "gigabitEthernet", "fastEther", "iso88023Csmacd")
_LOOPBACK: Final = "softwareLoopback"
_LOCALLY_ADMINISTERED: Final = 0x02
"""Bit of the first octet of an EUI-48 (IEEE 802)."""

_MODEL_ALONE: Final = re.compile(
    r"(?P<model>(?=\S*\d)(?=\S*[A-Z])[A-Za-z][\w/+.-]{2,39})(?:,?\s+(?:v\.?|ver\.?|version|rev\.?)?\s*\d[\w.()-]*)?",
    re.IGNORECASE,
)
"""A description that is nothing but a model, perhaps with a version behind it."""


def to_device(raw: RawDevice, known: Identification) -> Device:
    """Return what the answers mean."""
    notes = Notes()
    parts = Parts(known.files, raw, notes)
    found = merged([*(facts_of(rules, raw, notes) for rules in known.files), _host_memory(raw, notes)])
    ports = interfaces(raw.interfaces, raw.poe)
    filled = _volumes(parts.volumes, volumes(raw.storage, notes))
    ups, pbx = _with_battery(_group(found, "ups")), _group(found, "pbx")
    uptime = raw.objects.get(mib.SYS_UPTIME)
    return Device(
        system=_system(raw, known, _texts(found), ports),
        verdict=device_verdict([*parts.raids, *parts.disks, *filled, *parts.sensors], ups, pbx),
        facts=_facts(found, ports),
        interfaces=ports,
        volumes=filled,
        disks=tuple(parts.disks),
        raids=tuple(parts.raids),
        sensors=tuple(parts.sensors),
        ups=ups,
        pbx=pbx,
        uptime_ticks=int(uptime) if isinstance(uptime, TimeTicks) else None,
        partial=raw.partial,
        notes=tuple(notes.texts),
    )


def _host_memory(raw: RawDevice, notes: Notes) -> Facts:
    found = memory(raw.storage, notes)
    return as_facts(found) if found else {}


def _group(found: Facts, group: str) -> Facts:
    return {name.partition(".")[2]: value for name, value in found.items() if name.startswith(f"{group}.")}


def _texts(found: Facts) -> dict[str, str]:
    return {name: str(value).strip() for name, value in _group(found, "system").items()}


def _volumes(own: Sequence[Volume], host: Iterable[Volume]) -> tuple[Volume, ...]:
    """Join what the maker's MIB and the standard one tell; a volume of the same name is the maker's."""
    names = {each.name for each in own}
    return (*own, *(each for each in host if each.name not in names))


def _facts(found: Facts, ports: Sequence[Interface]) -> Facts:
    facts = _group(found, "device")
    power, budget = facts.get("poe_power"), facts.get("poe_budget")
    if isinstance(power, float) and isinstance(budget, float) and budget > 0:
        facts.setdefault("poe_percent", round(100.0 * power / budget, 2))
    told = [each for each in ports if each.oper_state]
    if told:
        facts["interfaces_up"] = sum(each.oper_state == "up" and each.type != _LOOPBACK for each in told)
    return facts


def _with_battery(ups: Facts) -> Facts:
    status = ups.get("status")
    if isinstance(status, str) and status not in ("unknown", "other") and not status.startswith("code "):
        ups.setdefault("on_battery", status == "on_battery")
    return ups


def _system(raw: RawDevice, known: Identification, told: Mapping[str, str], ports: Sequence[Interface]) -> System:
    engine = raw.objects.get(mib.ENGINE_ID)
    serial, mac = real_serial(told.get("serial", "")), _mac(told, ports, raw.objects)
    return System(
        asset=asset_id(serial, mac, engine if isinstance(engine, bytes) else b"", raw.address),
        kind=known.kind,
        name=text_of(raw.objects.get(mib.SYS_NAME)),
        description=text_of(raw.objects.get(mib.SYS_DESCR)),
        location=text_of(raw.objects.get(mib.SYS_LOCATION)),
        maker=known.maker or told.get("maker", "") or known.agent_maker,
        model=told.get("model", "") or _model_alone(text_of(raw.objects.get(mib.SYS_DESCR))),
        serial=serial,
        firmware=told.get("firmware", ""),
        mac=mac,
        uptime_s=_uptime_s(raw.objects),
    )


def _mac(told: Mapping[str, str], ports: Sequence[Interface], objects: Mapping[str, Value]) -> str:
    """Return the address of the first port, which stays the same whatever is plugged in; else the bridge's.

    A port whose address its maker gave comes before one whose address was made up, perhaps anew at each start.
    """
    physical = [each.mac for each in ports if each.mac and each.type in _PHYSICAL]
    others = [each.mac for each in ports if each.mac and each.type != _LOOPBACK]
    given = [each for each in physical if not int(each[:2], 16) & _LOCALLY_ADMINISTERED]
    found = next(iter((*given, *physical, *others)), "")
    return found or mac_of(objects.get(mib.BRIDGE_ADDRESS)) or told.get("mac", "")


def _model_alone(description: str) -> str:
    """Return the model, where the description is nothing else; "" if it says more."""
    found = _MODEL_ALONE.fullmatch(description)
    return found["model"] if found else ""


def _uptime_s(objects: Mapping[str, Value]) -> float | None:
    """Return how long the host is up; where only the SNMP agent's time is told, that."""
    for name in (mib.HR_SYSTEM_UPTIME, mib.SYS_UPTIME):
        told = objects.get(name)
        if isinstance(told, TimeTicks):
            return told / 100
    return None
