"""smartctl's plain text, brought into the form of its JSON.

Text is what releases before 7.0 write, and what people paste into a ticket. Only what the JSON reader needs is taken.
"""

import re
from collections.abc import Callable, Iterator

from collectors.json_text import Record

_BANNER = re.compile(
    r"^(smartctl (version )?\d|=== START OF (INFORMATION|READ SMART DATA|SMART DATA) SECTION)", re.MULTILINE
)
_SCAN_LINE = re.compile(r"(?P<name>/\S+) -d (?P<type>\S+) # .*?(?P<protocol>ATA|NVMe|SCSI)\b.* device")
_ROW = re.compile(
    r"\s*(?P<id>\d+) (?P<name>\S+)\s+(?P<flags>0x[0-9a-fA-F]{4}|[POSRCK-]{6})\+?\s+"
    r"(?P<value>\d{3}|---)\s+(?P<worst>\d{3}|---)\s+(?P<thresh>\d{3}|---)\s+"
    r"(?:(?:Pre-fail|Old_age)\s+(?:Always|Offline)\s+)?(?P<failed>-|FAILING_NOW|In_the_past|NOW|Past)\s+(?P<raw>\S.*)"
)
_FAILED = {"FAILING_NOW": "now", "NOW": "now", "In_the_past": "past", "Past": "past"}
_FLAG_LETTERS = "POSRCK"  # bits 0 to 5 of the attribute's flag word (smartctl(8), "-f brief")
_SCSI_ERRORS = re.compile(r"(?P<page>read|write|verify):(?:\s+[\d.]+){5,}\s+(?P<uncorrected>\d{1,18})\s*")
_SENSE = re.compile(r"asc=(?P<asc>[0-9a-fA-F]+),\s*ascq=(?P<ascq>[0-9a-fA-F]+)")
_OLD_DEVICE = re.compile(r"Device: (?P<model>.+?)\s+Version: (?P<version>\S*)")


def is_text(text: str) -> bool:
    """Tell whether this is smartctl's plain text."""
    return _BANNER.search(text) is not None or _SCAN_LINE.match(text.lstrip()) is not None


def to_document(text: str) -> Record:
    """Return the facts in the text in the form of smartctl's JSON."""
    lines = text.splitlines()
    devices = [dict(match.groupdict()) for match in map(_SCAN_LINE.match, lines) if match]
    if devices:
        return {"smartctl": {}, "devices": devices}
    document: Record = {"smartctl": {"messages": [{"string": line} for line in lines]}, "device": {}}
    table = list(_rows(lines))
    for line in lines:
        _take(document, line)
    if table:
        document["ata_smart_attributes"] = {"table": table}
        _from_attributes(document, table)
    _name_vendor(document)
    return document


def _take(document: Record, line: str) -> None:
    key, colon, value = line.partition(":")
    taker = _LINES.get(key.strip().lower()) if colon else None
    if taker:
        taker(document, value.strip())
    errors = _SCSI_ERRORS.fullmatch(line)
    if errors:
        _child(document, "scsi_error_counter_log")[errors["page"]] = {
            "total_uncorrected_errors": int(errors["uncorrected"])
        }
    old = _OLD_DEVICE.match(line)
    if old:
        document |= {"model_name": old["model"], "revision": old["version"]}


def _rows(lines: list[str]) -> Iterator[Record]:
    for match in map(_ROW.fullmatch, lines):
        if match:
            yield {
                "id": int(match["id"]),
                "name": match["name"],
                "value": _number(match["value"]),
                "worst": _number(match["worst"]),
                "thresh": _number(match["thresh"]),
                "when_failed": _FAILED.get(match["failed"], ""),
                "flags": {"string": _flags(match["flags"])},
                "raw": {"string": match["raw"].strip()},
            }


def _flags(written: str) -> str:
    if not written.startswith("0x"):
        return written
    bits = int(written, 16)
    return "".join(letter if bits >> place & 1 else "-" for place, letter in enumerate(_FLAG_LETTERS))


def _from_attributes(document: Record, table: list[Record]) -> None:
    _child(document, "device").setdefault("protocol", "ATA")
    raw = {row["id"]: _number(str(_child(row, "raw").get("string"))) for row in table}
    for number, (parent, key) in {9: ("power_on_time", "hours"), 194: ("temperature", "current")}.items():
        if raw.get(number) is not None:
            _child(document, parent).setdefault(key, raw[number])
    if raw.get(12) is not None:
        document.setdefault("power_cycle_count", raw[12])


def _name_vendor(document: Record) -> None:
    vendor, product = document.pop("vendor", None), document.pop("product", None)
    if product:
        document["model_name"] = f"{vendor} {product}" if vendor else product
        _child(document, "device").setdefault("protocol", "SCSI")


