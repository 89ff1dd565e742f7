from collections.abc import Sequence
from pathlib import Path

from collectors.command import Output
from collectors.input import InputError
from collectors.inputs.antivirus.judge import judge
from collectors.inputs.antivirus.product import DEFAULT_POLICY, Mode
from collectors.inputs.antivirus.unix import Unix, read_units
from collectors.verdict import State

NOW_NS = 1_790_000_000_000_000_000
UNITS = """clamav-daemon.service     loaded active   running Clam AntiVirus userspace daemon
clamav-freshclam.service  loaded active   running ClamAV virus database updater
● mdatp.service           loaded failed   failed  Microsoft Defender
auditd.service            not-found inactive dead auditd.service
"""


def header(seconds: int) -> bytes:
    text = f"ClamAV-VDB:20 Sep 2026 07-24 +0000:28000:2080123:90:{'0' * 32}:SIGNATURE:builder:{seconds}"
    return text.encode().ljust(512) + b"data"


class Machine:
    """Answers as programs would."""

    def __init__(self, answers: dict[str, str]) -> None:
        self.answers = answers

    def __call__(self, program: str, arguments: Sequence[str], timeout_s: float) -> Output:
        if program not in self.answers:
            raise InputError(f"{program} did not answer within {timeout_s:g} s")
        return Output(self.answers[program].encode(), b"", 0)


def unix(folder: Path, answers: dict[str, str], programs: set[str], processes: frozenset[str] = frozenset()) -> Unix:
    return Unix(
        "linux",
        run=Machine(answers),
        processes=lambda: set(processes),
        clamav_folders=[folder],
        has_program=lambda name: name in programs,
    )


def test_it_leaves_out_units_that_are_only_named() -> None:
    assert read_units(UNITS) == {"clamav-daemon": "active", "clamav-freshclam": "active", "mdatp": "failed"}


def test_it_reads_clamav_from_its_service_and_its_newest_database(tmp_path: Path) -> None:
    (tmp_path / "daily.cvd").write_bytes(header(1_700_000_000))
    (tmp_path / "daily.cld").write_bytes(header(1_789_889_040))
    findings = unix(tmp_path, {"systemctl": UNITS.replace("mdatp", "other")}, {"systemctl"}).read(NOW_NS)
    (product,) = findings.products
    assert (product.name, product.mode, product.definitions_version) == ("ClamAV", Mode.ON_DEMAND, "28000")
    assert judge(findings, DEFAULT_POLICY).device.code == "protected_on_demand"


def test_it_says_that_a_database_without_a_daemon_protects_nothing(tmp_path: Path) -> None:
    (tmp_path / "daily.cvd").write_bytes(header(1_789_889_040))
    findings = unix(tmp_path, {"systemctl": ""}, {"systemctl"}).read(NOW_NS)
    assert judge(findings, DEFAULT_POLICY).device.code == "off"


def test_it_is_unknown_where_a_tool_that_is_there_fails(tmp_path: Path) -> None:
    findings = unix(tmp_path, {"systemctl": ""}, {"systemctl", "mdatp"}).read(NOW_NS)
    device = judge(findings, DEFAULT_POLICY).device
    assert (device.state, device.code) == (State.UNKNOWN, "unreadable")
    assert "mdatp" in device.reason.en


def test_it_asks_mdatp_and_does_not_list_its_service_again(tmp_path: Path) -> None:
    health = '{"realTimeProtectionEnabled":true,"passiveModeEnabled":false,"orgId":"x","definitionsStatus":"upToDate"}'
    answers = {"systemctl": UNITS.splitlines()[2].replace("failed", "active"), "mdatp": health}
    findings = unix(tmp_path, answers, {"systemctl", "mdatp"}).read(NOW_NS)
    assert [(each.name, each.source) for each in findings.products] == [("Microsoft Defender", "mdatp")]


def test_it_finds_nothing_on_a_machine_that_has_nothing(tmp_path: Path) -> None:
    findings = unix(tmp_path, {}, set()).read(NOW_NS)
    assert judge(findings, DEFAULT_POLICY).device.code == "none_found"
