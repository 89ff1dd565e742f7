"""Folded hours as line protocol of the rollup.

An hour of all series of a thousand contracts has millions of partials, so the text of a field's partials is made in
one step, by an expression chosen once a measurement.
"""

import math
from collections.abc import Callable

from api.rollup.fields import functions_of, stored_name
from api.rollup.fold import Fold, Hour
from collectors.declaration import Field, FieldType, Measurement
from collectors.point import escape_key, quote_string

_LEAST_INTEGER, _GREATEST_INTEGER = -(2**63), 2**63 - 1


def line_maker(declared: Measurement) -> Callable[[Hour], bytes]:
    """Return what writes an hour of a measurement as one line, without a line end; its time is in seconds.

    A sum or mean that no engine could store, because it is too large, is left out.
    """
    makers = {field.name: _maker(field) for field in declared.fields}
    name = escape_key(declared.name)

    def line(hour: Hour) -> bytes:
        tags = "".join([f",{escape_key(key)}={escape_key(value)}" for key, value in hour.tags.items() if value])
        fields = ",".join([makers[field](fold) for field, fold in hour.folds.items()])
        return f"{name}{tags} {fields} {hour.start_ns // 10**9}".encode()

    return line


def _maker(field: Field) -> Callable[[Fold], str]:
    keys = {function: f"{escape_key(stored_name(field.name, function))}=" for function in functions_of(field)}
    last, count = keys["last"], keys["count"]
    if field.type is FieldType.STRING:
        return lambda fold: f"{last}{quote_string(fold.last)},{count}{fold.number}i"
    if field.type is FieldType.BOOLEAN:
        return lambda fold: f"{last}{'true' if fold.last else 'false'},{count}{fold.number}i"
    # A float is any number without an i behind.
    mark = "i" if field.type is FieldType.INTEGER else ""
    least, greatest = keys["min"], keys["max"]

    def numbers(fold: Fold) -> str:
        return (
            f"{least}{fold.least}{mark},{greatest}{fold.greatest}{mark},{last}{fold.last}{mark},{count}{fold.number}i"
        )

    if "mean" not in keys:
        return numbers
    mean, total = keys["mean"], keys["sum"]
    is_storable = _is_integer if mark else math.isfinite

    def gauge(fold: Fold) -> str:
        average = fold.total / fold.number
        first = f"{mean}{average!r}," if math.isfinite(average) else ""
        second = f"{total}{fold.total}{mark}," if is_storable(fold.total) else ""
        return f"{first}{second}{numbers(fold)}"

    return gauge


def _is_integer(value: int) -> bool:
    return _LEAST_INTEGER <= value <= _GREATEST_INTEGER
