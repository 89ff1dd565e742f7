"""Drives and their judgement to points. Names, tags and units are Telegraf's `smart` plugin's, with ours beside."""

from collections.abc import Iterator, Mapping

from collectors.inputs.smart.attributes import COUNTER_ATTRIBUTES, counters
from collectors.inputs.smart.drive import Attribute, Drive
from collectors.inputs.smart.judgement import Judgement
from collectors.point import FieldValue, Point

RATE_FIELDS = {
    1: "read_error_rate",
    7: "seek_error_rate",
    188: "command_timeout",
    201: "soft_read_error_rate",
}
"""Attribute number to Telegraf's field. On Seagate drives these hold packed numbers; they are passed on, not judged."""

VALUE_FIELDS = {
    "Percent_Lifetime_Remain": "percent_lifetime_remain",
    "Wear_Leveling_Count": "wear_leveling_count",
    "Media_Wearout_Indicator": "media_wearout_indicator",
}
"""Attribute name to Telegraf's field that holds the normalised value."""

LOG_FIELDS = {
    # smartctl's name in the NVMe health log: (Telegraf's field or "", Telegraf's attribute name)
    "critical_warning": ("critical_warning", "Critical_Warning"),
    "available_spare": ("available_spare", "Available_Spare"),
    "available_spare_threshold": ("available_spare_threshold", "Available_Spare_Threshold"),
    "percentage_used": ("percentage_used", "Percentage_Used"),
    "data_units_read": ("", "Data_Units_Read"),
    "data_units_written": ("", "Data_Units_Written"),
    "host_reads": ("", "Host_Read_Commands"),
    "host_writes": ("", "Host_Write_Commands"),
    "controller_busy_time": ("", "Controller_Busy_Time"),
    "unsafe_shutdowns": ("unsafe_shutdowns", "Unsafe_Shutdowns"),
    "media_errors": ("media_errors", "Media_and_Data_Integrity_Errors"),
    "num_err_log_entries": ("error_log_entries", "Error_Information_Log_Entries"),
    "warning_temp_time": ("warning_temperature_time", "Warning_Temperature_Time"),
    "critical_comp_time": ("critical_temperature_time", "Critical_Temperature_Time"),
}


def to_points(drive: Drive, judgement: Judgement) -> list[Point]:
    """Return the `smart_device` point of a drive and a `smart_attribute` point for each of its attributes."""
    tags = _tags(drive)
    device = Point("smart_device", tags, {**_facts(drive), **_judged(drive, judgement)})
    return [device, *_attribute_points(drive, tags), *_log_points(drive, tags)]


def _tags(drive: Drive) -> dict[str, str]:
    return {
        "block_device": drive.name,
        "device_type": drive.type,
        "model": drive.model,
        "serial_no": drive.serial,
        "wwn": drive.wwn,
        "capacity": "" if drive.capacity is None else str(drive.capacity),
        "enabled": drive.enabled,
    }


def _judged(drive: Drive, judgement: Judgement) -> dict[str, FieldValue]:
    return {
        "access": str(drive.access),
        "kind": str(drive.kind),
        "state": str(judgement.level),
        "state_code": judgement.level.code,
        "state_reason": judgement.codes,
        "reason": judgement.text.ja,
        "reason_en": judgement.text.en,
    }


def _facts(drive: Drive) -> dict[str, FieldValue]:
    """Return what the drive told; a verdict or number that it did not give is absent, not false and not 0."""
    told: dict[str, FieldValue | None] = {
        "health_ok": drive.passed,
        "exit_status": None if drive.exit_status is None else int(drive.exit_status),
        "exit_bits": drive.exit_status.words or None if drive.exit_status else None,
        "temp_c": drive.temperature,
        "power_on_hours": drive.power_on_hours,
        "power_cycle_count": drive.power_cycles,
        "endurance_used_percent": drive.endurance_used,
        "error_log_count": drive.error_log_count,
        "self_test_failed": drive.self_test_failed,
        "firmware": drive.firmware or None,
        "protocol": drive.protocol or None,
        **_from_attributes(drive),
        **drive.counters,
        **{field: drive.log.get(name) for name, (field, _attribute) in LOG_FIELDS.items() if field},
    }
    return {name: value for name, value in told.items() if value is not None}


def _from_attributes(drive: Drive) -> dict[str, FieldValue | None]:
    counted = counters(drive.attributes)
    found: dict[str, FieldValue | None] = {each.field: counted.get(each.counter) for each in COUNTER_ATTRIBUTES}
    for attribute in drive.attributes:
        if attribute.id in RATE_FIELDS:
            found[RATE_FIELDS[attribute.id]] = attribute.raw
        if attribute.name in VALUE_FIELDS:
            found[VALUE_FIELDS[attribute.name]] = attribute.value
    return found


def _attribute_points(drive: Drive, tags: Mapping[str, str]) -> Iterator[Point]:
    status = {} if drive.exit_status is None else {"exit_status": int(drive.exit_status)}
    for attribute in drive.attributes:
        fields = _attribute_fields(attribute)
        if fields:
            own = {"id": str(attribute.id), "name": attribute.name, "flags": attribute.flags, "fail": attribute.failed}
            yield Point("smart_attribute", {**tags, **own}, {**fields, **status})


def _attribute_fields(attribute: Attribute) -> dict[str, FieldValue]:
    told = {
        "raw_value": attribute.raw,
        "value": attribute.value,
        "worst": attribute.worst,
        "threshold": attribute.threshold,
    }
    return {name: number for name, number in told.items() if number is not None}


def _log_points(drive: Drive, tags: Mapping[str, str]) -> Iterator[Point]:
    for name, (_field, attribute) in LOG_FIELDS.items():
        if name in drive.log:
            yield Point("smart_attribute", {**tags, "name": attribute}, {"raw_value": drive.log[name]})
