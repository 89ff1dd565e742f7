"""Batteries on Windows: the battery classes of root/WMI, and the battery report where they are not offered.

Sources: BatteryStaticData, BatteryFullChargedCapacity, BatteryStatus and BatteryCycleCount of Batclass.h;
Win32_Battery;
`powercfg /batteryreport /xml`. Capacities are mWh unless RelativeCapacity (BATTERY_CAPACITY_RELATIVE) is set: then
their unit is not known.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from xml.etree import ElementTree

from collectors.input import BadOutput
from collectors.inputs.battery.cell import Battery, capacity, cycles, percent
from collectors.json_text import Record
from collectors.scalar import as_bool, as_int, as_text
from collectors.windows import powershell
from collectors.windows.powershell import Document

KIND = "battery"

SCRIPT = powershell.script(
    KIND,
    r"""
Read-Part 'present' {
    Get-CimInstance Win32_Battery |
        ForEach-Object { Get-Plain $_ @('DeviceID', 'Name', 'EstimatedChargeRemaining', 'BatteryStatus') }
}
if ($parts['present'].items) {
    foreach ($class in @(
        @('static', 'BatteryStaticData', @('InstanceName', 'DeviceName', 'DesignedCapacity', 'Capabilities')),
        @('full', 'BatteryFullChargedCapacity', @('InstanceName', 'FullChargedCapacity')),
        @('cycles', 'BatteryCycleCount', @('InstanceName', 'CycleCount')),
        @('status', 'BatteryStatus', @('InstanceName', 'RemainingCapacity', 'Charging', 'Discharging', 'PowerOnline'))
    )) {
        Read-Part $class[0] {
            Get-CimInstance -Namespace root/WMI -ClassName $class[1] | ForEach-Object { Get-Plain $_ $class[2] }
        }
    }
    if (-not $parts['static'].items) {
        Read-Part 'report' {
            $file = [IO.Path]::GetTempFileName()
            try {
                powercfg /batteryreport /xml /duration 1 /output $file | Out-Null
                ([xml](Get-Content -LiteralPath $file -Encoding UTF8)).BatteryReport.Batteries.Battery |
                    Where-Object { $_ } | ForEach-Object { Get-Plain $_ @(
                        'Id', 'RelativeCapacity', 'DesignCapacity', 'FullChargeCapacity', 'CycleCount') }
            } finally { Remove-Item -LiteralPath $file -Force }
        }
    }
}
""",
)

_RELATIVE = 0x40000000
"""BATTERY_CAPACITY_RELATIVE in Capabilities."""
_UNKNOWN_CAPACITY = 0xFFFFFFFF
_STATUS = {
    1: "discharging", 2: None, 3: "fully-charged", 6: "charging", 7: "charging", 8: "charging", 9: "charging",
}  # fmt: skip
"""Win32_Battery.BatteryStatus; 2 means only that the mains are there."""
_XML_HEAD = re.compile(r"\A<\?xml[^>]*\?>")
_NAMESPACE = re.compile(r"\{[^}]*\}")


def batteries(document: Document) -> list[Battery]:
    """Return the batteries that the script's answer tells of."""
    items = document.items
    by_instance = _by_instance(items)
    if by_instance:
        return [_from_classes(name, parts, items.get("present", [])) for name, parts in by_instance.items()]
    if items.get("report"):
        found = [battery for each in items["report"] if (battery := _from_report(each))]
        charges = from_win32_battery(items.get("present", []))
        if len(found) == len(charges) == 1:
            return [replace(found[0], charge_percent=charges[0].charge_percent, status=charges[0].status)]
        return found
    return from_win32_battery(items.get("present", []))


def _by_instance(items: Mapping[str, list[Record]]) -> dict[str, dict[str, Record]]:
    found: dict[str, dict[str, Record]] = {}
    for part in ("static", "full", "cycles", "status"):
        for record in items.get(part, []):
            name = as_text(record.get("instancename"))
            if name:
                found.setdefault(name, {})[part] = record
    return {name: parts for name, parts in found.items() if "static" in parts or "full" in parts}


