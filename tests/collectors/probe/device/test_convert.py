import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.probe.device.convert import Cells, Notes, number, word
from collectors.probe.device.schema import Read
from collectors.probe.snmp import Gauge32, ObjectIdentifier, Opaque, TimeTicks, Value


def cells(value: Value | None, **others: Value) -> Cells:
    row: dict[str, Value] = dict(others)
    if value is not None:
        row["it"] = value
    return Cells({}, row, Notes(), "it")


@pytest.mark.parametrize(
    ("read", "value", "found"),
    [
        (Read(column="it"), 42, 42),
        (Read(column="it", scale=0.1), Gauge32(234), 23.4),
        (Read(column="it", scale=0.01), TimeTicks(438000), 4380.0),
        (Read(column="it", scale=-1, add=100), 93, 7.0),
        (Read(column="it"), b"35", 35.0),
        (Read(column="it"), b"3.2 %", 3.2),
        (Read(column="it", pattern=r"(?P<value>-?\d+) ?C"), b"35 C/95 F", 35.0),
        (Read(column="it", pattern=r"(?P<number>[\d.]+) ?(?P<unit>[KMGT]?B)"), b"1.5 TB", 1.5 * 2**40),
        (Read(column="it", absent=(-1,)), -1, None),
        (Read(column="it", absent=("N/A",)), b"N/A", None),
        (Read(column="it", range=(0, 100)), 101, None),
        (Read(column="it"), b"", None),
        (Read(column="it"), b"none", None),
        (Read(column="it"), None, None),
        (Read(column="it"), ObjectIdentifier((1, 3)), None),
        (Read(column="it"), Opaque(b"\x9f\x78\x04" + struct.pack(">f", 12.5)), 12.5),
        (Read(column="it"), Opaque(b"\x9f\x78\x04\x00"), None),
    ],
)
def test_it_reads_numbers(read: Read, value: Value | None, found: float | None) -> None:
    assert number(read, cells(value)) == found


def test_it_shifts_by_the_exponent_and_the_decimals_that_other_columns_tell() -> None:
    read = Read(column="it", exponent="scale", exponents={8: -3, 9: 0}, decimals="digits")
    assert number(read, cells(12040, scale=8, digits=0)) == 12.04
    assert number(read, cells(120, scale=9, digits=1)) == 12.0
    assert number(read, cells(12, scale=99, digits=-4)) == 12.0


@pytest.mark.parametrize("nonsense", [65535, -32768, 2**31 - 1, -(2**31), 2**32 - 1, -999])
def test_it_drops_what_sensors_say_when_there_is_nothing_to_say(nonsense: int) -> None:
    here = cells(nonsense)
    assert number(Read(column="it"), here, (-1e12, 1e12), measured=True) is None
    assert number(Read(column="it"), here) == nonsense
    assert list(here.notes.texts) == [f"it: {nonsense} stands for no value"]


def test_it_says_why_a_value_is_dropped() -> None:
    here = cells(300)
    assert number(Read(column="it"), here, (-60, 250)) is None
    assert list(here.notes.texts) == ["it: 300 is outside of -60 to 250"]


@pytest.mark.parametrize(
    ("read", "value", "found"),
    [
        (Read(column="it", words={1: "ok", 2: "bad"}), 2, "bad"),
        (Read(column="it", words={1: "ok"}), 7, "code 7"),
        (Read(column="it", words={"on line": "online"}), b"On Line", "online"),
        (Read(column="it", words={1: "ok"}), b"1", "ok"),
        (Read(column="it"), b" Ready ", "Ready"),
        (Read(column="it", pattern=r"v(?P<value>[\d.]+)"), b"fw v1.2.3 beta", "1.2.3"),
        (Read(column="it", pattern=r"v(?P<value>[\d.]+)"), b"none", ""),
        (Read(column="it", absent=("-",)), b"-", ""),
        (Read(column="it"), "日本".encode("shift_jis"), "日本"),
    ],
)
def test_it_reads_words(read: Read, value: Value, found: str) -> None:
    assert word(read, cells(value)) == found


@given(
    value=st.integers()
    | st.binary(max_size=40)
    | st.floats().map(lambda f: Opaque(b"\x9f\x79\x08" + struct.pack(">d", f)))
)
def test_it_survives_any_value(value: Value) -> None:
    read = Read(column="it", scale=0.1, words={1: "one"}, exponent="it", decimals="it")
    found = number(read, cells(value), (0, 100))
    assert found is None or 0 <= found <= 100
    assert isinstance(word(read, cells(value)), str)
