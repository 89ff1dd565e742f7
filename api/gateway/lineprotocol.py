"""Line protocol, read slowly and completely. What this module says decides; the fast path only repeats it.

It follows InfluxDB's own parser (`models/points.go`) where the reference is silent, with these differences, all of them
on the strict side, so that no engine can read a stored line in another way than we did:

- control characters are refused outside strings, and inside them but for a tab;
- two backslashes before a separator are refused: engines disagree on whether they escape it;
- a line break inside a string is kept as a space, so that every line that leaves the gateway begins with its own
  series key;
- text that is not UTF-8 is refused.

Source: https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/
"""

import math
import re
from dataclasses import dataclass

from collectors.declaration import FieldType

MIN_INTEGER, MAX_INTEGER = -(2**63), 2**63 - 1

_BOOLEANS = frozenset({b"t", b"T", b"true", b"True", b"TRUE", b"f", b"F", b"false", b"False", b"FALSE"})
_NOT_FINITE = frozenset({b"nan", b"inf", b"+inf", b"-inf", b"infinity", b"+infinity", b"-infinity"})

# Loops over a group are written unrolled (`[^…]*+(?:\\.[^…]*+)*`) and greedy: their branches begin with different
# bytes, so they cannot run away, and CPython before 3.11.5 matches possessive groups wrongly (gh-106052).
_NAME = rb"(?:[^\\,= ]|\\.)[^\\,= ]*+(?:\\.[^\\,= ]*+)*"
_QUOTED = rb'"[^"\\]*+(?:\\.[^"\\]*+)*"'
_MEASUREMENT = re.compile(rb"(?:[^\\, ]|\\.)[^\\, ]*+(?:\\.[^\\, ]*+)*")
_TAG = re.compile(rb",(%b)=(%b)" % (_NAME, _NAME))
_FIELD = re.compile(rb'(%b)=(%b|[^", ]++)' % (_NAME, _QUOTED), re.DOTALL)
_TIME = re.compile(rb" ++(-?\d++)? *+")
_INTEGER = re.compile(rb"-?\d++i")
_UNSIGNED = re.compile(rb"\d++u")
_FLOAT = re.compile(rb"-?(?:\d++(?:\.\d*+)?|\.\d++)(?:[eE][+-]?\d++)?")
_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
_CONTROL_IN_STRING = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")
_AMBIGUOUS = re.compile(rb"\\\\[,= ]")
# A line: its head, and after the first space anything in which a string may hold line breaks.
_LOGICAL_LINE = re.compile(
    rb'[^\\ \n]*+(?:\\[^\n][^\\ \n]*+)*(?: [^"\\\n]*+(?:(?:\\[^\n]|%b)[^"\\\n]*+)*)?(?=\n|\Z)' % _QUOTED, re.DOTALL
)


class BadLine(Exception):
    """A line cannot be stored; the message tells the sender why."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line, taken apart; names and values are the raw bytes, escapes and quotes included.

    Attributes:
        measurement: measurement name.
        tags: tag keys and values in the order of the line.
        fields: field keys and values in the order of the line.
        time: in the precision of the request; None where the line has none.
    """

    measurement: bytes
    tags: list[tuple[bytes, bytes]]
    fields: list[tuple[bytes, bytes]]
    time: int | None


def line_at(body: bytes, position: int, limit: int) -> bytes:
    """Return the line that begins at a position, without its line end.

    A line break inside a quoted string belongs to the line if the string is closed and the whole is a good line of at
    most `limit` bytes; otherwise the line ends at the break, so that one stray quote costs one line.
    """
    end = body.find(b"\n", position)
    first = body[position : end if end >= 0 else len(body)]
    if b'"' not in first:
        return first
    found = _LOGICAL_LINE.match(body, position, position + limit)
    return found[0] if found and len(found[0]) > len(first) and _is_good(found[0]) else first


def content(line: bytes) -> bytes:
    """Return a line without what surrounds it; empty for a blank line and for a comment."""
    inner = line.removesuffix(b"\r").strip(b" ")
    return b"" if inner.startswith(b"#") else inner


def _is_good(line: bytes) -> bool:
    try:
        parse(content(line))
    except BadLine:
        return False
    return True


