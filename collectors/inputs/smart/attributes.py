"""ATA attributes: out of smartctl's JSON, and what those of each vendor mean."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from collectors.inputs.smart import json_values as values
from collectors.inputs.smart.drive import Attribute, Failed
from collectors.scalar import as_int, as_text

LARGEST_COUNT = 2**32 - 1
"""A raw value above this holds several packed numbers, not a count."""

_FAILED = {"now": Failed.NOW, "past": Failed.PAST}
_LEADING_COUNT = re.compile(r"\d{1,18}(?![\dx])")


def read_attributes(document: Mapping[str, object]) -> tuple[Attribute, ...]:
    """Return the attribute table; rows without a number are passed over."""
    rows = values.records(values.at(document, "ata_smart_attributes", "table"))
    return tuple(_attribute(row, as_int(row.get("id")) or 0) for row in rows if as_int(row.get("id")))


def _attribute(row: Mapping[str, object], number: int) -> Attribute:
    return Attribute(
        id=number,
        name=as_text(row.get("name")) or "Unknown_Attribute",
        value=as_int(row.get("value")),
        worst=as_int(row.get("worst")),
        threshold=as_int(row.get("thresh")),
        flags=(as_text(values.at(row, "flags", "string")) or "").strip(),
        failed=_FAILED.get((as_text(row.get("when_failed")) or "").lower(), Failed.NO),
        raw=raw_count(as_text(values.at(row, "raw", "string")), as_int(values.at(row, "raw", "value"))),
    )


def raw_count(text: str | None, number: int | None) -> int | None:
    """Return the count in a raw value.

    smartctl unpacks a raw value by its drive database: "36 (Min/Max 20/41)", "22566h+01m+09.514s", "1/1162", "0 0 0".
    The leading number is the count; the 48-bit number beside it is the packed whole. Hexadecimal text is not a count.
    """
    match = _LEADING_COUNT.match(text or "")
    if match:
        return int(match[0])
    return None if text and text.startswith("0x") else number


@dataclass(frozen=True, slots=True)
class CounterAttribute:
    """An attribute whose raw value counts something that can be judged.

    Attributes:
        counter: what it counts, for every drive the same word.
        id: attribute number.
        name: pattern of the names under which the number has this meaning: vendors reuse numbers.
        field: Telegraf's field of `smart_device`.
    """

    counter: str
    id: int
    name: re.Pattern[str]
    field: str


COUNTER_ATTRIBUTES = tuple(
    CounterAttribute(counter, number, re.compile(name, re.IGNORECASE), field)
    for counter, number, name, field in (
        ("reallocated", 5, r"realloc|retired|grown|bad_bl", "reallocated_sectors_count"),
        ("spin_retries", 10, r"spin_retry", "spin_retry_count"),
        ("end_to_end_errors", 184, r"end.to.end|e2e|ioedc", "end_to_end_error"),
        ("reported_uncorrectable", 187, r"uncorrect|uecc", "uncorrectable_errors"),
        ("reallocation_events", 196, r"realloc", "realloc_event_count"),
        ("pending", 197, r"pending", "pending_sector_count"),
        ("offline_uncorrectable", 198, r"uncorrect", "uncorrectable_sector_count"),
        ("crc_errors", 199, r"crc", "udma_crc_errors"),
    )
)


def counters(attributes: Sequence[Attribute]) -> dict[str, int]:
    """Return what the attributes count, by the counter's name; packed and missing values are left out."""
    return {
        known.counter: attribute.raw
        for known in COUNTER_ATTRIBUTES
        for attribute in attributes
        if attribute.id == known.id
        and known.name.search(attribute.name)
        and attribute.raw is not None
        and attribute.raw <= LARGEST_COUNT
    }


class WearReading(StrEnum):
    """Where an attribute tells the percentage."""

    VALUE_LEFT = "value_left"
    """The normalised value is the percentage left."""

    VALUE_OR_RAW_LEFT = "value_or_raw_left"
    """As VALUE_LEFT, but some firmware keeps the value at 100 and counts down in the raw value: the lower one holds."""

    RAW_USED = "raw_used"
    """The raw value is the percentage used."""


