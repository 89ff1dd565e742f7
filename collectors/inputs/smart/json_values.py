"""Single facts out of smartctl's JSON. What is missing, of another type or impossible is None or empty, never 0."""

import re
from collections.abc import Mapping

from collectors.inputs.smart.drive import ExitStatus, Kind, ScsiError
from collectors.json_text import Record
from collectors.scalar import as_bool, as_int, as_text

LARGEST_BYTES = 10**16
"""Ten petabytes: a capacity above this is a misread mode page (optical drives), not a drive."""

LONGEST_HOURS = 100 * 8766
"""A century: power-on times above this are firmware that counts in another unit."""

LOWEST_C, HIGHEST_C = -40, 130

Document = Mapping[str, object]

_KINDS = {"CD/DVD": Kind.CD_DVD, "enclosure": Kind.ENCLOSURE, "disk": None, "disk simplified": None}
_WWN_PARTS = re.compile(r"[0-9a-f]{16}")
_ATA_TEST_FAILED = range(3, 9)  # ACS-4, self-test execution status, high half of the byte
_SCSI_TEST_FAILED = range(3, 8)  # SPC-5, self-test results log page
_NVME_TEST_FAILED = range(5, 8)  # NVMe 2.0, device self-test log page, result
_USED_STATISTIC = "Percentage Used Endurance Indicator"  # ACS-4, solid-state device statistics page


def at(document: object, *path: str | int) -> object:
    """Return what stands at a path in a JSON document; None if there is nothing."""
    for step in path:
        if isinstance(document, Mapping) and isinstance(step, str):
            document = document.get(step)
        elif isinstance(document, list) and isinstance(step, int) and step < len(document):
            document = document[step]
        else:
            return None
    return document


def records(value: object) -> list[Record]:
    """Return the objects in a JSON array."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def texts(value: object) -> list[str]:
    """Return the strings in a JSON array."""
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def text(document: object, *path: str | int) -> str:
    """Return the text at a path; "" if there is none."""
    return as_text(at(document, *path)) or ""


def count(document: object, *path: str | int, largest: int = 2**63 - 1) -> int | None:
    """Return the count at a path; None if there is none, or it is negative or larger than can be."""
    number = as_int(at(document, *path))
    return number if number is not None and 0 <= number <= largest else None


def messages(document: Document) -> tuple[str, ...]:
    """Return what smartctl said in words."""
    return tuple(text(message, "string") for message in records(at(document, "smartctl", "messages")))


def exit_status(document: Document) -> ExitStatus | None:
    """Return smartctl's exit status."""
    status = count(document, "smartctl", "exit_status", largest=255)
    return None if status is None else ExitStatus(status)


def short_name(path: str) -> str:
    """Return a device's name without what all have in common: `sda`, `bus/0`, `NS_01@1`."""
    name = path.removeprefix("/dev/")
    return name if name.startswith("bus/") else name.rstrip("/").rpartition("/")[2]


def device_name(document: Document) -> str:
    """Return the device's name; where it could not even be opened, the name that was asked for."""
    name = text(document, "device", "name")
    arguments = texts(at(document, "smartctl", "argv"))
    asked = [word for word in arguments[1:] if "/" in word and not word.startswith("-")]
    return short_name(name or (asked[-1] if asked else ""))


def model(document: Document) -> str:
    """Return the model; SCSI keys carry a prefix since smartmontools 7.2."""
    names = ("model_name", "scsi_model_name", "scsi_product", "product")
    return next((name for name in (text(document, key) for key in names) if name), "")


def firmware(document: Document) -> str:
    """Return the firmware version."""
    names = ("firmware_version", "scsi_revision", "revision")
    return next((name for name in (text(document, key) for key in names) if name), "")


def kind(document: Document) -> Kind:
    """Return what sort of device it is."""
    peripheral = text(document, "device_type", "name")
    if peripheral and _KINDS.get(peripheral, Kind.OTHER):
        return _KINDS.get(peripheral) or Kind.OTHER
    if text(document, "device", "protocol") == "NVMe" or health_log(document):
        return Kind.NVME
    rotation = as_int(document.get("rotation_rate"))
    if rotation is None:
        return Kind.SSD if as_bool(at(document, "trim", "supported")) else Kind.UNKNOWN
    return Kind.HDD if rotation > 0 else Kind.SSD


def wwn(document: Document) -> str:
    """Return the world wide name as 16 hexadecimal digits, as Telegraf writes it."""
    parts = [count(document, "wwn", key) for key in ("naa", "oui", "id")]
    if None not in parts:
        naa, oui, rest = (part or 0 for part in parts)
        return f"{naa:x}{oui:06x}{rest:09x}"
    logical_unit = text(document, "logical_unit_id").lower().removeprefix("0x")
    return logical_unit if _WWN_PARTS.fullmatch(logical_unit) else ""


