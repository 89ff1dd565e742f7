"""A SELECT with the meaning that InfluxDB gives it, written so that openGemini gives it that meaning too.

What openGemini does otherwise, as seen with main-54c9d136 (`docs/ENGINES.md` has the whole list):

- A transformation of aggregates, `difference(mean(x))`, finds nothing; over a subquery with the aggregates it works.
- `stddev()` alone loses the times of its buckets; beside another aggregate it keeps them.
- LIMIT and OFFSET count the rows of all series together, and SLIMIT and SOFFSET do nothing.
- OFFSET without LIMIT gives one row.
- Several measurements are merged into one, and their values with them.
- `top()` and `bottom()` with a tag find nothing.

The first two and the fourth are written anew; the rest is refused, as an answer would be wrong without telling it.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from api.influxql.errors import QueryRefused
from api.influxql.timerange import begun_earlier
from api.influxql.tree import (
    Binary,
    Call,
    Column,
    Expression,
    Group,
    Limits,
    Literal,
    Measurement,
    Reference,
    Regex,
    Select,
    Sign,
    Source,
    Subquery,
    operands,
)

_LAGS = {
    "derivative": 1,
    "non_negative_derivative": 1,
    "difference": 1,
    "non_negative_difference": 1,
    "elapsed": 1,
    "moving_average": 1,
    "cumulative_sum": 0,
}
"""Transformation -> how many buckets before the first InfluxDB reads, so that the first one has a value too.

