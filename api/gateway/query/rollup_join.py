"""A long range's answer joined here from plain statements: the rollup's full hours, and the raw points at both ends.

As subqueries of one SELECT the raw ends are as costly as the whole range: an engine opens the shards of the outer range
for each. As statements of their own they open one or two. What is joined here are a few buckets of each series; what an
outer SELECT alone can do (divisions, functions of functions, fill(previous), LIMIT) stays with it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.gateway.query.arithmetic import Reckoning, reckoning
from api.influx.engine import Series
from api.influxql.tree import (
    Call,
    Column,
    Expression,
    Limits,
    Literal,
    Reference,
    Regex,
    Select,
    Sign,
    Wildcard,
    operands,
)
from api.influxql.writer import Piece

_Merge = Callable[[Any, Any], Any]

_MERGES: Mapping[str, _Merge] = {
    "sum": lambda one, other: one + other,
    "count": lambda one, other: one + other,
    "min": min,
    "max": max,
    "last": lambda _older, newer: newer,
}
"""Partial -> how one of an earlier part and one of a later part become one."""

_MADE: Mapping[str, Callable[..., Any]] = {
    "mean": lambda total, count: total / count,
    "spread": lambda most, least: most - least,
}
"""Function -> how it is made of its partials, where it is not just the one."""


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A function of a field.

    Attributes:
        function: what was asked for.
        places: which partials it is made from, by their number.
    """

    function: str
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class JoinedColumn:
    """A column of the answer.

    Attributes:
        name: its name.
        aggregates: what it is made of; all of one field, so that a bucket has all of them or none.
        reckoned: how; None where it is just the one.
    """

    name: str
    aggregates: tuple[Aggregate, ...]
    reckoned: Reckoning | None = None


@dataclass(frozen=True, slots=True)
class Join:
    """How parts of a SELECT are joined.

    Attributes:
        head: the raw hour in which the range begins.
        body: from the rollup.
        tail: raw, what is newer than the rollup.
        partials: the function of each column of the parts.
        columns: of the answer.
        tags: that tell its series apart.
        fills: whether buckets without a value are in the answer.
        filled: slot of the number that they get; None for null, or for 0 of a count.
        negative: whether that number has a minus before it.
        descending: whether the newest comes first.
    """

    head: tuple[Piece, ...]
    body: tuple[Piece, ...]
    tail: tuple[Piece, ...]
    partials: tuple[str, ...]
    columns: tuple[JoinedColumn, ...]
    tags: tuple[str, ...]
    fills: bool
    filled: int | None
    negative: bool
    descending: bool

    def joined(
        self, parts: Sequence[Sequence[Series]], literals: Sequence[str], interval_ns: int, low: int, high: int
    ) -> list[Series]:
        """Return the whole answer, its times in Unix nanoseconds.

        Args:
            parts: the answers of the parts, the earlier first.
            literals: of the query.
            interval_ns: length of the buckets.
            low: start of the range.
            high: its end, included.
        """
        found: dict[tuple[str, ...], tuple[str, dict[int, list[Any]]]] = {}
        for part in parts:
            for series in part:
                key = tuple(series.tags.get(tag, "") for tag in self.tags)
                _name, rows = found.setdefault(key, (series.name, {}))
                for time, *values in series.values:
                    held = rows.get(time)
                    rows[time] = values if held is None else self._merged(held, values)
        return [
            Series(
                name,
                dict(zip(self.tags, key, strict=True)),
                ["time", *(column.name for column in self.columns)],
                self._rows(rows, literals, interval_ns, low, high),
            )
            for key, (name, rows) in sorted(found.items(), reverse=self.descending)  # the engines turn both round
        ]

    def _merged(self, older: list[Any], newer: list[Any]) -> list[Any]:
        return [
            right if left is None else left if right is None else _MERGES[function](left, right)
            for function, left, right in zip(self.partials, older, newer, strict=True)
        ]

    def _number(self, literals: Sequence[str]) -> int | None:
        if self.filled is None:
            return None
        number = int(literals[self.filled])
        return -number if self.negative else number

    def _rows(
        self, rows: Mapping[int, list[Any]], literals: Sequence[str], interval_ns: int, low: int, high: int
    ) -> list[list[Any]]:
        number = self._number(literals)
        times = sorted(rows)
        if self.fills and times:
            # Every bucket is a whole number of intervals away from any other; the first one may begin before the range.
            first = low - (low - times[0]) % interval_ns
            times = list(range(first, high + 1, interval_ns))
        empty = [None] * len(self.partials)
        made = [
            [time, *(self._made(column, rows.get(time, empty), number, literals) for column in self.columns)]
            for time in times
        ]
        return made[::-1] if self.descending else made

    def _made(self, column: JoinedColumn, partials: Sequence[Any], number: int | None, literals: Sequence[str]) -> Any:
        values = [self._aggregated(each, partials, number) for each in column.aggregates]
        if column.reckoned is None:
            return values[0]
        return None if None in values else column.reckoned(values, literals)

    def _aggregated(self, aggregate: Aggregate, partials: Sequence[Any], number: int | None) -> Any:
        values = [partials[place] for place in aggregate.places]
        if None not in values:
            return _MADE[aggregate.function](*values) if aggregate.function in _MADE else values[0]
        if not self.fills:
            return None
        return 0 if number is None and aggregate.function == "count" else number


