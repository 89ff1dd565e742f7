"""Raw points folded by series and hour.

The engine could fold too, and is not asked to: InfluxDB 1 reads a field anew for each of its six functions, so that
reading the points once and folding them here takes a third of the work (`make bench ARGS=rollup`). It also has no way
to answer with a sum that overflows; one sender's mad values would spoil the answer of all.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from api.influx.engine import Series
from api.rollup.hours import HOUR_NS
from collectors.declaration import FieldType, Measurement

_KINDS: Mapping[FieldType, frozenset[type]] = {
    # JSON knows one kind of number: a float without a fraction looks like an integer.
    FieldType.FLOAT: frozenset({float, int}),
    FieldType.INTEGER: frozenset({int}),
    FieldType.STRING: frozenset({str}),
    FieldType.BOOLEAN: frozenset({bool}),
}


class Fold(NamedTuple):
    """What is kept of the values of one field in one hour.

    Attributes:
        number: how many there are, at least 1.
        last: the newest.
        total: their sum; the newest for text and booleans.
        least: the smallest; the newest for text and booleans.
        greatest: the greatest; the newest for text and booleans.
    """

    number: int
    last: Any
    total: Any
    least: Any
    greatest: Any

    def then(self, later: "Fold") -> "Fold":
        """Return the fold of these values and of later ones of the same hour."""
        number = self.number + later.number
        if isinstance(later.last, str | bool):
            return later._replace(number=number)
        total = self.total + later.total
        return Fold(number, later.last, total, min(self.least, later.least), max(self.greatest, later.greatest))


Folds = Mapping[str, Fold]
"""Field -> what is kept of it; a field without a value in the hour is absent."""


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of one series.

    Attributes:
        tags: of the series; an empty value means "no such tag".
        start_ns: when it begins, Unix nanoseconds.
        folds: what is kept of its fields, of one at least.
    """

    tags: Mapping[str, str]
    start_ns: int
    folds: Folds


def fold_hours(declared: Measurement, pieces: Iterable[Series]) -> Iterator[Hour]:
    """Fold raw points of a measurement.

    Args:
        declared: the measurement.
        pieces: its series with all of their tags, each in order of time and the pieces of one series together. Their
            columns are fields; those that are not declared, and values of another type than declared, are left out.

    Yields:
        Each series and hour that has a value.
    """
    kinds = {field.name: _KINDS[field.type] for field in declared.fields}
    open_hour: Hour | None = None
    for piece in pieces:
        for hour in _hours(kinds, piece):
            if open_hour is None:
                open_hour = hour
            elif (open_hour.start_ns, open_hour.tags) == (hour.start_ns, hour.tags):
                open_hour = Hour(hour.tags, hour.start_ns, _together(open_hour.folds, hour.folds))
            else:
                yield open_hour
                open_hour = hour
    if open_hour is not None:
        yield open_hour


def _hours(kinds: Mapping[str, frozenset[type]], piece: Series) -> Iterator[Hour]:
    times = [row[0] for row in piece.values]
    columns = zip(piece.columns, zip(*piece.values, strict=True), strict=True) if times else ()
    known = [(name, kinds[name], values) for name, values in columns if name in kinds]
    start = 0
    while start < len(times):
        start_ns = times[start] // HOUR_NS * HOUR_NS
        end = bisect_left(times, start_ns + HOUR_NS, start)
        folds = {}
        for name, types, values in known:
            fold = _fold(types, values[start:end])
            if fold is not None:
                folds[name] = fold
        if folds:
            yield Hour(piece.tags, start_ns, folds)
        start = end


def _fold(types: frozenset[type], values: Sequence[Any]) -> Fold | None:
    present: list[Any] = [value for value in values if type(value) in types]
    if not present:
        return None
    last = present[-1]
    if len(present) == 1 or isinstance(last, str | bool):
        return Fold(len(present), last, last, last, last)
    return Fold(len(present), last, sum(present), min(present), max(present))


def _together(earlier: Folds, later: Folds) -> Folds:
    both = {name: fold.then(later[name]) for name, fold in earlier.items() if name in later}
    return {**earlier, **later, **both}