A moving average reads more, by its argument; its first values are absent here.
"""

_EVERYTHING = Literal("INTEGER", text="1000000000")
_ONE_NAME = re.compile(r"\^\(?([A-Za-z0-9_]+)\)?\$")


def adapt(select: Select) -> Select:
    """Return the SELECT for openGemini.

    Raises:
        QueryRefused: openGemini cannot answer it as InfluxDB does.
    """
    _check_measurements(select)
    return _adapted(select)


def counts_rows_of_series(select: Select) -> bool:
    """Tell whether LIMIT or OFFSET has rows of several series to count."""
    return _has_tags(select) and (select.limits.limit is not None or select.limits.offset is not None)


def _adapted(select: Select) -> Select:
    _check_limits(select)
    for call in _calls_of(select):
        if call.name in ("top", "bottom") and len(call.arguments) > 2:
            raise QueryRefused(f"{call.name}() with a tag is not available with this database")
    select = replace(select, sources=tuple(_source(source) for source in select.sources), limits=_limits(select.limits))
    interval = _interval(select)
    if interval is None:
        return select
    if any(_is_transformation(call) for call in _calls_of(select)):
        return _over_aggregates(select, interval)
    return _with_times(select) if [call.name for call in _calls_of(select)] == ["stddev"] else select


def _source(source: Source) -> Source:
    if isinstance(source, Subquery):
        return Subquery(_adapted(source.select))
    if isinstance(source.name, Regex):
        found = _ONE_NAME.fullmatch(source.name.pattern)
        return source if found is None else replace(source, name=found[1])
    return source


def _check_measurements(select: Select) -> None:
    measurements = list(_measurements(select))
    names = {each.name for each in measurements}
    patterns = [name for name in names if isinstance(name, Regex) and _ONE_NAME.fullmatch(name.pattern) is None]
    if patterns or len(names) > 1:
        raise QueryRefused("this database reads one measurement at a time; name one in FROM, and send several queries")


def _measurements(select: Select) -> Iterator[Measurement]:
    for source in select.sources:
        if isinstance(source, Subquery):
            yield from _measurements(source.select)
        else:
            yield source


def _check_limits(select: Select) -> None:
    limits = select.limits
    if counts_rows_of_series(select):
        raise QueryRefused(
            "this database counts the rows of all series together, so LIMIT and OFFSET need a query without tags in"
            " GROUP BY; leave them out, or take last(), first(), top() or bottom()"
        )
    if _has_tags(select) and (limits.slimit is not None or limits.soffset is not None):
        raise QueryRefused("SLIMIT and SOFFSET are not available with this database; use a condition on tags")


def _limits(limits: Limits) -> Limits:
    if limits.offset is not None and limits.limit is None:
        return replace(limits, limit=_EVERYTHING)
    return limits


def _has_tags(select: Select) -> bool:
    return any(not isinstance(dimension, Call) for dimension in select.dimensions)


def _interval(select: Select) -> Literal | None:
    for dimension in select.dimensions:
        if isinstance(dimension, Call) and dimension.arguments and isinstance(dimension.arguments[0], Literal):
            return dimension.arguments[0]
    return None


def _calls_of(select: Select) -> list[Call]:
    return [call for column in select.columns for call in _calls(column.expression)]


def _calls(expression: Expression) -> Iterator[Call]:
    if isinstance(expression, Call):
        yield expression
    for part in operands(expression):
        yield from _calls(part)


def _is_transformation(call: Call) -> bool:
    return call.name in _LAGS and bool(call.arguments) and isinstance(call.arguments[0], Call)


def _over_aggregates(select: Select, interval: Literal) -> Select:
    """Return a SELECT of transformations over a subquery that has the aggregates.

    Raises:
        QueryRefused: it has aggregates beside them, which openGemini cannot give together.
    """
    aggregates = _Aggregates()
    columns = tuple(replace(each, expression=aggregates.out_of(each.expression)) for each in select.columns)
    condition = select.condition
    lags = {_LAGS[call.name] for call in _calls_of(select) if _is_transformation(call)}
    if condition is not None and lags == {1} and not select.descending:
        condition = begun_earlier(condition, interval)
    fill = select.fill
    if fill is None or fill == Reference("null"):
        fill = Reference("none")  # a bucket without a value takes no part in a transformation
    inner = replace(select, columns=tuple(aggregates.columns), condition=condition, fill=fill, limits=Limits())
    return _over(inner, select, columns)


def _with_times(select: Select) -> Select:
    """Return a SELECT of one stddev() that has the times of its buckets."""
    aggregates = _Aggregates()
    columns = tuple(
        Column(aggregates.replaced(each.expression), each.alias or "stddev") if _has_call(each.expression) else each
        for each in select.columns
    )
    (deviation,) = _calls_of(select)
    beside = Column(Call("count", deviation.arguments), "values")
    return _over(replace(select, columns=(*aggregates.columns, beside), limits=Limits()), select, columns)


def _over(inner: Select, select: Select, columns: tuple[Column, ...]) -> Select:
    return replace(
        select,
        columns=columns,
        sources=(Subquery(inner),),
        condition=None,
        dimensions=tuple(each for each in select.dimensions if not isinstance(each, Call)),
        fill=None,
    )


@dataclass(slots=True)
class _Aggregates:
    """Takes aggregates out of columns.

    Attributes:
        columns: what was taken out, each with a name of its own.
    """

    columns: list[Column] = field(default_factory=list)

    def out_of(self, expression: Expression) -> Expression:
        """Return an expression whose transformations have references in place of their aggregates.

        Raises:
            QueryRefused: it has an aggregate beside them.
        """
        match expression:
            case Call(arguments=(Call() as aggregate, *rest)) if _is_transformation(expression):
                return replace(expression, arguments=(self.replaced(aggregate), *rest))
            case Call(name=name):
                raise QueryRefused(f"{name}() beside a transformation is not available with this database")
            case _:
                return _rebuilt(expression, self.out_of)

    def replaced(self, expression: Expression) -> Expression:
        """Return an expression with references in place of its calls."""
        if not isinstance(expression, Call):
            return _rebuilt(expression, self.replaced)
        for column in self.columns:
            if column.expression == expression:
                return Reference(str(column.alias))
        self.columns.append(Column(expression, f"value_{len(self.columns)}"))
        return Reference(str(self.columns[-1].alias))


def _has_call(expression: Expression) -> bool:
    return next(_calls(expression), None) is not None


def _rebuilt(expression: Expression, change: Callable[[Expression], Expression]) -> Expression:
    match expression:
        case Binary(left=left, right=right):
            return replace(expression, left=change(left), right=change(right))
        case Group(inner=inner):
            return Group(change(inner))
        case Sign(operand=operand):
            return replace(expression, operand=change(operand))
        case _:
            return expression