def join_of(
    select: Select,
    names: Sequence[str],
    needed: Mapping[str, tuple[str, str]],
    partials: Mapping[str, tuple[str, ...]],
    parts: Callable[[], tuple[tuple[Piece, ...], ...]],
) -> Join | None:
    """Return how a SELECT that the rollup answers is joined here; None where an outer SELECT must do it.

    Args:
        select: as sent.
        names: of its columns.
        needed: name of a partial -> its field and function.
        partials: function -> the functions of its partials.
        parts: makes the three statements, with the buckets of the SELECT.
    """
    if select.limits != Limits():
        return None
    tags = [each for each in select.dimensions if not isinstance(each, Call)]
    if any(isinstance(each, Regex | Wildcard) for each in tags):
        return None
    places = {wanted: number for number, wanted in enumerate(needed.values())}
    columns = []
    for column, name in zip(select.columns, names, strict=True):
        joined = _column(column, name, places, partials)
        if joined is None:
            return None
        columns.append(joined)
    filled: int | None = None
    negative = False
    match select.fill:
        case None | Reference(name="null" | "none"):
            pass
        case Literal(kind="INTEGER", slot=slot) if not _has_last(columns):
            filled = slot
        case Sign(sign=sign, operand=Literal(kind="INTEGER", slot=slot)) if not _has_last(columns):
            filled, negative = slot, sign == "-"
        case _:
            return None  # what the engines make of a fraction, or of a number among texts, is theirs
    head, body, tail = parts()
    return Join(
        head,
        body,
        tail,
        tuple(function for _field, function in needed.values()),
        tuple(columns),
        tuple(each.name for each in tags if isinstance(each, Reference)),
        select.fill != Reference("none"),
        filled,
        negative,
        bool(select.descending),
    )


def _column(
    column: Column, name: str, places: Mapping[tuple[str, str], int], partials: Mapping[str, tuple[str, ...]]
) -> JoinedColumn | None:
    calls: dict[Call, int] = {}
    aggregates: list[Aggregate] = []
    fields = set()
    for call in _calls(column.expression):
        match call:
            case Call(name=function, arguments=(Reference(name=field),)) if function in partials:
                fields.add(field)
                calls[call] = len(aggregates)
                aggregates.append(Aggregate(function, tuple(places[field, part] for part in partials[function])))
            case _:
                return None
    if len(fields) != 1:
        return None  # in which buckets something is reckoned of two fields is the engines' to say
    if isinstance(column.expression, Call):
        return JoinedColumn(name, tuple(aggregates))
    reckoned = reckoning(column.expression, calls)
    return None if reckoned is None else JoinedColumn(name, tuple(aggregates), reckoned)


def _calls(expression: Expression) -> Iterator[Call]:
    if isinstance(expression, Call):
        yield expression
        return
    for part in operands(expression):
        yield from _calls(part)


def _has_last(columns: Sequence[JoinedColumn]) -> bool:
    return any(each.function == "last" for column in columns for each in column.aggregates)
