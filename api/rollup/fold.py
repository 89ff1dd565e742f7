"""Raw points folded into one point a series and hour.

The engine could fold too, and is not asked to: InfluxDB 1 reads a field anew for each of its six functions, so that
reading the points once and folding them here takes a fifth to a ninth of the work (`make bench ARGS=rollup`). It also
has no way to answer with a sum that overflows; one sender's mad values would spoil the answer of all.
"""

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.influx.engine import Series
from api.rollup.fields import functions_of, stored_name
from api.rollup.hours import HOUR_NS
from collectors.declaration import Field, FieldType, Measurement
from collectors.point import FieldValue, Point

_LEAST_INTEGER, _GREATEST_INTEGER = -(2**63), 2**63 - 1

_KINDS: Mapping[FieldType, frozenset[type]] = {
    # JSON knows one kind of number: a float without a fraction looks like an integer.
    FieldType.FLOAT: frozenset({float, int}),
    FieldType.INTEGER: frozenset({int}),
    FieldType.STRING: frozenset({str}),
    FieldType.BOOLEAN: frozenset({bool}),
}


@dataclass(frozen=True, slots=True)
class Fold:
    """What is kept of the values of one field in one hour.

    Attributes:
        count: how many there are, at least 1.
        last: the newest.
        total: their sum; 0 for text and booleans.
        least: the smallest; the newest for text and booleans.
        greatest: the greatest; the newest for text and booleans.
    """

    count: int
    last: Any
    total: Any
    least: Any
    greatest: Any

    def then(self, later: "Fold") -> "Fold":
        """Return the fold of these values and of later ones of the same hour."""
        return Fold(
            self.count + later.count,
            later.last,
            self.total + later.total,
            min(self.least, later.least),
            max(self.greatest, later.greatest),
        )


Folds = dict[str, Fold]
"""Field -> what is kept of it; a field without a value in the hour is absent."""


def fold_hours(declared: Measurement, pieces: Iterable[Series]) -> Iterator[Point]:
    """Fold raw points of a measurement.

    Args:
        declared: the measurement.
        pieces: its series with all of their tags, each in order of time and the pieces of one series together. Their
            columns are fields; those that are not declared, and values of another type than declared, are left out.

    Yields:
        A point for each series and hour that has a value; its time is the start of the hour.
    """
    tags: Mapping[str, str] = {}
    hour_ns = 0
    open_folds: Folds = {}
    for piece in pieces:
        for begins_ns, folds in _hours(declared, piece):
            if open_folds and (begins_ns, piece.tags) == (hour_ns, tags):
                open_folds = _together(open_folds, folds)
                continue
            yield from _points(declared, tags, open_folds, hour_ns)
            tags, hour_ns, open_folds = piece.tags, begins_ns, folds
    yield from _points(declared, tags, open_folds, hour_ns)


def _hours(declared: Measurement, piece: Series) -> Iterator[tuple[int, Folds]]:
    """Give the start of each hour of a piece, Unix nanoseconds, and the folds of its fields, where there are any."""
    times = [row[0] for row in piece.values]
    columns = dict(zip(piece.columns, zip(*piece.values, strict=True), strict=True)) if times else {}
    known = [(each.name, _KINDS[each.type], columns[each.name]) for each in declared.fields if each.name in columns]
    start = 0
    while start < len(times):
        hour_ns = times[start] // HOUR_NS * HOUR_NS
        end = bisect_left(times, hour_ns + HOUR_NS, start)
        found = ((name, _fold(kinds, values[start:end])) for name, kinds, values in known)
        folds = {name: fold for name, fold in found if fold is not None}
        if folds:
            yield hour_ns, folds
        start = end


def _fold(kinds: frozenset[type], values: Sequence[Any]) -> Fold | None:
    present: list[Any] = [value for value in values if type(value) in kinds]
    if not present:
        return None
    last = present[-1]
    if isinstance(last, str | bool):
        return Fold(len(present), last, 0, last, last)
    return Fold(len(present), last, sum(present), min(present), max(present))


def _together(earlier: Folds, later: Folds) -> Folds:
    both = {name: fold.then(later[name]) for name, fold in earlier.items() if name in later}
    return {**earlier, **later, **both}


def _points(declared: Measurement, tags: Mapping[str, str], folds: Folds, hour_ns: int) -> Iterator[Point]:
    if folds:
        fields = {
            stored_name(field.name, function): value
            for field in declared.fields
            if (fold := folds.get(field.name)) is not None
            for function in functions_of(field)
            if (value := _partial(field, fold, function)) is not None
        }
        yield Point(declared.name, tags, fields, hour_ns)


def _partial(field: Field, fold: Fold, function: str) -> FieldValue | None:
    """Return a partial; None where no engine could store it."""
    match function:
        case "count":
            return fold.count
        case "mean":
            return _storable(FieldType.FLOAT, fold.total / fold.count)
        case "sum":
            return _storable(field.type, fold.total)
        case "min":
            return _storable(field.type, fold.least)
        case "max":
            return _storable(field.type, fold.greatest)
        case _:
            return _storable(field.type, fold.last)


def _storable(kind: FieldType, value: Any) -> FieldValue | None:
    if kind is FieldType.FLOAT:
        return float(value) if math.isfinite(value) else None
    if kind is FieldType.INTEGER:
        return int(value) if _LEAST_INTEGER <= value <= _GREATEST_INTEGER else None
    stored: FieldValue = value
    return stored
