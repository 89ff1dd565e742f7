"""A SELECT over a long range, answered from the hourly rollup with the same result as from the raw points.

What the rollup has for certain (full hours before `rolled_until`) is read there; the hour in which the range begins and
what is newer are read raw. Both give the same partials in the same buckets, and the outer SELECT merges them:

    SELECT sum("x_sum") / sum("x_count") AS "mean" FROM
      (SELECT sum("x_sum") AS "x_sum", sum("x_count") AS "x_count" FROM "karte_1h".."m" WHERE … GROUP BY time(6h)),
      (SELECT sum("x") AS "x_sum", count("x") AS "x_count" FROM "karte".."m" WHERE … GROUP BY time(6h))
    WHERE … GROUP BY time(6h)

Only what merges exactly is answered so: buckets of whole hours, conditions on tags, functions whose partials are
kept. Sums and means of floats may differ from the raw ones in the last digits, as the order of addition does.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from api.gateway.query.rollup_join import Join, join_of
from api.gateway.query.scope import Scope, scope_statement
from api.influxql.literals import duration_ns
from api.influxql.timerange import begun_earlier, is_time
from api.influxql.tree import (
    Binary,
    Boolean,
    Call,
    Column,
    Expression,
    Group,
    Literal,
    Measurement,
    Reference,
    Regex,
    Select,
    Sign,
    Subquery,
    Wildcard,
    conjuncts,
    operands,
)
from api.influxql.writer import Piece, fill, pieces
from api.rollup.fields import functions_of, stored_name
from collectors.declaration import AGENT_TAGS, STAMPED_TAGS, Field
from collectors.declaration import Measurement as Declared

HOUR_NS = 3600 * 10**9

LONG_NS = 48 * HOUR_NS
"""From which range on the rollup is asked; below, the raw points are as quickly read."""

LOW_SLOT, HIGH_SLOT, FROM_SLOT, UNTIL_SLOT = -3, -4, -5, -6
"""Slots of the range's two ends, and of where the rollup's part begins and ends; Unix nanoseconds."""

_WHOLE_HOUR_ZONES = frozenset({"'Asia/Tokyo'", "'Japan'", "'UTC'"})
"""Zones, as string literals, whose days begin at a full hour of UTC, all year."""

_SOURCE = Measurement("\0sources")
_SOURCES_MARK = '"\0sources"'

_PARTIALS: Mapping[str, tuple[str, ...]] = {
    "mean": ("sum", "count"),
    "sum": ("sum",),
    "count": ("count",),
    "min": ("min",),
    "max": ("max",),
    "spread": ("max", "min"),
    "last": ("last",),
}
"""Function of a query -> the partials that it is made from."""

_MERGE: Mapping[str, str] = {"sum": "sum", "count": "sum", "min": "min", "max": "max", "last": "last"}
"""Partial -> the function that merges several into one."""

_TRANSFORMS = frozenset(
    {"derivative", "non_negative_derivative", "difference", "non_negative_difference", "moving_average"}
    | {"cumulative_sum", "elapsed"}
)
"""Functions of a series of aggregates, which they take as their first argument."""

_LOOKS_AT_ITSELF = frozenset({"cumulative_sum"})
"""Those for which the engines read no bucket before the first one."""


class _NotExact(Exception):
    """The SELECT cannot be answered from the rollup with the same result."""


@dataclass(frozen=True, slots=True)
class Route:
    """How a SELECT is answered from the rollup.

    Attributes:
        interval: slot of the bucket's length.
        offset: slot of the buckets' offset; None where there is none.
        zone: slot of `tz()`'s argument; None where there is none.
        before: the outer SELECT's text up to its sources.
        after: from there on.
        head: the raw hour in which the range begins.
        body: from the rollup.
        tail: raw, what is newer than the rollup.
        zero: slot of the number of `fill()` where that must be 0; None where it need not.
        looks_back: True where the first bucket needs the one before, which the engines read by themselves.
        join: how the parts, each asked for by itself, are joined here; None where the outer SELECT must do it.
    """

    interval: int
    offset: int | None
    zone: int | None
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]
    head: tuple[Piece, ...]
    body: tuple[Piece, ...]
    tail: tuple[Piece, ...]
    zero: int | None = None
    looks_back: bool = False
    join: Join | None = None

    def fits(self, literals: Sequence[str]) -> bool:
        """Tell whether the buckets are whole hours of UTC, and empty ones are filled as they are raw."""
        if self.zero is not None and float(literals[self.zero]) != 0:
            return False
        if self.zone is not None and literals[self.zone] not in _WHOLE_HOUR_ZONES:
            return False
        lengths = [duration_ns(literals[slot]) for slot in (self.interval, self.offset) if slot is not None]
        return lengths[0] > 0 and all(length % HOUR_NS == 0 for length in lengths)

    def before_ns(self, literals: Sequence[str]) -> int:
        """Return how much before its range begins the route reads."""
        return duration_ns(literals[self.interval]) if self.looks_back else 0

    def text(self, literals: Sequence[str], own: Mapping[int, str], span: "Span") -> str:
        """Return the one statement for a range that begins as much earlier as `before_ns` says."""
        ends = {LOW_SLOT: str(span.low + self.before_ns(literals)), HIGH_SLOT: str(span.high)}
        sources = ", ".join(f"({part})" for part in parts(self, literals, own, span))
        before, after = (fill(each, literals, {**own, **ends}) for each in (self.before, self.after))
        return f"{before}{sources}{after}"


def parts(of: "Route | Join", literals: Sequence[str], own: Mapping[int, str], span: "Span") -> list[str]:
    """Return the statements of the parts that a span has, the earlier first."""
    own = {**own, FROM_SLOT: str(span.rolled_from), UNTIL_SLOT: str(span.rolled_until)}
    found = [of.head] if span.low < span.rolled_from else []
    found.append(of.body)
    if span.rolled_until <= span.high:
        found.append(of.tail)
    return [fill(part, literals, own) for part in found]


@dataclass(frozen=True, slots=True)
class Span:
    """A range and the part of it that the rollup answers; Unix nanoseconds.

    Attributes:
        low: its start, included.
        high: its end, included.
        rolled_from: first full hour.
        rolled_until: end of the last full hour that the rollup has, not included.
    """

    low: int
    high: int
    rolled_from: int
    rolled_until: int


def span(low: int | None, high: int | None, now_ns: int, rolled_until_ns: int) -> Span | None:
    """Return what of a range the rollup answers; None where it is not worth it, or not known to have it."""
    if low is None:
        return None
    end = now_ns if high is None else high
    rolled_from = -(-low // HOUR_NS) * HOUR_NS
    rolled_until = min(rolled_until_ns, (end + 1) // HOUR_NS * HOUR_NS)
    if end - low < LONG_NS or rolled_until <= rolled_from:
        return None
    return Span(low, end, rolled_from, rolled_until)


Adapt = Callable[[Select], Select]
"""`Engine.adapt`."""


def unadapted(select: Select) -> Select:
    """Return the SELECT as it is."""
    return select


def route(
    select: Select,
    declared: Mapping[str, Declared],
    scope: Scope,
    raw: str,
    rolled: str,
    adapt: Adapt = unadapted,
) -> Route | None:
    """Return how a SELECT is answered from the rollup; None where that would not give the same.

    Args:
        select: as sent, not scoped yet.
        declared: the catalogue.
        scope: what it is scoped with.
        raw: the raw database's name in the engine.
        rolled: the rollup's.
        adapt: the engine's.

    Raises:
        QueryRefused: the engine cannot answer it.
    """
    try:
        return _Router(select, declared, scope, raw).route(rolled, adapt)
    except _NotExact:
        return None


@dataclass(frozen=True, slots=True)
class _Buckets:
    interval: Literal
    offset: Literal | None
    dimension: Call
    others: tuple[Expression, ...]


class _Router:
    def __init__(self, select: Select, declared: Mapping[str, Declared], scope: Scope, raw: str) -> None:
        self._select = select
        self._scope = scope
        self._raw = raw
        self._measurement = _one_measurement(select, scope, raw)
        found = declared.get(self._measurement)
        if found is None:
            raise _NotExact
        self._fields = {field.name: field for field in found.fields}
        self._tags = {tag.name for tag in found.tags} | STAMPED_TAGS | AGENT_TAGS
        self._needed: dict[str, tuple[str, str]] = {}
        self._looks_back = False

    def route(self, rolled: str, adapt: Adapt) -> Route:
        select = self._select
        self._check_condition(select.condition)
        buckets = self._buckets()
        columns = tuple(
            Column(self._outer(column.expression), name)
            for column, name in zip(select.columns, column_names(select.columns), strict=True)
        )
        if not self._needed or (self._looks_back and not all(_looks_back(each.expression) for each in select.columns)):
            raise _NotExact  # the bucket before the first is read for all columns, and some would show it
        last = any(function == "last" for _field, function in self._needed.values())
        if last and not self._tells_series_apart(buckets.others):
            raise _NotExact
        # The newest of several hours is only found where the hours are still apart.
        inner_time = Call("time", (Literal("DURATION", text="1h"),)) if last else buckets.dimension
        condition = select.condition
        if self._looks_back and condition is not None:
            condition = begun_earlier(condition, buckets.interval)
        inner = Select((), (), condition, (inner_time, *buckets.others), Reference("none"), zone=select.zone)
        head, body, tail = self._three(inner, rolled, unadapted)
        outer = replace(
            select,
            columns=columns,
            sources=(Subquery(Select((), (_SOURCE,))),),
            condition=Binary("AND", _at_least(LOW_SLOT), Binary("<=", Reference("time"), _slot(HIGH_SLOT))),
            fill=self._fill(),
        )
        before, after = self._split(outer, adapt)
        return Route(
            buckets.interval.slot,
            None if buckets.offset is None else buckets.offset.slot,
            None if select.zone is None else select.zone.slot,
            before,
            after,
            head=head,
            body=body,
            tail=tail,
            zero=self._zero(),
            looks_back=self._looks_back,
            join=self._join(replace(inner, dimensions=(buckets.dimension, *buckets.others)), rolled, adapt),
        )

    def _join(self, inner: Select, rolled: str, adapt: Adapt) -> Join | None:
        names, select = column_names(self._select.columns), self._select
        return join_of(select, names, self._needed, _PARTIALS, lambda: self._three(inner, rolled, adapt))

    def _three(self, inner: Select, rolled: str, adapt: Adapt) -> tuple[tuple[Piece, ...], ...]:
        """Return the raw hour at the beginning, what the rollup has, and what is newer."""
        head = self._part(inner, self._raw, _before(FROM_SLOT), from_rollup=False)
        body = self._part(inner, rolled, _at_least(FROM_SLOT), _before(UNTIL_SLOT), from_rollup=True)
        tail = self._part(inner, self._raw, _at_least(UNTIL_SLOT), from_rollup=False)
        return tuple(pieces(adapt(part)) for part in (head, body, tail))

    def _outer(self, expression: Expression) -> Expression:
        """Return a column's expression over partials."""
        match expression:
            case Call(name=name, arguments=(Reference() as field,)) if name in _PARTIALS:
                return self._merged(name, field)
            case Call(name=name, arguments=(Call() as inner, *rest)) if name in _TRANSFORMS:
                merged = self._outer(inner)
                if not isinstance(merged, Call) or not all(_is_value(argument) for argument in rest):
                    raise _NotExact
                if name not in _LOOKS_AT_ITSELF:
                    if name == "moving_average" or self._select.descending:
                        raise _NotExact  # these look back by a number that is no part of the shape, or ahead
                    self._looks_back = True
                return Call(name, (merged, *rest))
            case Group(inner=inner):
                return Group(self._outer(inner))
            case Binary(operator="+" | "-" | "*" | "/" as operator, left=left, right=right):
                return Binary(operator, self._outer(left), self._outer(right))
            case Sign(operand=operand) if _is_value(operand):
                return expression
            case _ if _is_value(expression):
                return expression
            case _:
                raise _NotExact

    def _merged(self, name: str, field: Reference) -> Expression:
        declared = self._fields.get(field.name)
        if declared is None or field.cast not in ("", "field"):
            raise _NotExact
        merged = [self._partial(declared, function) for function in _PARTIALS[name]]
        if name == "mean":
            return Group(Binary("/", merged[0], merged[1]))
        return Group(Binary("-", merged[0], merged[1])) if name == "spread" else merged[0]

    def _partial(self, field: Field, function: str) -> Call:
        if function not in functions_of(field):
            raise _NotExact
        name = stored_name(field.name, function)
        self._needed[name] = (field.name, function)
        return Call(_MERGE[function], (Reference(name),))

    def _part(self, inner: Select, database: str, *bounds: Expression, from_rollup: bool) -> Select:
        columns = tuple(
            Column(
                Call(_MERGE[function], (Reference(name),)) if from_rollup else Call(function, (Reference(field),)), name
            )
            for name, (field, function) in self._needed.items()
        )
        condition = inner.condition
        for bound in bounds:
            condition = bound if condition is None else Binary("AND", _grouped(condition), bound)
        measured = replace(inner, columns=columns, sources=(Measurement(self._measurement),), condition=condition)
        scoped = scope_statement(measured, self._scope)
        assert isinstance(scoped, Select)  # noqa: S101  # a SELECT is scoped to a SELECT
        return replace(scoped, sources=(Measurement(self._measurement, database),))

    def _split(self, outer: Select, adapt: Adapt) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
        """Return the outer SELECT's text before and after its sources."""
        scoped = scope_statement(replace(outer, sources=(Subquery(Select((), ())),)), self._scope)
        assert isinstance(scoped, Select)  # noqa: S101  # a SELECT is scoped to a SELECT
        whole = pieces(adapt(replace(scoped, sources=(_SOURCE,))))
        place = next(i for i, piece in enumerate(whole) if isinstance(piece, str) and _SOURCES_MARK in piece)
        before, _mark, after = str(whole[place]).partition(_SOURCES_MARK)
        return (*whole[:place], before), (after, *whole[place + 1 :])

    def _check_condition(self, condition: Expression | None) -> None:
        """Raise unless the condition asks for time and tags only."""
        for part in conjuncts(condition):
            if isinstance(part, Binary) and (is_time(part.left) or is_time(part.right)):
                continue
            # A time within an OR, a field, a call: what that means over hours is not what it means raw.
            if not all(self._is_tag_or_value(leaf) for leaf in _leaves(part)):
                raise _NotExact

    def _is_tag_or_value(self, leaf: Expression) -> bool:
        if isinstance(leaf, Reference):
            return leaf.name in self._tags and leaf.cast in ("", "tag")
        return isinstance(leaf, Literal | Boolean)

    def _buckets(self) -> _Buckets:
        times = [each for each in self._select.dimensions if isinstance(each, Call)]
        others = tuple(each for each in self._select.dimensions if not isinstance(each, Call))
        if len(times) != 1 or times[0].name != "time":
            raise _NotExact
        if not all(isinstance(each, Reference | Regex | Wildcard) for each in others):
            raise _NotExact
        match times[0].arguments:
            case (Literal(kind="DURATION") as interval,):
                return _Buckets(interval, None, times[0], others)
            case (Literal(kind="DURATION") as interval, Literal(kind="DURATION") as offset):
                return _Buckets(interval, offset, times[0], others)
            case (Literal(kind="DURATION") as interval, Sign(operand=Literal(kind="DURATION") as offset)):
                return _Buckets(interval, offset, times[0], others)
            case _:
                raise _NotExact

    def _tells_series_apart(self, dimensions: Sequence[Expression]) -> bool:
        if any(isinstance(each, Wildcard) for each in dimensions):
            return True
        named = {each.name for each in dimensions if isinstance(each, Reference)}
        # A device belongs to one contract and one site for its life.
        return self._tags - {"contract", "site"} <= named

    def _zero(self) -> int | None:
        """Return the slot of the number of fill() where that must be 0: partials are filled, not what is made of them.

        Raises:
            _NotExact: a line through partials is no line through what is made of them.
        """
        calls: set[str] = set().union(*(_calls(column.expression) for column in self._select.columns))
        if not calls & {"mean", "spread"}:
            return None
        match self._select.fill:
            case Literal(slot=slot) | Sign(operand=Literal(slot=slot)):
                return slot
            case Reference(name="linear") if "mean" in calls:
                raise _NotExact
            case _:
                return None

    def _fill(self) -> Expression | None:
        """Return the outer fill: the engines fill a count with 0 where other functions are filled with null."""
        counts = [_calls(column.expression) == {"count"} for column in self._select.columns]
        given = self._select.fill
        if not any("count" in _calls(column.expression) for column in self._select.columns):
            return given
        if isinstance(given, Reference) and given.name == "none":
            return given
        plain = all(isinstance(column.expression, Call) for column in self._select.columns)
        if all(counts) and plain and (given is None or given == Reference("null")):
            return Literal("INTEGER", text="0")
        raise _NotExact


