"""Windows: ACPI thermal zones, the only temperatures that Windows itself offers.

`MSAcpi_ThermalZoneTemperature` needs administrator rights and gives tenths of a kelvin; the performance counter
`Thermal Zone Information` gives the same zones to everyone. Firmware often invents both or offers neither.
"""

from collections.abc import Iterable

from collectors.inputs.temp.reading import NO_SENSOR, Reading, to_points
from collectors.json_text import Record
from collectors.point import Point
from collectors.scalar import as_int, as_text
from collectors.text import Text
from collectors.verdict import State, Verdict
from collectors.windows import powershell

KIND = "temp"
BODY = r"""
Read-Part 'zones' {
    Get-CimInstance -Namespace root/WMI -ClassName MSAcpi_ThermalZoneTemperature |
        ForEach-Object { Get-Plain $_ @('InstanceName', 'CurrentTemperature', 'CriticalTripPoint') }
}
Read-Part 'counters' {
    Get-CimInstance -ClassName Win32_PerfFormattedData_Counters_ThermalZoneInformation |
        ForEach-Object { Get-Plain $_ @('Name', 'HighPrecisionTemperature') }
}
"""
CHIP = "acpitz"

NO_PERMISSION = Verdict(
    State.UNKNOWN,
    "no_permission",
    Text("温度の読み取りには管理者権限が必要です。", "reading temperatures needs administrator rights"),
)
NOT_OFFERED = Verdict(
    State.UNKNOWN,
    "not_offered",
    Text("このPCは温度をWindowsに知らせていません。", "this machine does not tell Windows any temperature"),
)


def from_document(text: str) -> list[Point]:
    """Return the points of the script's answer.

    Raises:
        BadOutput: the text is not such an answer.
    """
    document = powershell.read_document(text)
    readings = [
        _reading(item.get("instancename"), item.get("currenttemperature"), item.get("criticaltrippoint"))
        for item in document.items.get("zones", [])
    ] or [
        _reading(item.get("name"), item.get("highprecisiontemperature")) for item in document.items.get("counters", [])
    ]
    return to_points(readings, _missing(document))


def from_records(records: Iterable[Record]) -> list[Point] | None:
    """Return the points of printed MSAcpi_ThermalZoneTemperature objects; None if none of them is one."""
    zones = [each for each in records if "currenttemperature" in each and "instancename" in each]
    if not zones:
        return None
    return to_points(
        [_reading(each["instancename"], each["currenttemperature"], each.get("criticaltrippoint")) for each in zones]
    )


def _missing(document: powershell.Document) -> Verdict:
    denied = any(error.is_denied for error in document.errors.values())
    return NO_PERMISSION if denied else NOT_OFFERED if document.errors else NO_SENSOR


def _reading(name: object, tenths_kelvin: object, critical: object = None) -> Reading:
    # ACPI\ThermalZone\TZ00_0 and \_TZ.TZ00 are the same zone in the two sources.
    zone = (as_text(name) or "").replace("\\", ".").rpartition(".")[2].removesuffix("_0")
    return Reading(CHIP, "", "temp1", zone, _celsius(tenths_kelvin), _celsius(critical))


def _celsius(tenths_kelvin: object) -> float | None:
    number = as_int(tenths_kelvin)
    return round(number / 10.0 - 273.15, 2) if number else None