def _from_classes(name: str, parts: Mapping[str, Record], present: list[Record]) -> Battery:
    static, status = parts.get("static", {}), parts.get("status", {})
    relative = bool((as_int(static.get("capabilities")) or 0) & _RELATIVE)
    full = None if relative else _mwh(parts.get("full", {}).get("fullchargedcapacity"))
    left = _mwh(status.get("remainingcapacity"))
    charge = 100.0 * left / full if left is not None and full else None
    if charge is None and len(present) == 1:
        charge = as_int(present[0].get("estimatedchargeremaining"))
    model = as_text(static.get("devicename"), limit=60)
    return Battery(
        name=model or name.rpartition("\\")[2],
        model=model,
        status=_flags(status, charge),
        charge_percent=percent(charge),
        design_mwh=None if relative else _mwh(static.get("designedcapacity")),
        full_mwh=full,
        cycles=cycles(as_int(parts.get("cycles", {}).get("cyclecount"))),
        on_mains=as_bool(status.get("poweronline")),
    )


def _flags(status: Record, charge: float | None) -> str | None:
    if as_bool(status.get("charging")):
        return "charging"
    if as_bool(status.get("discharging")):
        return "discharging"
    return "fully-charged" if as_bool(status.get("poweronline")) and (charge or 0) >= 99 else None


def from_win32_battery(records: Iterable[Record]) -> list[Battery]:
    """Return the batteries among Win32_Battery objects, which tell the charge but seldom the capacity."""
    return [
        Battery(
            name=as_text(record.get("name"), limit=60) or as_text(record.get("deviceid"), limit=60) or "battery",
            status=_STATUS.get(as_int(record.get("batterystatus")) or 0),
            charge_percent=percent(as_int(record.get("estimatedchargeremaining"))),
            design_mwh=_mwh(record.get("designcapacity")),
            full_mwh=_mwh(record.get("fullchargecapacity")),
        )
        for record in records
        if "estimatedchargeremaining" in record
    ]


def is_report(text: str) -> bool:
    """Tell whether a text is a battery report."""
    return text.lstrip("\ufeff \r\n").startswith("<") and "<BatteryReport" in text[:2000]


def read_report(text: str) -> list[Battery]:
    """Return the batteries of `powercfg /batteryreport /xml`.

    Raises:
        BadOutput: the XML is damaged, is cut off, or declares entities, which no report does.
    """
    if "<!" in text.replace("<!--", ""):
        raise BadOutput("the battery report has declarations that powercfg does not write")
    body = text.lstrip("\ufeff \r\n")  # already decoded: the encoding that its head names no longer holds
    try:
        root = ElementTree.fromstring(_XML_HEAD.sub("", body))  # noqa: S314  entities are refused above
    except ElementTree.ParseError:
        raise BadOutput("the battery report is damaged or cut off") from None
    nodes = [node for node in root.iter() if _NAMESPACE.sub("", node.tag) == "Battery"]
    records = [{_NAMESPACE.sub("", child.tag).lower(): child.text for child in node} for node in nodes]
    return [battery for record in records if (battery := _from_report({**record}))]


def _from_report(record: Record) -> Battery | None:
    name = as_text(record.get("id"), limit=60)
    if not name:
        return None
    relative = as_int(record.get("relativecapacity")) == 1
    return Battery(
        name=name,
        model=name,
        design_mwh=None if relative else _mwh(record.get("designcapacity")),
        full_mwh=None if relative else _mwh(record.get("fullchargecapacity")),
        cycles=cycles(as_int(record.get("cyclecount"))),
    )


def _mwh(value: object) -> int | None:
    number = as_int(value)
    return capacity(number) if number is not None and number != _UNKNOWN_CAPACITY else None
