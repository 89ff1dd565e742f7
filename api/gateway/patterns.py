"""Regular expressions that recognise good field sets at C speed.

A shape is one sequence of field keys of one measurement. Its expression matches only lines that `judge` would accept; a
line that it does not match is not bad but goes to `judge`. Values are therefore narrower here (18 digits, 2-digit
exponents): what lies beyond needs arithmetic to decide.
"""

import re
from collections import OrderedDict
from threading import Lock

from api.gateway.schema import Allowed
from collectors.declaration import FieldType

_STRING = rb'"[^"\\\x00-\x08\x0a-\x1f\x7f]*+(?:\\[^\x00-\x08\x0a-\x1f\x7f][^"\\\x00-\x08\x0a-\x1f\x7f]*+)*"'
_BOOLEAN = rb"(?:true|false|True|False|TRUE|FALSE|[tTfF])"
# Written for CPython's matcher: an optional group costs ten times an optional character or a branch.
_INTEGER = rb"-?+[0-9]{1,18}+i"
_FLOAT = rb"-?+[0-9]{1,40}+\.?+[0-9]{0,40}+(?:[eE][+-]?+[0-9]{1,2}+|)"
_VALUE = {
    FieldType.STRING: _STRING,
    FieldType.INTEGER: _INTEGER,
    FieldType.FLOAT: _FLOAT,
    FieldType.BOOLEAN: _BOOLEAN,
}
_ANY_VALUE = b"(?:%b)" % b"|".join((_STRING, _INTEGER, _FLOAT, _BOOLEAN))

_ALL_DIGITS_ZERO = bytes.maketrans(b"123456789", b"000000000")

_NEVER = b"(?!)"
_MAX_COMPILED = 4096


class Shape:
    """One sequence of field keys of one measurement.

    Attributes:
        names: the field keys.
        dropped: how many of its fields are not in the catalogue and are left out.
        whole: expression of the fields as sent.
    """

    __slots__ = ("_match", "dropped", "names", "whole")

    def __init__(self, allowed: Allowed, names: tuple[bytes, ...]) -> None:
        self.names = names
        self.dropped = sum(1 for name in names if name not in allowed.fields)
        self.whole = b",".join(_field(allowed, name, capture=False) for name in names)
        captured = b",".join(_field(allowed, name, capture=True) for name in names) if self.dropped else self.whole
        self._match = re.compile(captured).fullmatch

    def keep(self, fields: bytes) -> bytes | None:
        """Return what is stored of a line's fields; None if they are not of this shape."""
        match = self._match(fields)
        if match is None:
            return None
        return b",".join(match.groups()) if self.dropped else fields


def _field(allowed: Allowed, name: bytes, *, capture: bool) -> bytes:
    declared = allowed.fields.get(name)
    if declared is None:
        return re.escape(name) + b"=" + _ANY_VALUE
    expression = re.escape(name) + b"=" + _VALUE[declared]
    return b"(%b)" % expression if capture else expression


class Block:
    """Recognises whole lines of one series: fields of one of some shapes, and a time of so many digits.

    Shapes of which something must be left out are none of its business, so what it recognises can be stored as sent.

    Where no field key has a digit other than 0, digits are made 0 first: a run of one byte is matched four times as
    fast as a run of a class, and whether a line is good does not hang on which digits its numbers have.
    """

    __slots__ = ("_lines", "_zeroed")

    def __init__(self, shapes: tuple[Shape, ...], digits: int) -> None:
        plain = [shape for shape in shapes if not shape.dropped]
        either = b"|".join(shape.whole for shape in plain) or _NEVER
        names = b"".join(name for shape in plain for name in shape.names)
        self._zeroed = names == names.translate(_ALL_DIGITS_ZERO)
        if self._zeroed:
            either = either.replace(b"[0-9]", b"0")
        self._lines = re.compile(rb"\n(?:%b) %b{%d}" % (either, b"0" if self._zeroed else b"[0-9]", digits))

    def holds(self, lines: bytes) -> bool:
        """Tell whether each of some lines, without its head and after a line break, is good.

        They are if matches, each of which begins with a line break and holds no other, leave nothing.
        """
        return self._lines.sub(b"", lines.translate(_ALL_DIGITS_ZERO) if self._zeroed else lines) == b""


class ShapeBook:
    """Compiled shapes, shared by all senders; what was compiled first goes first."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._shapes: OrderedDict[tuple[int, tuple[bytes, ...]], Shape] = OrderedDict()
        self._blocks: OrderedDict[tuple[tuple[Shape, ...], int], Block] = OrderedDict()

    def find(self, allowed: Allowed, names: tuple[bytes, ...]) -> Shape | None:
        """Return the shape of these field keys; None if it was not compiled yet."""
        return self._shapes.get((id(allowed), names))

    def compile(self, allowed: Allowed, names: tuple[bytes, ...]) -> Shape:
        """Return a new shape and remember it. This costs as much as judging some dozens of lines."""
        shape = Shape(allowed, names)
        with self._lock:
            self._shapes[id(allowed), names] = shape
            if len(self._shapes) > _MAX_COMPILED:
                self._shapes.popitem(last=False)
        return shape

    def block(self, shapes: tuple[Shape, ...], digits: int) -> Block:
        """Return what recognises whole lines of these shapes."""
        found = self._blocks.get((shapes, digits))
        if found is None:
            found = Block(shapes, digits)
            with self._lock:
                self._blocks[shapes, digits] = found
                if len(self._blocks) > _MAX_COMPILED:
                    self._blocks.popitem(last=False)
        return found
