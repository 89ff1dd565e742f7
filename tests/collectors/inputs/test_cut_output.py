"""Outputs that end in the middle or are damaged, for every input that reads the health of the machine."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collectors import catalogue
from collectors.input import InputError, NothingToReport, Recording
from collectors.point import Point, to_lines
from collectors.registry import input_named

DATA = Path(__file__).resolve().parents[2] / "data"
INPUTS = (
    "backup",
    "battery",
    "clock",
    "disk_outlook",
    "event_log",
    "memory_pressure",
    "raid",
    "services",
    "uptime_events",
)
CASES = sorted(source for name in INPUTS for source in (DATA / name).glob("*/input.*"))
NO_END = {"raid/btrfs-errors"}
"""Forms that do not show where they end, so that one cut between two rows cannot be told from a whole one."""
NOW_NS = 1_790_000_000_000_000_000


def _points(source: Path, data: bytes) -> list[Point]:
    parse = input_named(source.parent.parent.name).parse
    assert parse is not None
    try:
        points = parse(Recording(data, source.name, NOW_NS))
    except (InputError, NothingToReport) as error:
        if "\n" in str(error):
            pytest.fail(f"an error is one line: {error}")
        return []
    assert catalogue.problems(points) == []
    to_lines(points)
    return points


def _states(points: list[Point]) -> dict[tuple[object, ...], object]:
    judged = [point for point in points if "state" in point.fields]
    return {(point.measurement, *sorted(point.tags.items())): point.fields["state"] for point in judged}


@pytest.mark.parametrize("source", CASES, ids=lambda path: f"{path.parent.parent.name}/{path.parent.name}")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_it_never_calls_good_what_the_whole_output_calls_bad(source: Path, data: st.DataObject) -> None:
    if f"{source.parent.parent.name}/{source.parent.name}" in NO_END:
        pytest.skip("the form does not show where it ends")
    whole = source.read_bytes()
    states = _states(_points(source, whole))
    cut = _points(source, whole[: data.draw(st.integers(0, len(whole)))])
    for key, state in _states(cut).items():
        if states.get(key) == "bad":
            assert state != "ok" or key[1:] == (), f"{key} is called ok where the output is cut"


@pytest.mark.parametrize("source", CASES, ids=lambda path: f"{path.parent.parent.name}/{path.parent.name}")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(at=st.integers(0, 4000), put=st.binary(max_size=6), out=st.integers(0, 8))
def test_it_survives_damage_anywhere(source: Path, at: int, put: bytes, out: int) -> None:
    whole = source.read_bytes()
    at = min(at, len(whole))
    _points(source, whole[:at] + put + whole[at + out :])


@pytest.mark.parametrize("name", INPUTS)
@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=300))
def test_it_answers_noise_in_one_line(name: str, data: bytes) -> None:
    _points(DATA / name / "noise" / "input.txt", data)


@pytest.mark.parametrize("name", INPUTS)
def test_it_refuses_what_no_tool_writes(name: str) -> None:
    assert _points(DATA / name / "large" / "input.txt", b"x y\n" * 5_000_000) == []


@pytest.mark.parametrize("source", CASES, ids=lambda path: f"{path.parent.parent.name}/{path.parent.name}")
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_it_never_sends_a_number_that_cannot_be_stored(source: Path, data: st.DataObject) -> None:
    whole = source.read_bytes()
    digits = [at for at, byte in enumerate(whole) if 0x30 <= byte <= 0x39 and (at == 0 or whole[at - 1] != 0)]
    if not digits:
        return
    at = data.draw(st.sampled_from(digits))
    inflated = whole[:at] + b"9" * data.draw(st.sampled_from([1, 8, 20, 400, 5000])) + whole[at:]
    numbers = [value for point in _points(source, inflated) for value in point.fields.values()]
    assert all(abs(value) < 2**63 for value in numbers if isinstance(value, int | float))