@dataclass(frozen=True, slots=True)
class WearAttribute:
    """How one attribute tells the wear of an SSD.

    Attributes:
        name: in smartctl's drive database (drivedb.h), which gives one number other names per vendor: 233 is Intel's
            Media_Wearout_Indicator and Phison's Flash_Writes_GiB, 202 is Micron's Percent_Lifetime_Remain and
            Samsung's Exception_Mode_Status.
        reading: where the percentage stands.
        source: whose documentation says so.
        ids: numbers for which the name has this meaning; empty for all.
    """

    name: str
    reading: WearReading
    source: str
    ids: tuple[int, ...] = ()


_VALUE, _EITHER, _USED = WearReading.VALUE_LEFT, WearReading.VALUE_OR_RAW_LEFT, WearReading.RAW_USED

WEAR_ATTRIBUTES = (
    # The first one that a drive has, holds. 226, 230 and 232 are left out on purpose: the first two count in units that
    # differ per firmware (230 counts up on WD and SanDisk), and 232 is the reserve, which its threshold judges.
    WearAttribute("Percent_Lifetime_Remain", _VALUE, "Micron TN-FD-22: value = 100 - percentage used"),
    WearAttribute("Percent_Lifetime_Used", _USED, "Micron TN-FD-22, earlier name"),
    WearAttribute("Perc_Rated_Life_Used", _USED, "Micron/Crucial C300, M4"),
    WearAttribute("Percent_Life_Used", _USED, "Micron OEM"),
    WearAttribute("Drive_Life_Used%", _USED, "ATP, Swissbit"),
    WearAttribute("DriveLife_Used%", _USED, "ATP, Swissbit"),
    WearAttribute("Media_Wearout_Indicator", _VALUE, "Intel SSD product specifications, attribute E9h", (233,)),
    WearAttribute("SSD_Life_Left", _EITHER, "Phison, Kingston, SandForce attribute guides"),
    WearAttribute("SSD_Life_Left_Perc", _EITHER, "SandForce"),
    WearAttribute("SSD_LifeLeft", _EITHER, "SandForce OEM"),
    WearAttribute("Lifetime_Left", _EITHER, "Phison OEM"),
    WearAttribute("Remaining_Lifetime_Perc", _EITHER, "Silicon Motion, OCZ Vector"),
    WearAttribute("Lifetime_Remaining%", _EITHER, "Silicon Motion OEM"),
    WearAttribute("Remaining_Life", _EITHER, "Maxio"),
    WearAttribute("Percent_Life_Remaining", _EITHER, "Transcend"),
    WearAttribute("PCT_Life_Remaining", _EITHER, "Transcend"),
    WearAttribute("Perc_Rated_Life_Remain", _EITHER, "Apacer, SMART Modular"),
    WearAttribute("Drive_Life_Remaining%", _EITHER, "ATP"),
    WearAttribute("DriveLife_Remaining%", _EITHER, "ATP"),
    WearAttribute("Wear_Leveling_Count", _VALUE, "Samsung SSD attributes (B1h); Micron (ADh)", (173, 177)),
)


def endurance_used(attributes: Sequence[Attribute]) -> int | None:
    """Return the percentage of the rated endurance that is used; None if no known attribute tells."""
    found = (
        _used(attribute, wear.reading)
        for wear in WEAR_ATTRIBUTES
        for attribute in attributes
        if attribute.name == wear.name and (not wear.ids or attribute.id in wear.ids)
    )
    return next((used for used in found if used is not None), None)


def _used(attribute: Attribute, reading: WearReading) -> int | None:
    if reading is WearReading.RAW_USED:
        return attribute.raw if attribute.raw is not None and attribute.raw <= 255 else None
    left = attribute.value
    if left is None or left > 100:  # some count down from 200 or 253, which is no percentage
        return None
    if left == 0 and not attribute.raw:  # 0 is no valid normalised value (ACS-2): the drive does not fill it in
        return None
    if reading is WearReading.VALUE_OR_RAW_LEFT and attribute.raw is not None and 0 < attribute.raw < left:
        left = attribute.raw
    return 100 - left
