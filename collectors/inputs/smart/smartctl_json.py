"""smartctl's JSON to drives (smartmontools 7.0 and later; the key names of 6.7 to 7.5 are all known)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeGuard

from collectors.input import BadOutput
from collectors.inputs.smart import json_values as values
from collectors.inputs.smart.access import Told, access_of, opened
from collectors.inputs.smart.attributes import endurance_used, read_attributes
from collectors.inputs.smart.drive import NO_BITS, Access, Drive, Kind
from collectors.json_text import Record
from collectors.scalar import as_bool, as_text

_NOT_DISKS = frozenset({Kind.CD_DVD, Kind.ENCLOSURE, Kind.OTHER})


@dataclass(frozen=True, slots=True)
class Found:
    """A device that a scan found.

    Attributes:
        path: as smartctl wants it ("/dev/sda", "/dev/bus/0").
        drive: what is known of it so far: name, type and protocol, and whether it could be opened.
    """

    path: str
    drive: Drive


def is_document(value: object) -> TypeGuard[Record]:
    """Tell whether a JSON value is something that smartctl writes."""
    return isinstance(value, dict) and any(isinstance(value.get(key), dict) for key in ("smartctl", "device"))


def is_scan(document: Mapping[str, object]) -> bool:
    """Tell whether this is the answer to `smartctl --scan`, not to a question about one drive."""
    arguments = values.texts(values.at(document, "smartctl", "argv"))
    return isinstance(document.get("devices"), list) or any(word.startswith("--scan") for word in arguments)


def read_scan(document: Mapping[str, object]) -> list[Found]:
    """Return the devices that a scan found."""
    found = []
    for device in values.records(document.get("devices")):
        path = values.text(device, "name")
        error = as_text(device.get("open_error"))
        protocol = values.text(device, "protocol")
        drive = Drive(
            name=values.short_name(path),
            type=values.text(device, "type"),
            protocol=protocol,
            kind=Kind.NVME if protocol == "NVMe" else Kind.UNKNOWN,
            access=opened(error) if error else Access.NOT_READ,
        )
        found.append(Found(path, drive))
    return found


def read_drive(document: object) -> Drive:
    """Return what smartctl told of one drive.

    Raises:
        BadOutput: the document is not smartctl's.
    """
    if not is_document(document):
        raise BadOutput("this JSON is not smartctl's")
    attributes = read_attributes(document)
    log = values.health_log(document)
    exit_status = values.exit_status(document)
    passed = as_bool(values.at(document, "smart_status", "passed"))
    counters = values.scsi_counters(document)
    model = values.model(document)
    kind = values.kind(document)
    told_used = values.endurance_used(document, log)
    told = Told(
        messages=values.messages(document),
        exit_status=exit_status or NO_BITS,
        has_data=bool(passed is not None or attributes or log or counters),
        is_known=bool(model),
        is_disk=kind not in _NOT_DISKS,
        available=as_bool(values.at(document, "smart_support", "available")),
        enabled=as_bool(values.at(document, "smart_support", "enabled")),
    )
    return Drive(
        name=values.device_name(document),
        type=values.text(document, "device", "type"),
        protocol=values.text(document, "device", "protocol"),
        model=model,
        serial=values.text(document, "serial_number"),
        firmware=values.firmware(document),
        wwn=values.wwn(document),
        kind=kind,
        access=access_of(told),
        exit_status=exit_status,
        passed=passed,
        scsi_error=values.scsi_error(document),
        enabled=values.enabled(told.available, told.enabled, has_verdict=passed is not None),
        capacity=values.capacity(document),
        temperature=values.temperature(document, "current"),
        temperature_limit=values.temperature_limit(document),
        power_on_hours=values.power_on_hours(document),
        power_cycles=values.count(document, "power_cycle_count"),
        endurance_used=endurance_used(attributes) if told_used is None else told_used,
        attributes=attributes,
        log=log,
        counters=counters,
        error_log_count=values.error_log_count(document),
        self_test_failed=values.self_test_failed(document),
        in_database=document.get("in_smartctl_database") is not False,
    )
