import json
from collections.abc import Sequence
from typing import Any

import pytest

from collectors import catalogue
from collectors.command import Output
from collectors.input import BadOutput, InputError, NothingToReport, ToolMissing
from collectors.inputs.smart import INPUT
from collectors.inputs.smart.reader import TOTAL_S, Smart, Smartctl

Answer = dict[str, Any] | str | Exception


def _drive(name: str, kind: str = "sat", **changes: Any) -> dict[str, Any]:
    return {
        "smartctl": {"exit_status": 0},
        "device": {"name": name, "type": kind, "protocol": "ATA"},
        "model_name": "EXAMPLE",
        "serial_number": f"S-{name}",
        "smart_status": {"passed": True},
        **changes,
    }


def _pending(count: int) -> dict[str, Any]:
    row = {"id": 197, "name": "Current_Pending_Sector", "raw": {"string": str(count)}}
    return _drive("/dev/sda", ata_smart_attributes={"table": [row]})


class FakeSmartctl:
    """Answers like smartctl: a scan of the devices it was given, and what each of them says."""

    def __init__(self, drives: dict[tuple[str, str], Answer]) -> None:
        self.drives = drives
        self.calls: list[list[str]] = []

    def __call__(self, program: str, arguments: Sequence[str], timeout_s: float) -> Output:
        self.calls.append([program, *arguments])
        if "--scan" in arguments:
            devices = [{"name": name, "type": kind, "protocol": "ATA"} for name, kind in self.drives]
            return _output({"smartctl": {"argv": ["smartctl", "--scan"]}, "devices": devices})
        kind = arguments[arguments.index("--device") + 1] if "--device" in arguments else "scsi"
        return _output(self.drives[arguments[-1], kind])


def _output(answer: Answer) -> Output:
    if isinstance(answer, Exception):
        raise answer
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return Output(text.encode(), b"", 0)


def _states(smart: Smart) -> dict[str, tuple[object, object]]:
    points = [point for point in smart.gather() if point.measurement == "smart_device"]
    assert catalogue.problems(points) == []
    return {point.tags["block_device"]: (point.fields["access"], point.fields["state"]) for point in points}


def test_it_reads_each_drive_by_its_type_and_wakes_none() -> None:
    fake = FakeSmartctl(
        {
            ("/dev/sda", "scsi"): _drive("/dev/sda"),
            ("/dev/bus/0", "megaraid,4"): _drive("/dev/bus/0", "sat+megaraid,4"),
        }
    )
    assert _states(Smart(Smartctl(run=fake))) == {"sda": ("ok", "ok"), "bus/0": ("ok", "ok")}
    common = ["smartctl", "--xall", "--json", "--nocheck=standby"]
    assert fake.calls[1:] == [
        [*common, "--", "/dev/sda"],  # "scsi" is only a guess of the scan: smartctl finds out itself
        [*common, "--device", "megaraid,4", "--", "/dev/bus/0"],
    ]


def test_it_asks_through_sudo_where_told_to() -> None:
    fake = FakeSmartctl({("/dev/sda", "scsi"): _drive("/dev/sda")})
    Smart(Smartctl(sudo=True, run=fake)).gather()
    assert all(call[:3] == ["sudo", "-n", "smartctl"] for call in fake.calls)


def test_it_goes_on_when_one_drive_fails() -> None:
    fake = FakeSmartctl(
        {
            ("/dev/sda", "sat"): InputError("smartctl did not answer within 30 s"),
            ("/dev/sdb", "sat"): "Segmentation fault",
            ("/dev/sdc", "sat"): '{"smartctl": {"exit',
            ("/dev/sdd", "sat"): _drive("/dev/sdd"),
        }
    )
    assert _states(Smart(Smartctl(run=fake))) == {
        "sda": ("timeout", "unknown"),
        "sdb": ("untrusted", "unknown"),
        "sdc": ("untrusted", "unknown"),
        "sdd": ("ok", "ok"),
    }


def test_it_does_not_run_for_ever_with_many_slow_drives() -> None:
    fake = FakeSmartctl({(f"/dev/sd{letter}", "sat"): _drive(f"/dev/sd{letter}") for letter in "abc"})
    times = iter([0.0, 1.0, TOTAL_S + 1, TOTAL_S + 2])
    smart = Smart(Smartctl(run=fake), elapsed=lambda: next(times))
    assert [access for access, _state in _states(smart).values()] == ["ok", "timeout", "timeout"]


def test_it_does_not_report_optical_drives() -> None:
    dvd = _drive("/dev/sr0", device_type={"name": "CD/DVD"})
    with pytest.raises(NothingToReport):
        Smart(Smartctl(run=FakeSmartctl({("/dev/sr0", "scsi"): dvd}))).gather()


def test_it_has_nothing_to_report_without_drives() -> None:
    with pytest.raises(NothingToReport):
        Smart(Smartctl(run=FakeSmartctl({}))).gather()


def test_it_sees_growth_between_two_runs_and_the_recovery() -> None:
    fake = FakeSmartctl({("/dev/sda", "sat"): _pending(0)})
    hours = iter([0.0, 1.0, 2.0])
    smart = Smart(Smartctl(run=fake), clock=lambda: 1e9 + 3_600 * next(hours))
    seen = []
    for pending in (0, 12, 0):
        fake.drives["/dev/sda", "sat"] = _pending(pending)
        seen.append(_states(smart)["sda"][1])
    assert seen == ["ok", "failing", "ok"]


@pytest.mark.parametrize(
    ("answer", "error", "message"),
    [
        ("=======> UNRECOGNIZED OPTION: json", BadOutput, "7.0 or later"),
        ("", BadOutput, "this one said: nothing"),
        ('{"a": 1}', BadOutput, "not smartctl's"),
        (ToolMissing("smartctl is not installed"), ToolMissing, "not installed"),
    ],
)
def test_it_says_in_one_line_why_it_cannot_scan(answer: Answer, error: type[InputError], message: str) -> None:
    def run(program: str, arguments: Sequence[str], timeout_s: float) -> Output:
        return _output(answer)

    with pytest.raises(error, match=message):
        Smart(Smartctl(run=run)).gather()


def test_it_reads_this_machine() -> None:
    try:
        points = INPUT.create({**INPUT.settings, "history_file": ""}).gather()
    except (NothingToReport, ToolMissing) as reason:
        pytest.skip(f"no drive with SMART here: {reason}")
    assert catalogue.problems(points) == []
