"""The tree of a read query. Literals stand as slots: which value they have is not part of the tree."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Literal:
    """A value.

    Attributes:
        kind: "STRING", "INTEGER", "NUMBER", "DURATION" or "REGEX".
        slot: its index among the query's literals; negative for one that the service fills in.
        text: its spelling where the service knows it beforehand; then the slot says nothing.
    """

    kind: str
    slot: int = -1
    text: str = ""


@dataclass(frozen=True, slots=True)
class Boolean:
    """TRUE or FALSE."""

    value: bool


@dataclass(frozen=True, slots=True)
class Regex:
    """A regular expression that chooses names: of columns, dimensions, measurements or tag keys."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A tag, a field or `time`. `cast` is "" or the word after `::` in small letters, e.g. "float", "tag"."""

    name: str
    cast: str = ""


@dataclass(frozen=True, slots=True)
class Wildcard:
    """`*`; `cast` is "", "field" or "tag"."""

    cast: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """A function call; `name` in small letters."""

    name: str
    arguments: tuple["Expression", ...] = ()


@dataclass(frozen=True, slots=True)
class Distinct:
    """`DISTINCT field`, the form without brackets."""

    name: str


@dataclass(frozen=True, slots=True)
class Sign:
    """A `+` or `-` before a value."""

    sign: str
    operand: "Expression"


@dataclass(frozen=True, slots=True)
class Group:
    """An expression in brackets, kept as written."""

    inner: "Expression"


@dataclass(frozen=True, slots=True)
class Binary:
    """Two expressions with an operator between; `operator` is InfluxQL's spelling, e.g. "AND", "=~", "+"."""

    operator: str
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Spared:
    """A comparison with a regular expression, which is not written where that matches every text.

    Attributes:
        comparison: of something with a regular expression, by `=~`.
        instead: what is written then.
    """

    comparison: Binary
    instead: Binary


Expression = Literal | Boolean | Regex | Reference | Wildcard | Call | Distinct | Sign | Group | Binary | Spared


@dataclass(frozen=True, slots=True)
class Column:
    """What is selected; `alias` is None where none is given."""

    expression: Expression
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class Measurement:
    """Where points are read: a name, or a regular expression over names.

    Attributes:
        name: of the measurement, or a `Regex`.
        database: None where not given.
        policy: retention policy; None where not given.
    """

    name: str | Regex
    database: str | None = None
    policy: str | None = None


@dataclass(frozen=True, slots=True)
class Subquery:
    """A SELECT to read from."""

    select: "Select"


Source = Measurement | Subquery


@dataclass(frozen=True, slots=True)
class Limits:
    """LIMIT, OFFSET, SLIMIT and SOFFSET; None where not given."""

    limit: Literal | None = None
    offset: Literal | None = None
    slimit: Literal | None = None
    soffset: Literal | None = None


@dataclass(frozen=True, slots=True)
class Select:
    """A SELECT.

    Attributes:
        columns: what is selected.
        sources: where from.
        condition: of WHERE; None if there is none.
        dimensions: of GROUP BY: references, `time(…)` calls, wildcards, regular expressions.
        fill: argument of `fill(…)`; None where not given.
        descending: of `ORDER BY time`; None where not given.
        limits: how much of the answer.
        zone: argument of `tz(…)`; None where not given.
    """

    columns: tuple[Column, ...]
    sources: tuple[Source, ...]
    condition: Expression | None = None
    dimensions: tuple[Expression, ...] = ()
    fill: Expression | None = None
    descending: bool | None = None
    limits: Limits = Limits()
    zone: Literal | None = None


class Shown(StrEnum):
    """What a SHOW lists."""

    DATABASES = "DATABASES"
    RETENTION_POLICIES = "RETENTION POLICIES"
    MEASUREMENTS = "MEASUREMENTS"
    SERIES = "SERIES"
    TAG_KEYS = "TAG KEYS"
    TAG_VALUES = "TAG VALUES"
    FIELD_KEYS = "FIELD KEYS"


@dataclass(frozen=True, slots=True)
class Show:
    """A SHOW.

    Attributes:
        shown: what it lists.
        cardinality: True where only the number is wanted.
        database: of ON; None where not given.
        sources: of FROM, or of WITH MEASUREMENT.
        key_operator: of WITH KEY: "=", "!=", "=~", "!~" or "IN"; "" where not given.
        keys: of WITH KEY: names, or one `Regex`.
        condition: of WHERE; None if there is none.
        descending: of ORDER BY; None where not given.
        limits: how much of the answer.
    """

    shown: Shown
    cardinality: bool = False
    database: str | None = None
    sources: tuple[Measurement, ...] = ()
    key_operator: str = ""
    keys: tuple[str | Regex, ...] = ()
    condition: Expression | None = None
    descending: bool | None = None
    limits: Limits = Limits()


Statement = Select | Show


def operands(expression: Expression) -> Sequence[Expression]:
    """Return the expressions of which an expression is made; none for a leaf."""
    match expression:
        case Call(arguments=arguments):
            return arguments
        case Sign(operand=operand):
            return (operand,)
        case Group(inner=inner):
            return (inner,)
        case Binary(left=left, right=right):
            return (left, right)
        case Spared(comparison=comparison):
            return (comparison,)
        case _:
            return ()


def conjuncts(condition: Expression | None) -> list[Expression]:
    """Return the expressions that AND joins at the top of a condition, brackets around them taken off."""
    match condition:
        case None:
            return []
        case Group(inner=inner):
            return conjuncts(inner)
        case Binary(operator="AND", left=left, right=right):
            return [*conjuncts(left), *conjuncts(right)]
        case _:
            return [condition]
