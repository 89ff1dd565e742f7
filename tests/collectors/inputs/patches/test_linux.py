import gzip
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from collectors.command import Output
from collectors.input import ToolMissing
from collectors.inputs.patches import Patches
from collectors.inputs.patches.judge import DEFAULT_POLICY
from collectors.inputs.patches.linux import Linux
from collectors.point import FieldValue

NOW_S = 1_790_000_000
NOW_NS = NOW_S * 10**9
NOTHING = b"0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n"
HISTORY = """
Start-Date: 2026-09-01  03:00:00
Commandline: /usr/bin/unattended-upgrade
Upgrade: openssl:amd64 (1, 2)
End-Date: 2026-09-01  03:00:09

Start-Date: 2026-09-10  03:00:00
Install: vim:amd64 (1)
End-Date: 2026-09-10  03:00:09

Start-Date: 2026-09-15  03:00:00
Upgrade: bash:amd64 (1, 2)
Error: Sub-process /usr/bin/dpkg returned an error code (1)
End-Date: 2026-09-15  03:00:09
"""


class Machine:
    def __init__(self, root: Path, **answers: Output) -> None:
        self.root = root
        self.answers = {name.replace("_", "-"): answer for name, answer in answers.items()}

    def __call__(self, program: str, arguments: Sequence[str], timeout_s: float) -> Output:
        return self.answers[f"{program}-security" if "updateinfo" in arguments else program]

    def gather(self) -> dict[str, FieldValue]:
        reader = Linux(self, has_program=lambda name: name in self.answers, root=self.root)
        (point,) = Patches(reader.read, DEFAULT_POLICY, lambda: NOW_NS).gather()
        return dict(point.fields)


@pytest.fixture
def debian(tmp_path: Path) -> Path:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/os-release").write_text('PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nID=debian\nVERSION_ID="13"\n')
    (tmp_path / "var/lib/apt/lists").mkdir(parents=True)
    os.utime(tmp_path / "var/lib/apt/lists", (NOW_S - 7200, NOW_S - 7200))
    (tmp_path / "var/log/apt").mkdir(parents=True)
    (tmp_path / "var/log/apt/history.log").write_text(HISTORY)
    return tmp_path


def test_it_reads_apt_with_what_it_left_on_disk(debian: Path) -> None:
    fields = Machine(debian, apt_get=Output(NOTHING, b"", 0)).gather()
    assert (fields["state"], fields["pending_security"], fields["lag_basis"]) == ("ok", 0, "none_missing")
    assert fields["last_check_age_s"] == 7200
    # The last upgrade without an error, in the machine's own zone.
    assert abs(int(fields["last_success_age_s"]) - 20.5 * 86_400) < 86_400
    assert fields["os_support_end"] == "2030-06-30"


def test_it_looks_into_older_logs(debian: Path) -> None:
    (debian / "var/log/apt/history.log").write_text("")
    (debian / "var/log/apt/history.log.1.gz").write_bytes(gzip.compress(HISTORY.encode()))
    assert "last_success_age_s" in Machine(debian, apt_get=Output(NOTHING, b"", 0)).gather()


def test_it_ignores_a_damaged_log(debian: Path) -> None:
    (debian / "var/log/apt/history.log").unlink()
    (debian / "var/log/apt/history.log.1.gz").write_bytes(gzip.compress(HISTORY.encode())[:-9])
    assert "last_success_age_s" not in Machine(debian, apt_get=Output(NOTHING, b"", 0)).gather()


def test_it_is_unknown_where_apt_fails_and_says_why(debian: Path) -> None:
    broken = Output(b"", b"E: Could not read the list of sources.\n", 100)
    fields = Machine(debian, apt_get=broken).gather()
    assert (fields["state"], fields["reason_code"]) == ("unknown", "unreadable")
    assert "list of sources" in str(fields["reason_en"])
    assert "pending_security" not in fields


def test_it_knows_that_a_restart_is_due(debian: Path) -> None:
    assert "reboot_required" not in Machine(debian, apt_get=Output(NOTHING, b"", 0)).gather()
    kept = Output(b"NEEDRESTART-VER: 3.6\nNEEDRESTART-KSTA: 1\n", b"", 0)
    assert Machine(debian, apt_get=Output(NOTHING, b"", 0), needrestart=kept).gather()["reboot_required"] is False
    (debian / "run").mkdir()
    (debian / "run/reboot-required").touch()
    assert Machine(debian, apt_get=Output(NOTHING, b"", 0), needrestart=kept).gather()["reboot_required"] is True


def test_it_takes_exit_code_100_of_dnf_for_updates(tmp_path: Path) -> None:
    updates = b"\nbash.x86_64   5.1.8-10.el9   baseos\nopenssl.x86_64   1:3.0.7-28.el9   baseos\n"
    security = b"RHSA-2026:4123 Important/Sec. openssl-1:3.0.7-28.el9.x86_64\n"
    fields = Machine(
        tmp_path,
        dnf=Output(updates, b"", 100),
        dnf_security=Output(security, b"", 0),
        rpm=Output(f"{NOW_S - 86_400}\n{NOW_S - 864_000}\n".encode(), b"", 0),
    ).gather()
    assert (fields["pending_security"], fields["pending_other"]) == (1, 1)
    assert (fields["last_success_age_s"], fields["lag_basis"], fields["state"]) == (86_400, "last_success", "ok")


def test_it_does_not_say_that_none_is_missing_where_nobody_marks_security_updates(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/os-release").write_text('NAME="CentOS Stream"\nID="centos"\nVERSION_ID="9"\n')
    updates = Output(b"bash.x86_64   5.1.8-10.el9   baseos\n", b"", 100)
    fields = Machine(tmp_path, dnf=updates, rpm=Output(b"", b"", 0)).gather()
    assert (fields["state"], fields["pending_total"]) == ("unknown", 1)
    assert not {"pending_security", "lag_days"} & fields.keys()


def test_it_does_not_take_a_failed_dnf_for_no_updates(tmp_path: Path) -> None:
    failed = Output(b"", b"Error: Failed to download metadata for repo 'baseos'\n", 1)
    fields = Machine(tmp_path, dnf=failed, dnf_security=failed, rpm=Output(b"", b"", 0)).gather()
    assert fields["state"] == "unknown"
    assert "pending_security" not in fields


def test_it_names_the_tools_that_are_missing(tmp_path: Path) -> None:
    with pytest.raises(ToolMissing):
        Linux(Machine(tmp_path), has_program=lambda name: False, root=tmp_path).read(NOW_NS)
