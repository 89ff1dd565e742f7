from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors import catalogue
from collectors.input import BadOutput, Recording
from collectors.inputs.temp import INPUT
from collectors.inputs.temp.declaration import LinuxTemp, NoTemp, WindowsTemp, parse

SAMPLES = Path(__file__).resolve().parents[4].parent / "shared" / "samples" / "linux"


def _temps(name: str) -> dict[tuple[str, str], float]:
    path = SAMPLES / name
    if not path.exists():
        pytest.skip(f"no sample {name} beside the repository")
    points = parse(Recording(path.read_bytes(), name, 0))
    assert catalogue.problems(points) == []
    return {(p.tags["sensor"], p.tags["chip"]): float(p.fields["temp"]) for p in points if p.measurement == "temp"}


def _only(temps: dict[tuple[str, str], float], sensor: str) -> list[float]:
    return [value for (name, _chip), value in temps.items() if name == sensor]


def test_it_reads_the_processors_of_a_server() -> None:
    temps = _temps("sensors-u.txt")
    assert [*_only(temps, "coretemp_physical_id_0"), *_only(temps, "coretemp_physical_id_1")] == [77.0, 70.0]
    assert _only(temps, "acpitz") == [], "8.3 °C with a trip point of 31.3 °C is no reading"


def test_it_reads_an_amd_machine_from_hwmon() -> None:
    temps = _temps("hwmon-nvme-k10temp.json")
    expected = {
        "nvme_composite": 35.85, "nvme_sensor_1": 35.85, "nvme_sensor_2": 38.85,
        "k10temp_tctl": 33.25, "k10temp_tccd1": 33.25,
    }  # fmt: skip
    assert {sensor: value for (sensor, _chip), value in temps.items()} == expected


def test_it_reads_an_intel_machine_from_json() -> None:
    temps = _temps("sensors-j-intel.json")
    assert _only(temps, "coretemp_package_id_0") == [27.0]
    assert sorted(_only(temps, "nvme_composite")) == [29.85, 30.85]
    assert _only(temps, "acpitz") == [27.8]


@given(st.binary(max_size=300))
def test_it_never_fails_otherwise_than_in_one_line(data: bytes) -> None:
    with pytest.raises(BadOutput, match=r"\A[^\n]+\Z"):
        parse(Recording(b"\xff" + data, "input.txt", 0))


def test_it_reads_this_machine() -> None:
    points = INPUT.create({}).gather()
    assert points[-1].measurement == "temp_status"
    assert catalogue.problems(points) == []


def test_it_reads_what_sysfs_has() -> None:
    tree = {"hwmon0/name": "k10temp", "hwmon0/temp1_input": "40000", "hwmon0/temp1_label": "Tctl"}
    assert LinuxTemp(lambda: tree).gather()[0].fields == {"temp": 40.0}


def test_it_asks_windows_for_thermal_zones() -> None:
    answer = '{"karte":"temp","parts":{"zones":{"error":"x","id":"y","hresult":null},"counters":{"items":[]}}}'
    (status,) = WindowsTemp(lambda script, _limit: answer if "MSAcpi_ThermalZoneTemperature" in script else "").gather()
    assert status.fields["reason_code"] == "not_offered"


def test_it_says_unknown_on_other_systems() -> None:
    (status,) = NoTemp().gather()
    assert status.fields["state"] == "unknown"
