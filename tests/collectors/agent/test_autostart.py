import configparser
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from collectors.agent.autostart import RECIPES
from collectors.agent.cli import agent

PROGRAM = "/opt/karte/bin/karte"
TASK = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"

DOCUMENTED = {
    # systemd.unit(5)
    "Unit": {"Description", "After", "StartLimitIntervalSec"},
    # systemd.service(5), systemd.exec(5), systemd.kill(5)
    "Service": {
        *("Type", "ExecStart", "Restart", "RestartSec", "RestartPreventExitStatus", "TimeoutStopSec", "OOMPolicy"),
        *("KillMode", "Nice", "IOSchedulingClass", "IOSchedulingPriority", "LimitCORE", "UMask"),
        *("StateDirectory", "StateDirectoryMode", "ConfigurationDirectory", "ConfigurationDirectoryMode"),
        *("CapabilityBoundingSet", "NoNewPrivileges", "ReadOnlyPaths", "PrivateTmp", "LockPersonality"),
        *("SystemCallFilter", "SystemCallErrorNumber", "SystemCallArchitectures", "RestrictAddressFamilies"),
        *("RestrictNamespaces", "RestrictRealtime", "RestrictSUIDSGID", "ProtectHostname", "ProtectKernelModules"),
        *("ProtectKernelLogs", "ProtectKernelTunables", "ProtectControlGroups"),
    },
    "Install": {"WantedBy"},
}
"""The directives of systemd's manual that the unit may use; systemd itself only warns of one that it does not know."""

BLINDING = {
    "ProtectSystem": "disk's mode would be read-only everywhere",
    "ProtectHome": "the space of /home could not be measured",
    "PrivateDevices": "SMART needs the disks",
    "ProtectClock": "it closes all devices but the clock's",
    "DevicePolicy": "SMART needs the disks",
    "PrivateNetwork": "nothing could be sent",
    "PrivateUsers": "SMART needs the machine's own root",
    "User": "smartctl, nft and ufw ask for root",
}


def unit() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",), strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # directives have capitals
    parser.read_string(RECIPES["systemd"].text(PROGRAM))
    return parser


def test_the_unit_uses_documented_directives_each_once() -> None:
    found = unit()
    assert found.sections() == list(DOCUMENTED)
    for section, known in DOCUMENTED.items():
        assert set(found[section]) <= known


def test_the_unit_restarts_and_keeps_its_places() -> None:
    service = unit()["Service"]
    assert service["ExecStart"] == f"{PROGRAM} agent run"
    assert service["Restart"] == "always"
    assert (service["StateDirectory"], service["ConfigurationDirectory"]) == ("karte", "karte")


@pytest.mark.parametrize("directive", BLINDING)
def test_the_unit_leaves_out_what_would_blind_an_input(directive: str) -> None:
    assert directive not in unit()["Service"], BLINDING[directive]


def test_the_unit_keeps_the_capabilities_that_inputs_need() -> None:
    kept = unit()["Service"]["CapabilityBoundingSet"].split()
    assert set(kept) == {"CAP_SYS_RAWIO", "CAP_SYS_ADMIN", "CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_DAC_READ_SEARCH"}


@pytest.mark.parametrize(
    ("program", "line"),
    [
        ("/opt/my karte/karte", 'ExecStart="/opt/my karte/karte" agent run'),
        ("/opt/100%/karte", "ExecStart=/opt/100%%/karte agent run"),
    ],
)
def test_a_program_anywhere_can_be_started(program: str, line: str) -> None:
    assert line in RECIPES["systemd"].text(program).splitlines()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize("folder", ["bin", "place with spaces"])
def test_systemd_finds_nothing_to_complain_of(tmp_path: Path, folder: str) -> None:
    program = tmp_path / folder / "karte"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    path = tmp_path / "karte-agent.service"
    path.write_text(RECIPES["systemd"].text(str(program)), encoding="utf-8")
    command = ["systemd-analyze", "verify", "--man=no", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    complaints = [line for line in done.stderr.splitlines() if "karte-agent" in line]
    assert (done.returncode, complaints) == (0, []), done.stderr


def test_the_task_runs_for_good_as_system() -> None:
    task = ElementTree.fromstring(RECIPES["windows"].text(r"C:\Program Files\karte\karte.exe"))  # noqa: S314  # ours

    def text(path: str) -> str | None:
        return task.findtext("/".join(f"{TASK}{part}" for part in path.split("/")))

    assert text("Principals/Principal/UserId") == "S-1-5-18"
    assert text("Settings/ExecutionTimeLimit") == "PT0S"
    assert text("Settings/MultipleInstancesPolicy") == "IgnoreNew"
    assert text("Settings/StopIfGoingOnBatteries") == "false"
    assert text("Triggers/BootTrigger/Repetition/Interval") == "PT5M"
    assert text("Actions/Exec/Command") == r"C:\Program Files\karte\karte.exe"
    assert text("Actions/Exec/Arguments") == r"agent run --config C:\ProgramData\karte\agent.toml"


@pytest.mark.parametrize("encoding", ["ascii", "utf-8-sig", "utf-16", "cp932"])
def test_the_task_survives_what_a_shell_makes_of_it(encoding: str) -> None:
    text = RECIPES["windows"].text(r"C:\人事 & 総務\karte.exe")
    written = text.encode(encoding)
    task = ElementTree.fromstring(written)  # noqa: S314  # ours
    assert task.findtext(f".//{TASK}Command") == r"C:\人事 & 総務\karte.exe"


@pytest.mark.parametrize(
    ("form", "lang", "begins", "step"),
    [
        ("systemd", "ja", "# Office Karte", "3. 起動: sudo systemctl daemon-reload"),
        ("systemd", "en", "# Office Karte", "3. start it: sudo systemctl daemon-reload"),
        ("windows", "ja", "<?xml", "4. タスクを登録（すぐに起動します）: schtasks /Create"),
        ("windows", "en", "<?xml", "4. register the task, which starts it: schtasks /Create"),
    ],
)
def test_it_prints_the_file_and_says_on_stderr_what_to_do(form: str, lang: str, begins: str, step: str) -> None:
    result = CliRunner().invoke(agent, ["service", "--format", form, "--lang", lang])
    assert result.exit_code == 0
    assert result.stdout.startswith(begins)
    assert "@" not in result.stdout.replace("@system-service", "")
    assert step in result.stderr
    assert step not in result.stdout