def enabled(available: bool | None, switched_on: bool | None, *, has_verdict: bool) -> str:
    """Return Telegraf's tag `enabled`; a drive that gave a verdict has SMART on, whatever smartctl left out."""
    if available is False:
        return "Unavailable"
    if switched_on is None:
        return "Enabled" if has_verdict else ""
    return "Enabled" if switched_on else "Disabled"


def capacity(document: Document) -> int | None:
    """Return the capacity in bytes; NVMe drives without namespaces tell their total only."""
    for path in (("user_capacity", "bytes"), ("nvme_total_capacity",)):
        size = count(document, *path, largest=LARGEST_BYTES)
        if size:
            return size
    return None


def temperature(document: Document, key: str) -> int | None:
    """Return a temperature in °C; 0 is what RAID volumes and virtual disks answer that have no sensor."""
    degrees = as_int(at(document, "temperature", key))
    return degrees if degrees and LOWEST_C <= degrees <= HIGHEST_C else None


def temperature_limit(document: Document) -> int | None:
    """Return the drive's own highest temperature of operation: SCT's, NVMe's, or SCSI's reference temperature."""
    limits = (temperature(document, key) for key in ("op_limit_max", "drive_trip"))
    return next((limit for limit in limits if limit and limit >= 40), None)


def power_on_hours(document: Document) -> int | None:
    """Return how long the drive has run."""
    return count(document, "power_on_time", "hours", largest=LONGEST_HOURS)


def scsi_error(document: Document) -> ScsiError | None:
    """Return the sense code of a SCSI drive that reports an exception."""
    asc = count(document, "smart_status", "scsi", "asc", largest=255)
    return None if asc is None else ScsiError(asc, count(document, "smart_status", "scsi", "ascq", largest=255) or 0)


def health_log(document: Document) -> dict[str, int]:
    """Return the counters of NVMe's SMART / Health Information log, under smartctl's names."""
    log = at(document, "nvme_smart_health_information_log")
    names = list(log) if isinstance(log, Mapping) else []
    found = {name: count(log, name) for name in names if name not in ("nsid", "temperature")}
    return {name: number for name, number in found.items() if number is not None}


def scsi_counters(document: Document) -> dict[str, int]:
    """Return what a SAS drive counts: grown defects, pending defects and uncorrected errors of each operation."""
    found = {
        "grown_defects": count(document, "scsi_grown_defect_list"),
        "pending_defects": count(document, "scsi_pending_defects", "count"),
        **{
            f"uncorrected_{page}_errors": count(document, "scsi_error_counter_log", page, "total_uncorrected_errors")
            for page in ("read", "write", "verify")
        },
    }
    return {name: number for name, number in found.items() if number is not None}


def endurance_used(document: Document, log: Mapping[str, int]) -> int | None:
    """Return the percentage of the rated endurance used, where the drive or smartctl 7.5 itself says it."""
    statistics = (
        count(entry, "value", largest=255)
        for page in records(at(document, "ata_device_statistics", "pages"))
        for entry in records(page.get("table"))
        if text(entry, "name") == _USED_STATISTIC and as_bool(at(entry, "flags", "valid")) is not False
    )
    told = (
        count(document, "endurance_used", "current_percent", largest=255),
        log.get("percentage_used"),
        count(document, "scsi_percentage_used_endurance_indicator", largest=255),
        *statistics,
    )
    return next((number for number in told if number is not None), None)


def error_log_count(document: Document) -> int | None:
    """Return how many errors the drive's log counts."""
    paths = (
        ("ata_smart_error_log", "extended", "count"),
        ("ata_smart_error_log", "summary", "count"),
        ("nvme_smart_health_information_log", "num_err_log_entries"),
    )
    return next((number for number in (count(document, *path) for path in paths) if number is not None), None)


def self_test_failed(document: Document) -> bool | None:
    """Return whether the newest self-test failed; None if there was none, or it was not finished."""
    for log in ("extended", "standard"):
        status = count(document, "ata_smart_self_test_log", log, "table", 0, "status", "value", largest=255)
        if status is not None:
            return _verdict(status >> 4, _ATA_TEST_FAILED)
    result = count(document, "scsi_self_test_0", "result", "value")
    if result is not None:
        return _verdict(result, _SCSI_TEST_FAILED)
    result = count(document, "nvme_self_test_log", "table", 0, "self_test_result", "value")
    return None if result is None else _verdict(result, _NVME_TEST_FAILED)


def _verdict(result: int, failed: range) -> bool | None:
    return True if result in failed else False if result == 0 else None
