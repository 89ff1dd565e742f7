"""Microsoft Defender Antivirus on Windows: what `Get-MpComputerStatus` says.

Source: https://learn.microsoft.com/powershell/module/defender/get-mpcomputerstatus and the class
MSFT_MpComputerStatus. Ages are whole days; 4294967295 (and 65535 on older builds) stands for "never" or "no value".
"""

from datetime import date

from collectors.inputs.antivirus.product import Mode, Product
from collectors.json_text import Record
from collectors.scalar import as_bool, as_int, as_text
from collectors.windows.dates import date_reader, read_instant

NAME = "Microsoft Defender Antivirus"

_MARKS = ("antivirussignatureage", "amserviceenabled", "amrunningmode", "antivirusenabled")
_MODES = {
    "normal": Mode.ON,
    "passive": Mode.PASSIVE,
    "passive mode": Mode.PASSIVE,
    "sxs passive mode": Mode.PASSIVE,
    "edr block mode": Mode.EDR_BLOCK,
    "edr over passive mode": Mode.EDR_BLOCK,
    "not running": Mode.OFF,
}
_NO_VALUE = frozenset({0xFFFFFFFF, 0xFFFF})
_MOST_DAYS = 36_500
_DATES = (
    "antivirussignaturelastupdated",
    "antispywaresignaturelastupdated",
    "nissignaturelastupdated",
    "quickscanendtime",
    "quickscanstarttime",
    "fullscanendtime",
    "fullscanstarttime",
)


def is_status(record: Record) -> bool:
    """Tell whether an object is a MSFT_MpComputerStatus."""
    return any(mark in record for mark in _MARKS)


def read(record: Record, now_ns: int, max_age_days: float) -> Product:
    """Return Defender as its status describes it."""
    mode, age = _mode(record), _days(record, "antivirussignatureage")
    running = mode is not Mode.OFF
    return Product(
        name=NAME,
        source="defender",
        mode=mode,
        realtime=as_bool(record.get("realtimeprotectionenabled")),
        up_to_date=_up_to_date(record, age, max_age_days),
        tamper_protection=as_bool(record.get("istamperprotected")),
        version=_version(record, "amproductversion"),
        engine_version=_version(record, "amengineversion"),
        definitions_version=_version(record, "antivirussignatureversion"),
        definitions_date=_definitions_date(record, now_ns),
        definitions_age_days=age,
        full_scan_age_days=_days(record, "fullscanage"),
        # While Defender does not run, the same number only says that it gives no value.
        full_scan_never=True if running and as_int(record.get("fullscanage")) in _NO_VALUE else None,
        quick_scan_age_days=_days(record, "quickscanage"),
    )


def _mode(record: Record) -> Mode:
    """Return the running mode; a status that lacks what protection needs is unknown, not on."""
    enabled, service = as_bool(record.get("antivirusenabled")), as_bool(record.get("amserviceenabled"))
    said = as_text(record.get("amrunningmode"))
    # AMRunningMode exists since platform 4.18.1906; before, a running service with its antivirus on was the one mode.
    mode = _MODES.get(said.lower(), Mode.UNKNOWN) if said else Mode.ON
    if service is False or enabled is False:
        return mode if mode in (Mode.PASSIVE, Mode.EDR_BLOCK) else Mode.OFF
    if mode is not Mode.ON:
        return mode
    known = enabled is True and service is True and as_bool(record.get("realtimeprotectionenabled")) is not None
    return Mode.ON if known else Mode.UNKNOWN


def _up_to_date(record: Record, age: float | None, max_age_days: float) -> bool | None:
    if as_bool(record.get("defendersignaturesoutofdate")) is True:
        return False
    return None if age is None else age <= max_age_days


def _days(record: Record, name: str) -> float | None:
    days = as_int(record.get(name))
    return float(days) if days is not None and 0 <= days <= _MOST_DAYS and days not in _NO_VALUE else None


def _version(record: Record, name: str) -> str | None:
    version = as_text(record.get(name), limit=40)
    return None if version is None or not version.strip("0.") else version


def _definitions_date(record: Record, now_ns: int) -> date | None:
    written = record.get("antivirussignaturelastupdated")
    instant = read_instant(written)
    if instant is not None:
        return instant.date()
    texts = [text for name in _DATES if (text := as_text(record.get(name)))]
    found = as_text(written)
    return date_reader(texts, now_ns).read(found) if found else None
