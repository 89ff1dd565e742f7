from pathlib import Path

import pytest

from collectors import catalogue
from collectors.command import Output
from collectors.input import InputError, NothingToReport, Recording
from collectors.inputs.raid import Raid, windows_reader
from collectors.inputs.raid.linux import Linux
from collectors.inputs.raid.recording import parse
from collectors.point import Point

SAMPLES = Path(__file__).resolve().parents[4].parent / "shared" / "samples" / "linux"
ZPOOL = (
    b"  pool: tank\n state: ONLINE\nconfig:\n\n\tNAME  STATE  READ WRITE CKSUM\n"
    b"\ttank  ONLINE  0  0  0\n\nerrors: No known data errors\n"
)
MDSTAT = """\
Personalities : [raid1]
md0 : active raid1 sda[0] sdb[1]
      8 blocks [2/2] [UU]

unused devices: <none>
"""


def _arrays(name: str) -> dict[str, Point]:
    path = SAMPLES / name
    if not path.exists():
        pytest.skip(f"no sample {name} beside the repository")
    points = parse(Recording(path.read_bytes(), name, 0))
    assert catalogue.problems(points) == []
    return {point.tags["name"]: point for point in points if point.measurement == "raid_array"}


def test_it_tells_faults_from_what_only_looks_like_one() -> None:
    arrays = _arrays("raid-mdstat.txt")
    codes = {name: point.fields["reason_code"] for name, point in arrays.items()}
    assert {name for name, point in arrays.items() if point.fields["state"] == "bad"} == {"md4", "md6", "md7"}
    assert (codes["md4"], codes["md6"], codes["md7"]) == ("inactive", "rebuilding", "degraded")
    assert arrays["md6"].fields["operation_percent"] == 8.5
    assert {arrays[name].fields["state"] for name in ("md9", "md11", "md126", "md219")} == {"ok"}
    assert arrays["md9"].fields["failed"] == 2


def test_it_reads_pools_in_order() -> None:
    arrays = _arrays("raid-zpool-status-v.txt")
    assert {name: point.fields["state"] for name, point in arrays.items()} == dict.fromkeys(
        ("zhgstera6", "zint500", "zsam53"), "ok"
    )


def _linux(tmp_path: Path, answers: dict[str, Output]) -> Linux:
    def run(program: str, arguments: object, timeout_s: float) -> Output:
        return answers[program]

    return Linux(run, answers.get, tmp_path)


def test_it_asks_every_manager_that_is_installed(tmp_path: Path) -> None:
    (tmp_path / "mdstat").write_text(MDSTAT)
    (tmp_path / "devices").write_text("253 device-mapper\n")
    (tmp_path / "mounts").write_text(
        "/dev/sdc /srv btrfs rw 0 0\n/dev/sdc /srv/a btrfs rw 0 0\n/dev/sda / ext4 rw 0 0\n"
    )
    stats = b"".join(
        b"[/dev/sdc].%s_errs 0\n" % each
        for each in (b"write_io", b"read_io", b"flush_io", b"corruption", b"generation")
    )
    lvs = b'{"report":[{"lv":[{"vg_name":"v","lv_name":"l","segtype":"raid1","lv_health_status":""}]}]}'
    linux = _linux(
        tmp_path, {"zpool": Output(ZPOOL, b"", 0), "lvs": Output(lvs, b"", 0), "btrfs": Output(stats, b"", 0)}
    )
    points = Raid(linux.read).gather()
    assert [point.tags.get("name") for point in points] == [None, "md0", "tank", "v/l", "/srv"]
    assert points[0].fields["state"] == "ok"


def test_it_is_unknown_where_a_manager_refuses(tmp_path: Path) -> None:
    refused = Output(b"", b"Permission denied the ZFS utilities must be run as root.\n", 1)
    (status,) = Raid(_linux(tmp_path, {"zpool": refused}).read).gather()
    assert (status.fields["state"], status.fields["reason_code"]) == ("unknown", "unreadable")
    assert "must be run as root" in str(status.fields["reason_en"])


@pytest.mark.parametrize(("member", "state"), [("sdb1[1]", "ok"), ("sdb1[1] sdc1[2](F)", "bad")])
def test_it_lets_the_settings_allow_room_for_more_disks(tmp_path: Path, member: str, state: str) -> None:
    # As NAS keep their system: a mirror over every bay, filled or not.
    (tmp_path / "mdstat").write_text(
        f"Personalities : [raid1]\nmd0 : active raid1 sda1[0] {member}\n      8 blocks [12/2] [UU__________]\n\n"
        "unused devices: <none>\n"
    )
    linux = _linux(tmp_path, {})
    assert Raid(linux.read).gather()[0].fields["state"] == "bad"
    assert Raid(linux.read, ["md0"]).gather()[0].fields["state"] == state


def test_it_has_nothing_to_report_without_raid(tmp_path: Path) -> None:
    none = Output(b"", b"no pools available\n", 0)
    with pytest.raises(NothingToReport):
        Raid(_linux(tmp_path, {"zpool": none}).read).gather()


def test_it_asks_windows_in_numbers_that_no_language_changes() -> None:
    asked: list[str] = []

    def ask(script: str, timeout_s: float) -> str:
        asked.append(script)
        return (
            '{"karte":"raid","parts":{"pools":{"items":[]},"disks":{"items":[{"FriendlyName":"D","HealthStatus":2}]}}}'
        )

    device, disk = Raid(windows_reader(ask)).gather()
    assert "MSFT_VirtualDisk" in asked[0]
    assert (device.fields["state"], disk.tags["name"], disk.fields["state"]) == ("bad", "D", "bad")


def test_it_is_unknown_where_powershell_fails() -> None:
    def ask(script: str, timeout_s: float) -> str:
        raise InputError("PowerShell gave no answer (exit code 1)")

    (status,) = Raid(windows_reader(ask)).gather()
    assert status.fields["state"] == "unknown"
