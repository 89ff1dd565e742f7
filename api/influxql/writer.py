"""Tree to text. Every name is quoted and every literal comes from its canonical spelling.

The text is made in pieces, so that a tree is written once and filled with other literals again and again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from api.influx.influxql import quote_identifier
from api.influxql.literals import matches_all, slashed
from api.influxql.tree import (
    Binary,
    Boolean,
    Call,
    Column,
    Distinct,
    Expression,
    Group,
    Limits,
    Literal,
    Measurement,
    Reference,
    Regex,
    Select,
    Show,
    Shown,
    Sign,
    Source,
    Spared,
    Statement,
    Subquery,
    Wildcard,
)


@dataclass(frozen=True, slots=True)
class Choice:
    """Text of which one of two forms is written.

    Attributes:
        slot: of a regular expression.
        all: what is written where that matches every text.
        some: what is written else.
    """

    slot: int
    all: "tuple[Piece, ...]"
    some: "tuple[Piece, ...]"


Piece = str | int | Choice
"""A piece of text, or the slot of the literal that stands there; a negative slot is one that the service fills."""


def pieces(statement: Statement) -> tuple[Piece, ...]:
    """Return a statement's text in pieces; neighbouring pieces of text are joined."""
    writer = _Writer()
    if isinstance(statement, Select):
        writer.select(statement)
    else:
        writer.show(statement)
    return writer.joined()


def fill(template: Sequence[Piece], literals: Sequence[str], own: Mapping[int, str]) -> str:
    """Return the text with its literals.

    Args:
        template: from `pieces`.
        literals: the query's own, by slot.
        own: the service's, by negative slot.

    Raises:
        KeyError: a negative slot is not in `own`.
    """
    return "".join([piece if isinstance(piece, str) else _value(piece, literals, own) for piece in template])


def _value(piece: int | Choice, literals: Sequence[str], own: Mapping[int, str]) -> str:
    if isinstance(piece, Choice):
        return fill(piece.all if matches_all(literals[piece.slot]) else piece.some, literals, own)
    return literals[piece] if piece >= 0 else own[piece]


def _written(expression: Expression) -> tuple[Piece, ...]:
    writer = _Writer()
    writer.expression(expression)
    return writer.joined()


Item = TypeVar("Item")


class _Writer:
    def __init__(self) -> None:
        self._out: list[Piece] = []

    def joined(self) -> tuple[Piece, ...]:
        joined: list[Piece] = []
        for piece in self._out:
            if isinstance(piece, str) and joined and isinstance(joined[-1], str):
                joined[-1] += piece
            else:
                joined.append(piece)
        return tuple(joined)

    def select(self, select: Select) -> None:
        self._out.append("SELECT ")
        self._list(select.columns, self._column)
        self._out.append(" FROM ")
        self._list(select.sources, self._source)
        self._condition(select.condition)
        if select.dimensions:
            self._out.append(" GROUP BY ")
            self._list(select.dimensions, self.expression)
        if select.fill is not None:
            self._out.append(" fill(")
            self._fill(select.fill)
            self._out.append(")")
        self._tail(select.descending, select.limits)
        if select.zone is not None:
            self._out.append(" tz(")
            self.expression(select.zone)
            self._out.append(")")

    def show(self, show: Show) -> None:
        self._out.append(f"SHOW {show.shown.value}")
        if show.database is not None:
            self._out.append(f" ON {quote_identifier(show.database)}")
        if show.sources and show.shown is Shown.MEASUREMENTS:
            name = show.sources[0].name
            self._out.append(f" WITH MEASUREMENT {'=~' if isinstance(name, Regex) else '='} ")
            self._measurement(Measurement(name))
        elif show.sources:
            self._out.append(" FROM ")
            self._list(show.sources, self._source)
        if show.keys:
            names = [quote_identifier(key) for key in show.keys if isinstance(key, str)]
            self._out.append(f" WITH KEY IN ({', '.join(names)})")
        self._condition(show.condition)
        self._tail(show.descending, show.limits)

    def _list(self, items: Sequence[Item], write: Callable[[Item], None]) -> None:
        for number, item in enumerate(items):
            if number:
                self._out.append(", ")
            write(item)

    def _column(self, column: Column) -> None:
        self.expression(column.expression)
        if column.alias is not None:
            self._out.append(f" AS {quote_identifier(column.alias)}")

    def _source(self, source: Source) -> None:
        if isinstance(source, Subquery):
            self._out.append("(")
            self.select(source.select)
            self._out.append(")")
        else:
            self._measurement(source)

    def _measurement(self, measurement: Measurement) -> None:
        if measurement.database is not None:
            self._out.append(f"{quote_identifier(measurement.database)}.")
        if measurement.policy is not None:
            self._out.append(quote_identifier(measurement.policy))
        if measurement.database is not None or measurement.policy is not None:
            self._out.append(".")
        name = measurement.name
        self._out.append(slashed(name.pattern) if isinstance(name, Regex) else quote_identifier(name))

    def _condition(self, condition: Expression | None) -> None:
        if condition is not None:
            self._out.append(" WHERE ")
            self.expression(condition)

    def _fill(self, how: Expression) -> None:
        if isinstance(how, Reference):
            self._out.append(how.name)  # a keyword of fill(), as the parser has made sure
        else:
            self.expression(how)

    def _tail(self, descending: bool | None, limits: Limits) -> None:
        if descending is not None:
            self._out.append(f" ORDER BY time {'DESC' if descending else 'ASC'}")
        for word, count in (
            ("LIMIT", limits.limit),
            ("OFFSET", limits.offset),
            ("SLIMIT", limits.slimit),
            ("SOFFSET", limits.soffset),
        ):
            if count is not None:
                self._out.append(f" {word} ")
                self.expression(count)

    def expression(self, expression: Expression) -> None:
        out = self._out
        match expression:
            case Literal(slot=slot, text=text):
                out.append(text or slot)
            case Boolean(value=value):
                out.append("true" if value else "false")
            case Regex(pattern=pattern):
                out.append(slashed(pattern))
            case Reference(name=name, cast=cast):
                # `time` is the one name that is no tag or field; quoted or not, engines take it for the time.
                out.append(quote_identifier(name) + (f"::{cast}" if cast else ""))
            case Wildcard(cast=cast):
                out.append(f"*::{cast}" if cast else "*")
            case Distinct(name=name):
                out.append(f"DISTINCT {quote_identifier(name)}")
            case Call(name=name, arguments=arguments):
                out.append(f"{name}(")
                self._list(arguments, self.expression)
                out.append(")")
            case Sign(sign=sign, operand=operand):
                out.append(sign)
                self.expression(operand)
            case Group(inner=inner):
                out.append("(")
                self.expression(inner)
                out.append(")")
            case Spared(comparison=Binary(right=Literal(slot=slot)) as comparison, instead=instead):
                out.append(Choice(slot, _written(instead), _written(comparison)))
            case Binary(operator=operator, left=left, right=right):
                self.expression(left)
                out.append(f" {operator} ")
                self.expression(right)
