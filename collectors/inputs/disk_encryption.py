"""Whether the volumes of a Windows machine are encrypted with BitLocker.

Source: Win32_EncryptableVolume (https://learn.microsoft.com/windows/win32/secprov/win32-encryptablevolume): reading it
needs administrator rights. Keys and recovery passwords are never asked for.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from collectors.declaration import Field, FieldType, Measurement, Rollup, Tag
from collectors.input import BadOutput, Input, InputError, NothingToReport, Recording
from collectors.json_text import Record
from collectors.point import Point
from collectors.reasons import Reasons, known, told_by
from collectors.recorded_text import recorded_text
from collectors.scalar import as_int, as_text
from collectors.systems import available_on
from collectors.text import Text
from collectors.verdict import VERDICT_FIELDS, State, Verdict
from collectors.windows import powershell
from collectors.windows.records import read_records

KIND = "disk_encryption"
_TIMEOUT_S = 60.0
_MAX_VOLUMES = 32

SCRIPT = powershell.script(
    KIND,
    r"""
Read-Part 'volumes' {
    Get-CimInstance -Namespace root/CIMV2/Security/MicrosoftVolumeEncryption -ClassName Win32_EncryptableVolume |
        ForEach-Object { Get-Plain $_ @(
            'DriveLetter', 'ProtectionStatus', 'ConversionStatus', 'EncryptionMethod', 'VolumeType') }
}
""",
)

_REASONS = Reasons(
    {
        "protected": (State.OK, Text("暗号化され、保護されています", "encrypted and protected")),
        "off_allowed": (
            State.OK,
            Text("暗号化されていません（必須に指定されていません）", "not encrypted, and not named as expected"),
        ),
        "off": (State.BAD, Text("暗号化されていません", "not encrypted")),
        "suspended": (
            State.BAD,
            Text("暗号化されていますが、保護が中断されています", "encrypted, but its protection is suspended"),
        ),
        "in_progress": (State.UNKNOWN, Text("暗号化または復号の途中です", "being encrypted or decrypted")),
        "locked": (State.UNKNOWN, Text("ロックされているため状態が分かりません", "locked, so its state is not known")),
        "not_told": (State.UNKNOWN, Text("状態が示されていません", "its state is not told")),
    }
)
_METHODS = {
    0: "none",
    1: "AES-128 with diffuser",
    2: "AES-256 with diffuser",
    3: "AES-128",
    4: "AES-256",
    5: "hardware",
    6: "XTS-AES-128",
    7: "XTS-AES-256",
}
_OFF, _ON, _LOCKED = 0, 1, 2
_DECRYPTED, _ENCRYPTED = 0, 1

MEASUREMENT = Measurement(
    name="disk_encryption",
    text=Text("ディスクの暗号化（BitLocker）", "encryption of volumes (BitLocker)"),
    tags=(Tag("path", Text("ドライブ", "drive")),),
    fields=(
        *VERDICT_FIELDS,
        Field("protected", FieldType.BOOLEAN, Text("保護されているか", "it is protected"), rollup=Rollup.STATE),
        Field(
            "encrypted",
            FieldType.BOOLEAN,
            Text("すべて暗号化されているか", "all of it is encrypted"),
            rollup=Rollup.STATE,
        ),
        Field("method", FieldType.STRING, Text("暗号化の方式", "method of encryption"), rollup=Rollup.STATE),
    ),
)


def to_points(volumes: Iterable[Record], expected: bool = False) -> list[Point]:
    """Return one point a volume, from objects of Win32_EncryptableVolume with lower-case names."""
    return [_point(each, expected) for each in volumes if is_volume(each)][:_MAX_VOLUMES]


def is_volume(record: Record) -> bool:
    """Tell whether a record is a volume that has a drive letter."""
    return "protectionstatus" in record and bool(as_text(record.get("driveletter")))


def _point(volume: Record, expected: bool) -> Point:
    protection, conversion = as_int(volume.get("protectionstatus")), as_int(volume.get("conversionstatus"))
    method = None if protection == _LOCKED else as_int(volume.get("encryptionmethod"))
    fields = {
        **_verdict(protection, conversion, expected).fields(),
        "protected": {_OFF: False, _ON: True}.get(-1 if protection is None else protection),
        "encrypted": conversion == _ENCRYPTED if conversion is not None and protection != _LOCKED else None,
        "method": _METHODS.get(-1 if method is None else method),
    }
    return Point(MEASUREMENT.name, {"path": f"\\{as_text(volume['driveletter'], 8)}"}, known(fields))


def _verdict(protection: int | None, conversion: int | None, expected: bool) -> Verdict:
    if protection == _LOCKED:
        return _REASONS.verdict("locked")
    if protection is None or conversion is None:
        return _REASONS.verdict("not_told")
    if conversion == _DECRYPTED:
        return _REASONS.verdict("off" if expected else "off_allowed")
    if conversion != _ENCRYPTED:
        return _REASONS.verdict("in_progress")
    return _REASONS.verdict("protected" if protection == _ON else "suspended")


def parse(recording: Recording) -> list[Point]:
    """Return the points of a recording: our own script's answer, or Win32_EncryptableVolume in any printed form.

    Raises:
        BadOutput: it is neither, is empty, or is damaged.
        NothingToReport: there is no volume that can be encrypted.
        NoPermission: the volumes may not be read.
    """
    text = recorded_text(recording).lstrip("\ufeff")
    if powershell.is_document(text, KIND):
        return _from_document(text)
    points = to_points(read_records(text))
    if not points:
        raise BadOutput("this is not a list of encryptable volumes")
    return points


def _from_document(text: str, expected: bool = False) -> list[Point]:
    document = powershell.read_document(text)
    if "volumes" not in document.items:
        error = document.errors.get("volumes", powershell.PartError("no answer", "", None))
        if error.is_missing_namespace:
            raise NothingToReport("this edition of Windows has no BitLocker")
        raise powershell.typed(error, "the state of BitLocker")
    points = to_points(document.items["volumes"], expected)
    if not points:
        raise NothingToReport("there is no volume that can be encrypted")
    return points


class DiskEncryption:
    """Asks Windows for the state of BitLocker."""

    def __init__(self, ask: powershell.Ask = powershell.ask, expected: bool = False) -> None:
        self._ask = ask
        self._expected = expected

    def gather(self) -> list[Point]:
        """Read once; what cannot be read becomes a point that is `unknown`, with the reason.

        Raises:
            NothingToReport: there is no BitLocker, or no volume that can be encrypted.
        """
        try:
            return _from_document(self._ask(SCRIPT, _TIMEOUT_S), self._expected)
        except InputError as error:
            return [Point(MEASUREMENT.name, {}, _REASONS.verdict("unreadable", why=told_by(error)).fields())]


def _create(settings: Mapping[str, Any]) -> DiskEncryption:
    return DiskEncryption(expected=settings["expected"])


INPUT = Input(
    name="disk_encryption",
    text=MEASUREMENT.text,
    measurements=(MEASUREMENT,),
    create=_create,
    settings={"expected": False},
    parse=parse,
    available=available_on({"win32": ("powershell",)}),
    interval_s=12 * 3600.0,
    timeout_s=_TIMEOUT_S + 10,
)
