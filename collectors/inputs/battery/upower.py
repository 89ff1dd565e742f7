"""`upower -i` and `upower -d`: numbers follow the locale, so a comma may stand for the decimal point."""

import re
from collections.abc import Mapping

from collectors.inputs.battery.cell import Battery, capacity, cycles, percent
from collectors.scalar import as_int, as_text

_PROPERTY = re.compile(r"(?P<indent> *)(?P<name>[a-z][a-z -]*[a-z]): +(?P<value>\S.*)")
_KIND = re.compile(r" +(?P<kind>[a-z][a-z -]*)")
_NUMBER = re.compile(r"(?P<number>\d{1,9}(?:[.,]\d{1,9})?) ?(?P<unit>Wh|%|)")
_STATES = frozenset({"charging", "discharging", "fully-charged", "empty"})
_PENDING = ("pending-charge", "pending-discharge")

Device = dict[str, str]


def is_upower(text: str) -> bool:
    """Tell whether a text is upower's."""
    return re.search(r"^ *native-path: ", text, re.MULTILINE) is not None


def read(text: str) -> list[Battery]:
    """Return the computer's batteries; those of mice and keyboards ("power supply: no") are left out."""
    devices = _devices(text)
    mains = [device["online"] for device in devices if "line-power" in device and "online" in device]
    on_mains = "yes" in mains if mains else None
    return [_battery(device, on_mains) for device in devices if _is_battery(device)]


def _devices(text: str) -> list[Device]:
    devices: list[Device] = []
    # A last line without its end may hold half a number.
    lines = text.replace("\r", "").split("\n")
    for line in lines if not any(map(str.isdigit, lines[-1])) else lines[:-1]:
        found = _PROPERTY.fullmatch(line.rstrip())
        kind = _KIND.fullmatch(line.rstrip())
        if found and found["name"] == "native-path":
            devices.append({})
        if devices and found:
            devices[-1].setdefault(found["name"], found["value"].strip())
        elif devices and kind:
            devices[-1][kind["kind"]] = ""
    return devices


def _is_battery(device: Device) -> bool:
    whole = "battery" in device and device.get("power supply") == "yes"
    return whole and device.get("present", "yes") != "no" and "DisplayDevice" not in device["native-path"]


def _battery(device: Device, on_mains: bool | None) -> Battery:
    state = device.get("state", "")
    return Battery(
        name=as_text(device["native-path"].rpartition("/")[2], 60) or "battery",
        model=as_text(device.get("model"), limit=60),
        status=state if state in _STATES else "not-charging" if state in _PENDING else None,
        charge_percent=percent(_number(device, "percentage", "%")),
        design_mwh=_milli(device, "energy-full-design"),
        full_mwh=_milli(device, "energy-full"),
        told_health_percent=percent(_number(device, "capacity", "%")),
        cycles=cycles(as_int(device.get("charge-cycles"))),
        on_mains=on_mains,
    )


def _milli(device: Mapping[str, str], name: str) -> int | None:
    watt_hours = _number(device, name, "Wh")
    return capacity(watt_hours * 1000) if watt_hours is not None else None


def _number(device: Mapping[str, str], name: str, unit: str) -> float | None:
    """Return a number; upower groups no thousands, so a comma is a decimal comma."""
    found = _NUMBER.fullmatch(device.get(name, ""))
    return float(found["number"].replace(",", ".")) if found and found["unit"] == unit else None
