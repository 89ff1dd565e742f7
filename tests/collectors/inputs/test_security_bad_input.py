"""Golden inputs cut, damaged and written in other encodings: a state and a message, never another error."""

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors import catalogue
from collectors.decode import decode_text
from collectors.input import BadOutput, InputError, Recording
from collectors.point import to_lines
from collectors.registry import input_named

NOW_NS = 1_790_000_000_000_000_000
DATA = Path(__file__).resolve().parents[2] / "data"
INPUTS = ("antivirus", "firewall", "patches")
CASES = sorted(path for name in INPUTS for path in (DATA / name).glob("*/input.*"))

TEXTS = [path for path in CASES if path.suffix in (".txt", ".reg", ".wmi", ".csv")]
UNMARKED = {"ufw-default-allow", "iptables-S-accept-all-first"}
"""Outputs whose first lines are a whole output themselves: that later lines are missing cannot be seen."""


def outcome(name: str, data: bytes) -> str:
    """Return the device's state, or "error"; any other exception fails the test."""
    parse = input_named(name).parse
    assert parse is not None
    try:
        points = parse(Recording(data, "input", NOW_NS))
    except InputError:
        return "error"
    assert catalogue.problems(points) == []
    assert to_lines(points).encode()
    return str(points[0].fields["state"])


@cache
def whole(path: Path) -> str:
    return outcome(path.parent.parent.name, path.read_bytes())


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(CASES), st.floats(0, 1))
def test_it_never_gets_better_by_being_cut(path: Path, part: float) -> None:
    data = path.read_bytes()
    found = outcome(path.parent.parent.name, data[: int(len(data) * part)])
    if found == "ok":
        assert whole(path) == "ok" or path.parent.name in UNMARKED


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(CASES), st.data())
def test_it_raises_nothing_but_input_errors_for_damaged_bytes(path: Path, data: st.DataObject) -> None:
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        if content:
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    place = data.draw(st.integers(0, len(content)))
    content[place:place] = data.draw(st.binary(max_size=20))
    outcome(data.draw(st.sampled_from(INPUTS)) if data.draw(st.booleans()) else path.parent.parent.name, bytes(content))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(INPUTS), st.one_of(st.binary(max_size=400), st.text(max_size=400).map(str.encode)))
def test_it_raises_nothing_but_input_errors_for_any_bytes(name: str, data: bytes) -> None:
    assert outcome(name, data) != "ok"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.parent.name)
def test_it_reads_the_same_in_every_encoding(path: Path, encoding: str) -> None:
    text = decode_text(path.read_bytes())
    try:
        data = text.encode(encoding)
    except UnicodeEncodeError:
        pytest.skip(f"{path.parent.name} has letters that {encoding} lacks")
    assert outcome(path.parent.parent.name, data) == whole(path)


@pytest.mark.parametrize("name", INPUTS)
def test_it_refuses_an_absurdly_large_output(name: str) -> None:
    parse = input_named(name).parse
    assert parse is not None
    with pytest.raises(BadOutput, match="larger"):
        parse(Recording(b"A" * (17 * 1024 * 1024), "input", NOW_NS))
