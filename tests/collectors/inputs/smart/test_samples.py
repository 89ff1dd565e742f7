"""Recorded outputs of real drives, where they stand beside the repository: the facts that their README states."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from collectors import catalogue
from collectors.input import Recording
from collectors.inputs.smart.declaration import parse
from collectors.point import Point, to_lines

SAMPLES = Path(__file__).resolve().parents[4].parent / "shared" / "samples"
_ENTRY = re.compile(r"^### (?P<name>\S+)\n(?P<body>(?:- .*\n)+)", re.MULTILINE)
_EXPECTED = re.compile(r"^- expected: `(?P<json>\{.*\})`$", re.MULTILINE)

ATTRIBUTE_FIELDS = {
    "attr5_reallocated": "reallocated_sectors_count",
    "attr196_realloc_events": "realloc_event_count",
    "attr197_pending": "pending_sector_count",
    "attr198_uncorrectable": "uncorrectable_sector_count",
    "attr187_reported_uncorrect": "uncorrectable_errors",
    "attr199_crc": "udma_crc_errors",
}
FIELDS = {
    "smart_status_passed": "health_ok",
    "temperature_c": "temp_c",
    "power_on_hours": "power_on_hours",
    "power_cycles": "power_cycle_count",
    "ata_error_log_count": "error_log_count",
    "smartctl_exit_status": "exit_status",
    "protocol": "protocol",
    "endurance_used_percent": "endurance_used_percent",
    "nvme_critical_warning": "critical_warning",
    "nvme_percentage_used": "percentage_used",
    "nvme_available_spare": "available_spare",
    "nvme_available_spare_threshold": "available_spare_threshold",
    "nvme_media_errors": "media_errors",
    "nvme_num_err_log_entries": "error_log_entries",
    "nvme_unsafe_shutdowns": "unsafe_shutdowns",
    "scsi_grown_defect_list": "grown_defects",
}
TAGS = {"device_type": "device_type", "model_name": "model", "capacity_bytes": "capacity"}


def _cases() -> list[Any]:
    readme = SAMPLES / "README.md"
    if not readme.exists():
        return [pytest.param("", {}, marks=pytest.mark.skip(reason="no samples beside the repository"))]
    section = readme.read_text("utf-8").partition("\n## smart/")[2].partition("\n## ")[0]
    found = [(entry["name"], _EXPECTED.search(entry["body"])) for entry in _ENTRY.finditer(section)]
    facts = [(name, json.loads(match["json"])) for name, match in found if match]
    return [pytest.param(name, each, id=name) for name, each in facts if "health_expected" in each]


def _points(name: str) -> list[Point]:
    points = parse(Recording((SAMPLES / "smart" / name).read_bytes(), name, 0))
    assert catalogue.problems(points) == []
    assert to_lines(points)
    return points


@pytest.mark.parametrize(("name", "facts"), _cases())
def test_it_gives_the_stated_facts(name: str, facts: dict[str, Any]) -> None:
    device, *attributes = _points(name)
    for fact, field in FIELDS.items():
        if fact in facts:
            assert device.fields.get(field) == facts[fact], fact
    for fact, tag in TAGS.items():
        if fact in facts:
            assert device.tags[tag] == ("" if facts[fact] is None else str(facts[fact])), fact
    assert bool(device.tags["serial_no"]) is facts["serial_present"]
    if "attribute_count" in facts:
        assert len([point for point in attributes if "id" in point.tags]) == facts["attribute_count"]
    named_otherwise = {"ssd-kingston-kc400.json": {"attr197_pending"}}  # 197 is Not_In_Use there
    for fact, field in ATTRIBUTE_FIELDS.items():
        if fact in facts and fact not in named_otherwise.get(name, ()):
            assert device.fields.get(field) == facts[fact], fact
    assert device.fields["state"] in facts["health_expected"].split("_or_")


@pytest.mark.parametrize(("name", "facts"), _cases())
def test_it_survives_every_cut(name: str, facts: dict[str, Any]) -> None:
    data = (SAMPLES / "smart" / name).read_bytes()
    for part in range(1, 20):
        with pytest.raises(Exception, match=r"\A[^\n]+\Z") as raised:
            parse(Recording(data[: len(data) * part // 20], name, 0))
        assert type(raised.value).__name__ == "BadOutput"


@pytest.mark.parametrize(
    ("name", "access", "kind"),
    [
        ("text-enclosure-no-smart.txt", "not_a_disk", "enclosure"),
        ("text-raid-smart-failed-command.txt", "command_failed", "unknown"),
        ("text-dvd-no-medium.txt", "not_a_disk", "cd_dvd"),
    ],
)
def test_it_gives_a_state_for_plain_text(name: str, access: str, kind: str) -> None:
    if not (SAMPLES / "smart" / name).exists():
        pytest.skip(f"no sample {name} beside the repository")
    (device,) = _points(name)
    assert (device.fields["access"], device.fields["kind"], device.fields["state"]) == (access, kind, "unknown")
    assert "health_ok" not in device.fields
    assert not device.tags["capacity"]


@pytest.mark.parametrize(
    ("name", "devices"),
    [
        ("scan-megaraid.json", [("bus/0", "megaraid,0", "not_read"), ("bus/0", "megaraid,1", "not_read")]),
        ("scan-beszel.json", [("sda", "sat", "not_read"), ("nvme0", "nvme", "not_read")]),
        ("scan-nvme-open-error.json", [("nvme0", "nvme", "permission_denied")]),
    ],
)
def test_it_lists_what_a_scan_found(name: str, devices: list[tuple[str, str, str]]) -> None:
    if not (SAMPLES / "smart" / name).exists():
        pytest.skip(f"no sample {name} beside the repository")
    found = [(p.tags["block_device"], p.tags["device_type"], p.fields["access"]) for p in _points(name)]
    assert found == devices
