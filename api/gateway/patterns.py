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
_INTEGER = rb"-?\d{1,18}+i"
_FLOAT = rb"-?\d{1,40}+(?:\.\d{0,40}+)?(?:[eE][+-]?\d{1,2}+)?"
_BOOLEAN = rb"(?:true|false|True|False|TRUE|FALSE|[tTfF])"
_VALUE = {
    FieldType.STRING: _STRING,
    FieldType.INTEGER: _INTEGER,
    FieldType.FLOAT: _FLOAT,
    FieldType.BOOLEAN: _BOOLEAN,
}
_ANY_VALUE = b"(?:%b)" % b"|".join((_STRING, _INTEGER, _FLOAT, _BOOLEAN))

_MAX_COMPILED = 4096


class Shape:
    """One sequence of field keys of one measurement.

    Attributes:
        dropped: how many of its fields are not in the catalogue and are left out.
        whole: expression of the fields as sent.
    """

    __slots__ = ("_match", "dropped", "whole")

    def __init__(self, allowed: Allowed, names: tuple[bytes, ...]) -> None:
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


class ShapeBook:
    """Compiled shapes, shared by all senders; what was compiled first goes first."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._shapes: OrderedDict[tuple[int, tuple[bytes, ...]], Shape] = OrderedDict()
        self._blocks: OrderedDict[tuple[tuple[Shape, ...], int], re.Pattern[bytes]] = OrderedDict()

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

    def block(self, shapes: tuple[Shape, ...], digits: int) -> re.Pattern[bytes]:
        """Return an expression of one line, its end included: fields of one of the shapes, a time of so many digits."""
        found = self._blocks.get((shapes, digits))
        if found is None:
            found = re.compile(rb"(?:%b) \d{%d}\n" % (b"|".join(shape.whole for shape in shapes), digits))
            with self._lock:
                self._blocks[shapes, digits] = found
                if len(self._blocks) > _MAX_COMPILED:
                    self._blocks.popitem(last=False)
        return found
