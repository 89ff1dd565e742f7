from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors import catalogue
from collectors.input import InputError, NothingToReport, Recording
from collectors.inputs.battery import Batteries, linux_reader, windows_reader
from collectors.inputs.battery.cell import Battery, judge
from collectors.inputs.battery.power_supply import read_tree
from collectors.inputs.battery.recording import parse
from collectors.point import FieldValue

SAMPLES = Path(__file__).resolve().parents[4].parent / "shared" / "samples"


def _batteries(name: str) -> dict[str, dict[str, FieldValue]]:
    path = SAMPLES / name
    if not path.exists():
        pytest.skip(f"no sample {name} beside the repository")
    points = parse(Recording(path.read_bytes(), path.name, 0))
    assert catalogue.problems(points) == []
    return {point.tags["name"]: dict(point.fields) for point in points if point.measurement == "battery"}


@pytest.mark.parametrize(
    ("name", "battery", "expected"),
    [
        (
            "linux/battery-upower-1.txt",
            "BAT1",
            {"model": "G71C000G7210", "design_mwh": 51504, "full_mwh": 39264, "charge_percent": 100.0,
             "status": "fully-charged", "health_percent": 76.23},
        ),
        (
            "linux/battery-upower-4-1.txt",
            "BAT0",
            {"design_mwh": 54000, "full_mwh": 54000, "charge_percent": 51.0, "status": "discharging",
             "reason_code": "disagreement"},
        ),
        (
            "linux/battery-upower-c-locale.txt",
            "BAT0",
            {"design_mwh": 62160, "full_mwh": 52647, "health_percent": 84.7, "charge_percent": 42.55,
             "status": "charging"},
        ),
        ("linux/battery-acpi-V.txt", "BAT0", {"charge_percent": 98.0, "health_percent": 68.48, "on_mains": False}),
        (
            "linux/power-supply-bat0.json",
            "BAT0",
            {"charge_percent": 81.0, "status": "discharging", "design_mwh": 47520, "full_mwh": 45070, "cycles": 0,
             "health_percent": 94.84},
        ),
        (
            "windows/battery-report-2-batteries.xml",
            "00HW023",
            {"design_mwh": 23540, "full_mwh": 19450, "health_percent": 82.63},
        ),
        (
            "windows/battery-report-2-batteries.xml",
            "01AV406",
            {"design_mwh": 26060, "full_mwh": 17860, "health_percent": 68.53},
        ),
    ],
)  # fmt: skip
def test_it_reads_what_the_field_writes(name: str, battery: str, expected: dict[str, FieldValue]) -> None:
    fields = _batteries(name)[battery]
    assert {key: fields.get(key) for key in expected} == expected


def test_it_counts_only_the_battery_that_is_there() -> None:
    assert list(_batteries("linux/battery-acpi-V.txt")) == ["BAT0"]


def test_it_leaves_the_mouse_out() -> None:
    with pytest.raises(NothingToReport):
        _batteries("linux/battery-upower-4-2.txt")


@given(
    full=st.none() | st.integers(1, 10**6), design=st.none() | st.integers(1, 10**6), told=st.none() | st.floats(0, 100)
)
def test_it_judges_only_what_fits_together(full: int | None, design: int | None, told: float | None) -> None:
    battery = Battery("BAT0", full_mwh=full, design_mwh=design, told_health_percent=told)
    health = battery.health_percent
    assert (judge(battery).state == "unknown") is (health is None)
    assert health is None or 0 <= health <= 100


def test_it_reads_a_tree_on_disk(tmp_path: Path) -> None:
    (tmp_path / "BAT0").mkdir()
    for name, content in {
        "type": "Battery",
        "charge_now": "20",
        "charge_full": "40",
        "charge_full_design": "50",
    }.items():
        (tmp_path / "BAT0" / name).write_text(f"{content}000\n" if content.isdigit() else content)
    (point,) = Batteries(linux_reader(lambda: read_tree(tmp_path))).gather()
    assert (point.fields["charge_percent"], point.fields["health_percent"]) == (50.0, 80.0)


def test_it_takes_the_limit_from_the_settings() -> None:
    worn = Battery("BAT0", full_mwh=70, design_mwh=100)
    assert Batteries(lambda: [worn]).gather()[0].fields["state"] == "ok"
    assert Batteries(lambda: [worn], worn_below_percent=80.0).gather()[0].fields["state"] == "bad"


def test_it_says_that_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(NothingToReport):
        Batteries(linux_reader(lambda: read_tree(tmp_path / "none"))).gather()


def test_it_is_unknown_where_powershell_fails() -> None:
    def ask(script: str, timeout_s: float) -> str:
        raise InputError("PowerShell gave no answer (exit code 1)")

    (point,) = Batteries(windows_reader(ask)).gather()
    assert (point.fields["state"], point.fields["reason_code"]) == ("unknown", "unreadable")
