from pathlib import Path

import pytest

from collectors import catalogue
from collectors.input import InputError, Recording
from collectors.inputs import disk, disk_encryption, physical_disk
from collectors.point import Point

SAMPLES = Path(__file__).resolve().parents[3].parent / "shared" / "samples" / "windows"


def _recording(name: str) -> Recording:
    path = SAMPLES / name
    if not path.exists():
        pytest.skip(f"no sample {name} beside the repository")
    return Recording(path.read_bytes(), name, 0)


def _checked(points: list[Point]) -> list[Point]:
    assert catalogue.problems(points) == []
    return points


@pytest.mark.parametrize(
    ("name", "total", "free", "percent"),
    [
        ("volumes-win7-win32_logicaldisk.wmi", 64317550592, 38306471936, 40.4),
        ("bitlocker-win32_logicaldisk.wmi", 510462619648, 271162613760, 46.9),
    ],
)
def test_it_reads_local_disks_only(name: str, total: int, free: int, percent: float) -> None:
    (point,) = _checked(disk.parse(_recording(name)))
    assert (point.tags["path"], point.fields["total"], point.fields["free"]) == ("\\C:", total, free)
    assert point.fields["used_percent"] == pytest.approx(percent, abs=0.05)


def test_it_reads_a_drive_as_windows_judges_it() -> None:
    (point,) = _checked(physical_disk.parse(_recording("disk-latitude7480-msft_physicaldisk.wmi")))
    assert point.tags == {"disk": "0", "model": "PC300 NVMe SK hynix 512GB"}
    expected = {
        "state": "ok", "size": 512110190592, "media_type": "SSD", "bus_type": "NVMe", "serial_no": "FJ68NXXXXXXXXXXXX",
    }  # fmt: skip
    assert {name: point.fields[name] for name in expected} == expected


def test_it_does_not_take_plug_and_play_for_health() -> None:
    (point,) = _checked(physical_disk.parse(_recording("disk-latitude7480-win32_diskdrive.wmi")))
    assert (point.fields["state"], point.fields["reason_code"]) == ("unknown", "plug_and_play_only")


def test_it_reads_a_volume_under_bitlocker() -> None:
    (point,) = _checked(disk_encryption.parse(_recording("bitlocker-win32_encryptablevolume.wmi")))
    assert point.tags == {"path": "\\C:"}
    assert (point.fields["state"], point.fields["protected"], point.fields["encrypted"]) == ("ok", True, True)
    assert point.fields["method"] == "AES-256"


@pytest.mark.parametrize(("expected", "state"), [(False, "ok"), (True, "bad")])
def test_it_judges_an_open_volume_by_the_settings(expected: bool, state: str) -> None:
    (point,) = disk_encryption.to_points(
        [{"driveletter": "C:", "protectionstatus": 0, "conversionstatus": 0}], expected
    )
    assert point.fields["state"] == state


def test_it_is_unknown_where_powershell_fails() -> None:
    def ask(script: str, timeout_s: float) -> str:
        raise InputError("PowerShell gave no answer (exit code 1)")

    for gatherer in (physical_disk.PhysicalDisks(ask), disk_encryption.DiskEncryption(ask)):
        assert _checked(gatherer.gather())[0].fields["state"] == "unknown"


def test_it_never_asks_for_a_key() -> None:
    assert "Key" not in disk_encryption.SCRIPT
    assert "Password" not in disk_encryption.SCRIPT
