"""Microsoft Defender for Endpoint on Linux and macOS: `mdatp health`, as JSON or as text.

Source: https://learn.microsoft.com/defender-endpoint/health-status. A managed value comes wrapped as
{"value": …}; the text form writes names with underscores and values in quotes, with "[managed]" behind.
"""

from datetime import UTC, date, datetime, timedelta

from collectors.inputs.antivirus.product import Mode, Product
from collectors.json_text import Record
from collectors.scalar import as_bool, as_int, as_text

NAME = "Microsoft Defender"

_MARKS = frozenset({"passivemodeenabled", "definitionsstatus", "definitionsupdatedminutesago", "orgid"})
_CURRENT = {"uptodate": True, "outofdate": False, "notuptodate": False}
_MINUTES_A_DAY = 1440


def flattened(record: Record) -> Record:
    """Return an object with names without underscores and values out of their wrapping."""
    return {name.lower().replace("_", ""): _unwrapped(value) for name, value in record.items()}


def is_health(record: Record) -> bool:
    """Tell whether a flattened object is the answer of `mdatp health`."""
    return "realtimeprotectionenabled" in record and len(_MARKS & record.keys()) >= 2


def read(record: Record, now_ns: int) -> Product:
    """Return Defender for Endpoint as its flattened health describes it."""
    minutes = as_int(record.get("definitionsupdatedminutesago"))
    age = minutes / _MINUTES_A_DAY if minutes is not None and 0 <= minutes < 36_500 * _MINUTES_A_DAY else None
    updated = _day(record.get("definitionsupdated"))
    if updated is None and age is not None:
        updated = (datetime.fromtimestamp(now_ns // 10**9, UTC) - timedelta(days=age)).date()
    status = as_text(record.get("definitionsstatus"))
    return Product(
        name=NAME,
        source="mdatp",
        mode=_mode(record),
        realtime=as_bool(record.get("realtimeprotectionenabled")),
        up_to_date=_CURRENT.get(status.lower().replace("_", "")) if status else None,
        tamper_protection=_tamper(record),
        version=as_text(record.get("appversion"), limit=40),
        engine_version=as_text(record.get("engineversion"), limit=40),
        definitions_version=as_text(record.get("definitionsversion"), limit=40),
        definitions_date=updated,
        definitions_age_days=age,
        licence_end=_day(record.get("productexpiration")),
    )


def _mode(record: Record) -> Mode:
    realtime, passive = as_bool(record.get("realtimeprotectionenabled")), as_bool(record.get("passivemodeenabled"))
    if as_bool(record.get("licensed")) is False:
        return Mode.EXPIRED
    if passive:
        return Mode.PASSIVE
    if realtime is False:
        return Mode.OFF
    # Versions that no longer write passiveModeEnabled tell with realTimeProtectionEnabled alone.
    known = realtime is True and (passive is False or "passivemodeenabled" not in record)
    return Mode.ON if known else Mode.UNKNOWN


def _tamper(record: Record) -> bool | None:
    said = as_text(record.get("tamperprotection"))
    return {"block": True, "audit": False, "disabled": False}.get(said.lower()) if said else None


def _unwrapped(value: object) -> object:
    if isinstance(value, dict):
        return value.get("value", value.get("$type"))
    if isinstance(value, str):
        return value.removesuffix("[managed]").strip().strip('"')
    return value


def _day(value: object) -> date | None:
    """Return the day of a Unix time in milliseconds, or of the text form `Aug 09, 2023 at 01:19:13 PM`."""
    milliseconds = as_int(value)
    if milliseconds is not None:
        plausible = 0 < milliseconds < 4_102_444_800_000  # before the year 2100
        return datetime.fromtimestamp(milliseconds // 1000, UTC).date() if plausible else None
    text = as_text(value)
    try:
        return datetime.strptime(text[:12], "%b %d, %Y").replace(tzinfo=UTC).date() if text else None
    except ValueError:
        return None