def parse(line: bytes) -> Line:
    """Take one line apart.

    Raises:
        BadLine: it is not line protocol, or holds what no engine stores alike.
    """
    _check_text(line)
    measurement = _MEASUREMENT.match(line)
    if measurement is None:
        raise BadLine("missing measurement")
    tags, position = _tags(line, measurement.end())
    _check_head(line[:position])
    fields, position = _fields(line, position)
    time = _TIME.fullmatch(line, position)
    if time is None and position < len(line):
        raise BadLine(f"bad timestamp: {show(line[position:].strip())}")
    digits = time[1] if time else None
    return Line(measurement[0], tags, fields, _integer(digits) if digits else None)


def _check_text(line: bytes) -> None:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadLine(f"not UTF-8 at byte {error.start + 1}") from None


def _tags(line: bytes, position: int) -> tuple[list[tuple[bytes, bytes]], int]:
    tags: list[tuple[bytes, bytes]] = []
    while position < len(line) and line[position] != 0x20:
        tag = _TAG.match(line, position)
        if tag is None:
            raise BadLine(f"bad tag: {show(line[position + 1 :].partition(b' ')[0])}")
        tags.append((tag[1], tag[2]))
        position = tag.end()
    names = [name for name, _value in tags]
    if len(set(names)) < len(names):
        raise BadLine(f"duplicate tag: {show(next(name for name in names if names.count(name) > 1))}")
    return tags, position


def _check_head(head: bytes) -> None:
    if _CONTROL.search(head):
        raise BadLine("control character in the measurement or a tag")
    if _AMBIGUOUS.search(head + b" ") or head.endswith(b"\\"):
        raise BadLine("bad escape: two backslashes before a separator")


def _fields(line: bytes, position: int) -> tuple[list[tuple[bytes, bytes]], int]:
    while position < len(line) and line[position] == 0x20:
        position += 1
    fields: list[tuple[bytes, bytes]] = []
    while True:
        field = _FIELD.match(line, position)
        if field is None:
            rest = line[position:]
            raise BadLine(f"bad field: {show(rest)}" if rest else "missing fields")
        fields.append((field[1], field[2].replace(b"\r\n", b"\n").replace(b"\n", b" ")))
        position = field.end()
        if position >= len(line) or line[position] != 0x2C:
            break
        position += 1
    names = [name for name, _value in fields]
    if len(set(names)) < len(names):
        raise BadLine(f"duplicate field: {show(next(name for name in names if names.count(name) > 1))}")
    return fields, position


def value_type(name: bytes, value: bytes) -> FieldType:
    """Return the type of a field's raw value.

    Raises:
        BadLine: no value, or one that cannot be stored: NaN, an infinity, more than 64 bits, an unsigned integer.
    """
    if value.startswith(b'"'):
        if _CONTROL_IN_STRING.search(value):
            raise BadLine(f"control character in field {show(name)}")
        return FieldType.STRING
    if _CONTROL.search(name):
        raise BadLine(f"control character in a field key: {show(name)}")
    if value in _BOOLEANS:
        return FieldType.BOOLEAN
    if _INTEGER.fullmatch(value):
        if not MIN_INTEGER <= _integer(value[:-1]) <= MAX_INTEGER:
            raise BadLine(f"field {show(name)} does not fit in 64 bits: {show(value)}")
        return FieldType.INTEGER
    return _float(name, value)


def _float(name: bytes, value: bytes) -> FieldType:
    if value.lower() in _NOT_FINITE:
        raise BadLine(f"field {show(name)} is {show(value)}, which cannot be stored")
    if _UNSIGNED.fullmatch(value):
        raise BadLine(
            f"field {show(name)} is an unsigned integer, which not every engine stores; send {show(name)} as i"
        )
    if not _FLOAT.fullmatch(value):
        raise BadLine(f"bad value of field {show(name)}: {show(value)}")
    if not math.isfinite(float(value)):
        raise BadLine(f"field {show(name)} is too large: {show(value)}")
    return FieldType.FLOAT


def _integer(digits: bytes) -> int:
    # Python refuses to convert thousands of digits; so many are out of range anyway.
    return int(digits) if len(digits) <= 40 else MAX_INTEGER + 1


def show(raw: bytes) -> str:
    """Return what a sender wrote, short and printable, for an error message."""
    text = raw[:60].decode("utf-8", errors="replace")
    printable = "".join(char if char.isprintable() else "?" for char in text)
    return f"'{printable}…'" if len(raw) > 60 else f"'{printable}'"