def _child(document: Record, key: str) -> Record:
    child = document.setdefault(key, {})
    return child if isinstance(child, dict) else {}


def _number(text: str) -> int | None:
    match = re.match(r"\d[\d,]{0,22}", text.strip())
    return int(match[0].replace(",", "")) if match else None


Taker = Callable[[Record, str], None]


def _text_at(*path: str) -> Taker:
    def take(document: Record, value: str) -> None:
        for key in path[:-1]:
            document = _child(document, key)
        document[path[-1]] = value

    return take


def _number_at(*path: str) -> Taker:
    def take(document: Record, value: str) -> None:
        number = _number(value)
        if number is not None:
            for key in path[:-1]:
                document = _child(document, key)
            document[path[-1]] = number

    return take


def _take_support(document: Record, value: str) -> None:
    support = _child(document, "smart_support")
    word = value.split(" ")[0].rstrip(".")
    known = {"Available": ("available", True), "Unavailable": ("available", False)}
    known |= {"Enabled": ("enabled", True), "Disabled": ("enabled", False)}
    if word in known:
        key, truth = known[word]
        support[key] = truth


def _take_verdict(document: Record, value: str) -> None:
    status = _child(document, "smart_status")
    word = value.split(" ")[0].rstrip("!")
    if word in ("PASSED", "OK"):
        status["passed"] = True
    elif word not in ("UNKNOWN", "UNKNOWN!", ""):
        status["passed"] = False
    sense = _SENSE.search(value)
    if sense:
        status["scsi"] = {"asc": int(sense["asc"], 16), "ascq": int(sense["ascq"], 16)}


def _take_rotation(document: Record, value: str) -> None:
    document["rotation_rate"] = 0 if value.lower().startswith("solid state") else _number(value)


def _take_logical_unit(document: Record, value: str) -> None:
    document["logical_unit_id"] = value.removeprefix("0x").replace(" ", "")


def _take_warning_bits(document: Record, value: str) -> None:
    if re.fullmatch(r"0x[0-9a-fA-F]{1,4}", value):
        _child(document, _NVME)["critical_warning"] = int(value, 16)


def _take_hours_and_minutes(document: Record, value: str) -> None:
    match = re.fullmatch(r"minutes (\d{1,8}):\d+.*", value)
    if match:
        _child(document, "power_on_time")["hours"] = int(match[1])


def _take_nvme_version(document: Record, _value: str) -> None:
    _child(document, "device")["protocol"] = "NVMe"


_NVME = "nvme_smart_health_information_log"
_LINES: dict[str, Taker] = {
    "device model": _text_at("model_name"),
    "model number": _text_at("model_name"),
    "model family": _text_at("model_family"),
    "vendor": _text_at("vendor"),
    "product": _text_at("product"),
    "serial number": _text_at("serial_number"),
    "firmware version": _text_at("firmware_version"),
    "revision": _text_at("revision"),
    "lu wwn device id": _take_logical_unit,
    "logical unit id": _take_logical_unit,
    "user capacity": _number_at("user_capacity", "bytes"),
    "namespace 1 size/capacity": _number_at("user_capacity", "bytes"),
    "total nvm capacity": _number_at("nvme_total_capacity"),
    "rotation rate": _take_rotation,
    "device type": _text_at("device_type", "name"),
    "nvme version": _take_nvme_version,
    "smart support is": _take_support,
    "smart overall-health self-assessment test result": _take_verdict,
    "smart health status": _take_verdict,
    "temperature": _number_at("temperature", "current"),
    "current drive temperature": _number_at("temperature", "current"),
    "drive trip temperature": _number_at("temperature", "drive_trip"),
    "power on hours": _number_at("power_on_time", "hours"),
    "accumulated power on time, hours": _take_hours_and_minutes,
    "power cycles": _number_at("power_cycle_count"),
    "elements in grown defect list": _number_at("scsi_grown_defect_list"),
    "percentage used endurance indicator": _number_at("scsi_percentage_used_endurance_indicator"),
    "ata error count": _number_at("ata_smart_error_log", "summary", "count"),
    "critical warning": _take_warning_bits,
    "available spare": _number_at(_NVME, "available_spare"),
    "available spare threshold": _number_at(_NVME, "available_spare_threshold"),
    "percentage used": _number_at(_NVME, "percentage_used"),
    "unsafe shutdowns": _number_at(_NVME, "unsafe_shutdowns"),
    "media and data integrity errors": _number_at(_NVME, "media_errors"),
    "error information log entries": _number_at(_NVME, "num_err_log_entries"),
}
"""What stands before the colon, in lower case, to where it belongs in the JSON."""
