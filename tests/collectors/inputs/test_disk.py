import threading
from pathlib import Path

import pytest

from collectors import catalogue
from collectors.input import NothingToReport
from collectors.inputs.disk import INPUT, Disk, Mount, Usage, chosen, read_usage, to_point

RW = frozenset({"rw", "relatime"})
ROOT = Mount("/dev/sda2", "/", "ext4", RW)
HOME = Mount("/dev/sda2", "/home", "btrfs", RW)
USAGE = Usage(total=1000, used=600, free=300, files=200, files_free=150)


@pytest.mark.parametrize(
    "mount",
    [
        Mount("tmpfs", "/run", "tmpfs", RW),
        Mount("overlay", "/var/lib/docker/overlay2/x/merged", "overlay", RW),
        Mount("/dev/loop3", "/snap/core/1", "squashfs", frozenset({"ro"})),
        Mount("/dev/sr0", "/media/cdrom", "iso9660", frozenset({"ro"})),
        Mount("D:\\", "D:\\", "", frozenset({"cdrom"})),
        Mount("server:/export", "/mnt/nas", "nfs4", RW),
        Mount("Z:\\", "Z:\\", "NTFS", frozenset({"rw", "remote"})),
        Mount("/dev/disk3s6", "/System/Volumes/VM", "apfs", RW),
    ],
)
def test_it_passes_over_what_is_no_storage_of_this_machine(mount: Mount) -> None:
    assert chosen([mount, ROOT]) == [ROOT]


def test_it_takes_network_file_systems_where_asked_for() -> None:
    nas = Mount("server:/export", "/mnt/nas", "nfs4", RW)
    assert chosen([nas], network=True) == [nas]


def test_it_reports_a_device_that_is_mounted_twice_once() -> None:
    assert chosen([HOME, ROOT]) == [ROOT]


def test_it_takes_the_uppermost_of_two_mounts_on_one_path() -> None:
    over = Mount("/dev/sdb1", "/", "xfs", RW)
    assert chosen([ROOT, over]) == [over]


def test_it_leaves_reserved_space_out_of_the_percentage() -> None:
    point = to_point(ROOT, USAGE)
    assert point is not None
    assert point.tags == {"path": "/", "block_device": "sda2", "fstype": "ext4", "mode": "rw"}
    assert point.fields["used_percent"] == pytest.approx(66.667, abs=0.001)
    assert point.fields["inodes_used_percent"] == 25.0
    assert catalogue.problems([point]) == []


def test_it_names_windows_drives_as_telegraf_does() -> None:
    point = to_point(Mount("C:\\", "C:\\", "NTFS", frozenset({"rw", "fixed"})), Usage(1000, 600, 400))
    assert point is not None
    assert point.tags == {"path": "\\C:", "block_device": "C:", "fstype": "NTFS", "mode": "rw"}
    assert "inodes_total" not in point.fields, "no limit is not 0 files"


def test_it_gives_no_point_of_an_empty_drive() -> None:
    assert to_point(ROOT, Usage(0, 0, 0)) is None


def _disk(mounts: list[Mount], usage: dict[str, Usage | OSError], patience_s: float = 5.0) -> Disk:
    def read(path: str) -> Usage:
        answer = usage[path]
        if isinstance(answer, OSError):
            raise answer
        return answer

    return Disk(mounts=lambda **_options: mounts, usage=read, patience_s=patience_s)


def test_it_tells_the_state_of_what_it_cannot_read_and_forgets_what_is_gone() -> None:
    mounts = [Mount(f"/dev/sd{letter}1", f"/{letter}", "ext4", RW) for letter in "abcd"]
    points = _disk(
        mounts,
        {"/a": USAGE, "/b": PermissionError(13, "no"), "/c": FileNotFoundError(2, "gone"), "/d": OSError(5, "I/O")},
    ).gather()
    assert [(p.tags["path"], p.fields["state"]) for p in points] == [
        ("/a", "ok"),
        ("/b", "no_permission"),
        ("/d", "failed"),
    ]
    assert catalogue.problems(points) == []


def test_it_is_not_held_up_by_a_mount_that_hangs() -> None:
    release = threading.Event()

    def read(path: str) -> Usage:
        if path == "/hung":
            release.wait(30)
        return USAGE

    mounts = [ROOT, Mount("/dev/sdz1", "/hung", "ext4", RW)]
    try:
        points = Disk(mounts=lambda **_options: mounts, usage=read, patience_s=0.2).gather()
    finally:
        release.set()
    assert [p.fields["state"] for p in points] == ["ok", "not_responding"]


def test_it_has_nothing_to_report_without_mounts() -> None:
    with pytest.raises(NothingToReport):
        _disk([], {}).gather()


def test_it_passes_over_a_single_mounted_file(tmp_path: Path) -> None:
    (tmp_path / "hosts").touch()
    assert read_usage(str(tmp_path)).total > 0
    with pytest.raises(FileNotFoundError):
        read_usage(str(tmp_path / "hosts"))


def test_it_reads_this_machine() -> None:
    try:
        points = INPUT.create({"network_mounts": False}).gather()
    except NothingToReport:
        pytest.skip("no block device is mounted here")
    assert catalogue.problems(points) == []
    assert all(int(point.fields["total"]) > 0 for point in points)
