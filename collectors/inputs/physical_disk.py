"""Drives as Windows itself judges them, which needs no further tool; `smart` tells more where smartctl is installed.

Source: MSFT_PhysicalDisk and MSFT_StorageReliabilityCounter of the Storage Management API
(https://learn.microsoft.com/windows-hardware/drivers/storage/msft-physicaldisk). Win32_DiskDrive is read from
recordings too: its Status says only that the device was recognised, nothing of its health.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from collectors.declaration import Field, FieldType, Measurement, PersonalData, Rollup, Tag
from collectors.input import BadOutput, Input, InputError, NothingToReport, Recording
from collectors.json_text import Record
from collectors.point import FieldValue, Point
from collectors.reasons import Reasons, known, told_by
from collectors.recorded_text import recorded_text
from collectors.scalar import as_int, as_text
from collectors.systems import available_on
from collectors.text import Text
from collectors.verdict import VERDICT_FIELDS, State, Verdict
from collectors.windows import powershell
from collectors.windows.records import read_records

KIND = "physical_disk"
_TIMEOUT_S = 60.0
_MAX_DRIVES = 64

SCRIPT = powershell.script(
    KIND,
    r"""
Read-Part 'drives' {
    Get-CimInstance -Namespace root/Microsoft/Windows/Storage -ClassName MSFT_PhysicalDisk |
        ForEach-Object { Get-Plain $_ @(
            'DeviceId', 'FriendlyName', 'Model', 'SerialNumber', 'AdapterSerialNumber', 'FirmwareVersion', 'Size',
            'MediaType', 'BusType', 'HealthStatus', 'OperationalStatus') }
}
Read-Part 'counters' {
    Get-PhysicalDisk | Get-StorageReliabilityCounter |
        ForEach-Object { Get-Plain $_ @(
            'DeviceId', 'Temperature', 'Wear', 'PowerOnHours', 'ReadErrorsUncorrected', 'WriteErrorsUncorrected') }
}
""",
)

_REASONS = Reasons(
    {
        "healthy": (State.OK, Text("Windows は正常と判定しています", "Windows calls it healthy")),
        "warning": (State.BAD, Text("Windows が警告しています（{what}）", "Windows warns of it ({what})")),
        "unhealthy": (
            State.BAD,
            Text("Windows が異常と判定しています（{what}）", "Windows calls it unhealthy ({what})"),
        ),
        "not_told": (State.UNKNOWN, Text("Windows は健康状態を示していません", "Windows does not tell its health")),
        "plug_and_play_only": (
            State.UNKNOWN,
            Text(
                "Status は機器が認識されていることだけを示し、健康状態ではありません",
                "Status tells only that the device was recognised, nothing of its health",
            ),
        ),
    }
)
_HEALTH = {0: "healthy", 1: "warning", 2: "unhealthy"}
_HEALTH_WORDS = {"healthy": 0, "warning": 1, "unhealthy": 2, "正常": 0, "警告": 1, "異常": 2}
_MEDIA = {3: "HDD", 4: "SSD", 5: "SCM"}
_BUS = {3: "ATA", 6: "Fibre Channel", 7: "USB", 8: "RAID", 9: "iSCSI", 10: "SAS", 11: "SATA", 12: "SD", 13: "MMC"}
_BUS |= {14: "Virtual", 15: "File Backed Virtual", 16: "Storage Spaces", 17: "NVMe"}
_OPERATIONAL = {
    3: "Degraded",
    5: "Predictive Failure",
    6: "Error",
    0xD004: "Failed Media",
    0xD007: "Lost Communication",
}
_EUI = re.compile(r"[0-9A-F]{4}(_[0-9A-F]{4}){3}\.")
_NUMBER = re.compile(r"\d{1,6}")


def _state(name: str, kind: FieldType, text: Text, unit: str = "") -> Field:
    return Field(name, kind, text, unit, Rollup.STATE)


MEASUREMENT = Measurement(
    name="physical_disk",
    text=Text("Windows が判定したドライブの状態", "drives as Windows judges them"),
    tags=(
        Tag("disk", Text("ドライブの番号", "number of the drive")),
        Tag("model", Text("型番", "model")),
    ),
    fields=(
        *VERDICT_FIELDS,
        Field("serial_no", FieldType.STRING, Text("製造番号", "serial number"), "", Rollup.STATE, PersonalData.DEVICE),
        _state("firmware", FieldType.STRING, Text("ファームウェアの版", "firmware version")),
        _state("size", FieldType.INTEGER, Text("容量", "size"), "B"),
        _state("media_type", FieldType.STRING, Text("媒体の種類（HDD、SSD など）", "HDD, SSD or SCM")),
        _state("bus_type", FieldType.STRING, Text("接続の種類（SATA、NVMe など）", "SATA, NVMe, USB …")),
        Field("temp_c", FieldType.FLOAT, Text("温度", "temperature"), "°C"),
        Field("wear_percent", FieldType.FLOAT, Text("寿命の消費", "endurance that is used up"), "%"),
        _state("power_on", FieldType.INTEGER, Text("通電時間", "power-on time"), "h"),
        _state("read_errors", FieldType.INTEGER, Text("訂正できない読み取りエラー", "uncorrected read errors")),
        _state("write_errors", FieldType.INTEGER, Text("訂正できない書き込みエラー", "uncorrected write errors")),
    ),
)


def to_points(drives: Iterable[Record], counters: Iterable[Record] = ()) -> list[Point]:
    """Return one point a drive, from objects of MSFT_PhysicalDisk or Win32_DiskDrive with lower-case names."""
    by_id = {as_text(each.get("deviceid")): each for each in counters}
    found = [each for each in drives if is_drive(each)]
    return [_point(each, by_id.get(as_text(each.get("deviceid")), {})) for each in found[:_MAX_DRIVES]]


def is_drive(record: Record) -> bool:
    """Tell whether a record is a drive."""
    if "resiliencysettingname" in record:  # a virtual disk of Storage Spaces
        return False
    named = "deviceid" in record and "model" in record
    chosen = "friendlyname" in record and ("mediatype" in record or "bustype" in record)
    return (named and "pnpdeviceid" in record) or ("healthstatus" in record and (named or chosen))


def _point(drive: Record, counter: Record) -> Point:
    fields = {
        **_verdict(drive).fields(),
        "serial_no": _serial(drive),
        "firmware": as_text(drive.get("firmwareversion", drive.get("firmwarerevision")), 40),
        "size": _positive(drive.get("size")),
        "media_type": _word(_MEDIA, drive.get("mediatype")),
        "bus_type": _word(_BUS, drive.get("bustype")),
        **_counted(counter),
    }
    model = as_text(drive.get("model"), 60) or as_text(drive.get("friendlyname"), 60) or ""
    number = (as_text(str(drive.get("deviceid", ""))) or "").rpartition("\\")[2].removeprefix("PHYSICALDRIVE")
    return Point(MEASUREMENT.name, {"disk": number, "model": model}, known(fields))


def _verdict(drive: Record) -> Verdict:
    if "healthstatus" not in drive:
        return _REASONS.verdict("plug_and_play_only")
    value = drive["healthstatus"]
    number = as_int(value)
    health = number if number is not None else _HEALTH_WORDS.get((as_text(value) or "").lower())
    code = _HEALTH.get(health if health is not None else -1, "not_told")
    return _REASONS.verdict(code, what=_operational(drive.get("operationalstatus")) or code)


def _operational(value: object) -> str:
    numbers = [int(each) for each in _NUMBER.findall(str(value))]
    told = ", ".join(_OPERATIONAL[each] for each in numbers if each in _OPERATIONAL)
    return told if numbers else as_text(value, 60) or ""


def _word(words: Mapping[int, str], value: object) -> str | None:
    """Return a word for its number, or as PowerShell prints it."""
    told = (as_text(value) or "").lower()
    by_name = next((word for word in words.values() if word.lower() == told), None)
    return words.get(as_int(value) or 0) or by_name


def _serial(drive: Record) -> str | None:
    """Return the maker's serial number; for NVMe the adapter's, for `SerialNumber` is then the namespace's EUI-64."""
    adapter = as_text(drive.get("adapterserialnumber"), 60)
    if adapter:
        return adapter.split()[0].split("_")[0]
    serial = as_text(drive.get("serialnumber"), 60)
    return None if serial and _EUI.fullmatch(serial) else serial