def _one_measurement(select: Select, scope: Scope, raw: str) -> str:
    match select.sources:
        # Where no database is named it is the request's; whoever uses the route makes sure that this is the raw one.
        case (Measurement(name=str() as name, database=None),):
            return name
        case (Measurement(name=str() as name, database=str() as database),) if scope.databases.get(database) == raw:
            return name
    raise _NotExact


def _slot(slot: int) -> Literal:
    return Literal("INTEGER", slot)


def _at_least(slot: int) -> Binary:
    return Binary(">=", Reference("time"), _slot(slot))


def _before(slot: int) -> Binary:
    return Binary("<", Reference("time"), _slot(slot))


def _grouped(condition: Expression) -> Expression:
    return condition if isinstance(condition, Group) else Group(condition)


def _is_value(expression: Expression) -> bool:
    return isinstance(expression, Literal) and expression.kind in ("INTEGER", "NUMBER", "DURATION")


def _leaves(expression: Expression) -> Iterator[Expression]:
    parts = operands(expression)
    if not parts:
        yield expression
    for part in parts:
        yield from _leaves(part)


def _looks_back(expression: Expression) -> bool:
    """Tell whether all that is calculated of points is a difference of two buckets."""
    if isinstance(expression, Call):
        return expression.name in _TRANSFORMS - _LOOKS_AT_ITSELF
    return all(map(_looks_back, operands(expression)))


def _calls(expression: Expression) -> set[str]:
    own = {expression.name} if isinstance(expression, Call) else set()
    return own.union(*(_calls(part) for part in operands(expression)))


def column_names(columns: Sequence[Column]) -> list[str]:
    """Return the names that an engine gives to columns.

    Source: `SelectStatement.ColumnNames` of InfluxQL's reference implementation: an alias stands; other names come from
    the expression and get `_1`, `_2` … where they are taken.
    """
    taken = {column.alias: 1 for column in columns if column.alias is not None}
    names = []
    for column in columns:
        if column.alias is not None:
            names.append(column.alias)
            continue
        name = wanted = "_".join(_parts_of_name(column.expression))
        count = taken.get(wanted, 0)
        while name in taken:
            name = f"{wanted}_{count}"
            count += 1
        if name != wanted:
            taken[wanted] = count
        taken[name] = taken.get(name, 0) + 1
        names.append(name)
    return names


def _parts_of_name(expression: Expression) -> Iterator[str]:
    match expression:
        case Call(name=name) | Reference(name=name):
            yield name
        case Group(inner=inner):
            yield from _parts_of_name(inner)
        case Binary(left=left, right=right):
            yield from _parts_of_name(left)
            yield from _parts_of_name(right)
