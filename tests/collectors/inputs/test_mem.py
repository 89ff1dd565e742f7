from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors import catalogue
from collectors.input import BadOutput, InputError, Recording
from collectors.inputs.mem import INPUT, LinuxMem, Mem, from_meminfo, parse

LINUX = SimpleNamespace(
    total=8_000, available=6_000, used=1_500, free=4_000, active=900, inactive=800,
    buffers=100, cached=2_400, shared=50, slab=70, percent=25.0,
)  # fmt: skip
WINDOWS = SimpleNamespace(total=8_000, available=6_000, used=2_000, free=6_000, percent=25.0)


def test_it_uses_telegrafs_names_and_matches_the_declaration() -> None:
    (point,) = Mem(read=lambda: LINUX).gather()
    assert point.fields["buffered"] == 100
    assert point.fields["used_percent"] == 18.75
    assert catalogue.problems([point]) == []


def test_it_leaves_out_what_the_system_does_not_tell() -> None:
    (point,) = Mem(read=lambda: WINDOWS).gather()
    assert "cached" not in point.fields


def test_it_estimates_available_memory_where_the_kernel_is_old() -> None:
    (point,) = from_meminfo({"MemTotal": 1000, "MemFree": 100, "Buffers": 50, "Cached": 200, "SReclaimable": 50})
    assert (point.fields["available"], point.fields["used"]) == (400, 600)


def test_it_never_shows_more_memory_available_than_installed() -> None:
    (point,) = from_meminfo({"MemTotal": 1000, "MemFree": 100, "MemAvailable": 5000})
    assert point.fields["used"] == 0


def test_it_fails_in_one_line_where_the_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="could not be read"):
        LinuxMem(tmp_path / "meminfo").gather()


def test_it_reads_this_machine() -> None:
    points = INPUT.create({}).gather()
    assert points[0].fields["total"]
    assert catalogue.problems(points) == []


@given(st.text(max_size=200), st.integers(1, 5_000))
def test_it_takes_any_text_for_what_it_is(text: str, digits: int) -> None:
    with pytest.raises(BadOutput, match=r"\A[^\n]+\Z"):
        parse(Recording(f"{text}\nMemTotal: {'9' * (digits + 15)} kB".encode(), "meminfo", 0))