def _counted(counter: Record) -> dict[str, FieldValue | None]:
    celsius, wear = as_int(counter.get("temperature")), as_int(counter.get("wear"))
    return {
        # 0 stands for no reading.
        "temp_c": float(celsius) if celsius is not None and 0 < celsius < 120 else None,
        "wear_percent": float(wear) if wear is not None and 0 <= wear <= 100 else None,
        "power_on": _positive(counter.get("poweronhours")),
        "read_errors": _count(counter.get("readerrorsuncorrected")),
        "write_errors": _count(counter.get("writeerrorsuncorrected")),
    }


def _positive(value: object) -> int | None:
    number = as_int(value)
    return number if number is not None and number > 0 else None


def _count(value: object) -> int | None:
    number = as_int(value)
    return number if number is not None and number >= 0 else None


def parse(recording: Recording) -> list[Point]:
    """Return the points of a recording: our own script's answer, MSFT_PhysicalDisk, Get-PhysicalDisk, Win32_DiskDrive.

    Raises:
        BadOutput: it is none of these, is empty, or is damaged.
        NothingToReport: the answer lists no drive.
        NoPermission: the drives may not be read.
    """
    text = recorded_text(recording).lstrip("\ufeff")
    if powershell.is_document(text, KIND):
        return _from_document(text)
    points = to_points(read_records(text))
    if not points:
        raise BadOutput("this is not a list of drives that is known here")
    return points


def _from_document(text: str) -> list[Point]:
    document = powershell.read_document(text)
    if "drives" not in document.items:
        raise powershell.typed(document.errors.get("drives", powershell.PartError("no answer", "", None)), "the drives")
    points = to_points(document.items["drives"], document.items.get("counters", []))
    if not points:
        raise NothingToReport("Windows lists no drive")
    return points


class PhysicalDisks:
    """Asks Windows for its drives."""

    def __init__(self, ask: powershell.Ask = powershell.ask) -> None:
        self._ask = ask

    def gather(self) -> list[Point]:
        """Read once; drives that cannot be read become a point that is `unknown`, with the reason.

        Raises:
            NothingToReport: Windows lists no drive.
        """
        try:
            return _from_document(self._ask(SCRIPT, _TIMEOUT_S))
        except InputError as error:
            return [Point(MEASUREMENT.name, {}, _REASONS.verdict("unreadable", why=told_by(error)).fields())]


def _create(_settings: Mapping[str, Any]) -> PhysicalDisks:
    return PhysicalDisks()


INPUT = Input(
    name="physical_disk",
    text=MEASUREMENT.text,
    measurements=(MEASUREMENT,),
    create=_create,
    parse=parse,
    available=available_on({"win32": ("powershell",)}),
    interval_s=6 * 3600.0,
    timeout_s=_TIMEOUT_S + 10,
)
