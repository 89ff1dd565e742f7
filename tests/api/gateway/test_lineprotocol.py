import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.gateway.lineprotocol import BadLine, content, line_at, parse, value_type
from collectors.declaration import FieldType
from collectors.point import Point


def test_it_takes_a_line_apart() -> None:
    line = parse(rb'disk,path=C:\\Users,label=a\ b\,c\=d used=1.5,name="x, y=\"z\" \\",on=t 1700')
    assert line.measurement == b"disk"
    assert line.tags == [(b"path", rb"C:\\Users"), (b"label", rb"a\ b\,c\=d")]
    assert line.fields == [(b"used", b"1.5"), (b"name", rb'"x, y=\"z\" \\"'), (b"on", b"t")]
    assert line.time == 1700


@pytest.mark.parametrize("line", [b"m f=1", b"m  f=1", b"m f=1 ", b"m f=1  "])
def test_it_reads_a_line_without_a_time(line: bytes) -> None:
    assert parse(line).time is None


def test_it_keeps_a_line_break_in_a_string_as_a_space() -> None:
    assert parse(b'm f="a\nb\r\nc" 1').fields == [(b"f", b'"a b c"')]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b",host=a f=1", "missing measurement"),
        (b"m", "missing fields"),
        (b"m,host=a", "missing fields"),
        (b"m,host= f=1", "bad tag: 'host='"),
        (b"m,host f=1", "bad tag: 'host'"),
        (b"m,=a f=1", "bad tag"),
        (b"m,a=1,b=2,a=3 f=1", "duplicate tag: 'a'"),
        (b"m f=1,g=2,f=3", "duplicate field: 'f'"),
        (b"m f=", "bad field: 'f='"),
        (b"m f", "bad field: 'f'"),
        (b"m f=1,", "missing fields"),
        (b'm f="open', "bad field"),
        (b'm f="a"b', "bad timestamp: 'b'"),
        (b"m f=1 12x", "bad timestamp: '12x'"),
        (b"m f=1 1 2", "bad timestamp: '1 2'"),
        (b"m,a=b\\", "bad tag"),
        (rb"m,a=b\\ f=1", "two backslashes before a separator"),
        (rb"m,a=b\\,c=d f=1", "two backslashes before a separator"),
        (b"m,a=b\x00c f=1", "control character"),
        (b"m\tn f=1", "control character"),
        (b"m,a=\xff f=1", "not UTF-8 at byte 5"),
        (b'm f="\x82\xa0"', "not UTF-8"),
    ],
)
def test_it_tells_why_a_line_is_bad(line: bytes, reason: str) -> None:
    with pytest.raises(BadLine) as caught:
        parse(line)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("value", "type_"),
    [
        (b"1", FieldType.FLOAT),
        (b"-1.5e-3", FieldType.FLOAT),
        (b"1.", FieldType.FLOAT),
        (b".5", FieldType.FLOAT),
        (b"1E+5", FieldType.FLOAT),
        (b"9223372036854775807i", FieldType.INTEGER),
        (b"-9223372036854775808i", FieldType.INTEGER),
        (b"TRUE", FieldType.BOOLEAN),
        (b"f", FieldType.BOOLEAN),
        (b'"1"', FieldType.STRING),
        (b'""', FieldType.STRING),
        (b'"a\tb"', FieldType.STRING),
    ],
)
def test_it_tells_the_type_of_a_value(value: bytes, type_: FieldType) -> None:
    assert value_type(b"f", value) is type_


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"NaN", "cannot be stored"),
        (b"-Inf", "cannot be stored"),
        (b"+infinity", "cannot be stored"),
        (b"9223372036854775808i", "64 bits"),
        (b"-9223372036854775809i", "64 bits"),
        (b"9" * 5000 + b"i", "64 bits"),
        (b"5u", "unsigned"),
        (b"1e999", "too large"),
        (b"1.5i", "bad value"),
        (b"tRUE", "bad value"),
        (b"0x10", "bad value"),
        (b"1_000", "bad value"),
        ("١".encode(), "bad value"),
        (b'"a\x00b"', "control character"),
    ],
)
def test_it_refuses_values_that_cannot_be_stored(value: bytes, reason: str) -> None:
    with pytest.raises(BadLine, match=reason):
        value_type(b"f", value)


def test_it_joins_lines_that_a_string_spans_and_no_others() -> None:
    good = b'm f="a\nb" 1'
    assert line_at(good + b"\nm f=2", 0, 1000) == good
    assert line_at(b'm f="open\nm f=2', 0, 1000) == b'm f="open'
    assert line_at(b'm f="open\nm f="closed"', 0, 1000) == b'm f="open'
    assert line_at(b'm,a="x f=1\nm,a="x f=1', 0, 1000) == b'm,a="x f=1'
    assert line_at(good, 0, 8) == b'm f="a'


def test_it_leaves_out_comments_blanks_and_carriage_returns() -> None:
    assert [content(line) for line in (b"# m f=1", b"  ", b"", b" m f=1 \r")] == [b"", b"", b"", b"m f=1"]


VISIBLE = st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"])
PLAIN = st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"], exclude_characters="\\")


@given(name=st.text(PLAIN, min_size=1, max_size=8), tag=st.text(PLAIN, max_size=8), value=st.text(VISIBLE, max_size=20))
def test_it_reads_what_our_points_write(name: str, tag: str, value: str) -> None:
    parsed = parse(Point("m", {"t": tag}, {f"{name}x": value, "y": 1}, 5).to_line().encode())
    assert parsed.time == 5
    assert parsed.fields[0][1][1:-1].replace(rb"\"", b'"').replace(rb"\\", b"\\") == value.encode()
