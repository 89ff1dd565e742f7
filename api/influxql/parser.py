"""Tokens to tree, by the grammar beside this module."""

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lark import Lark, Transformer, UnexpectedInput, v_args
from lark import Token as LarkToken
from lark.exceptions import UnexpectedToken, VisitError
from lark.lexer import Lexer

from api.influxql.errors import QueryRefused
from api.influxql.tokens import Scan, Token
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
    Statement,
    Subquery,
    Wildcard,
)

MAX_DEPTH = 24
"""How deep subqueries and brackets may nest; people write two or three."""

MAX_OPERATORS = 250
"""Operators within one expression, those of what stands in brackets around it included; a tree is as deep."""

_CHAINED = frozenset({"AND", "OR", "ADD", "SUB", "STAR", "DIV", "MOD", "BIT_AND", "BIT_OR", "BIT_XOR"})

_CASTS = frozenset({"float", "integer", "unsigned", "string", "boolean", "field", "tag"})

_FILLS = frozenset({"null", "none", "previous", "linear"})
_FUNCTION = re.compile("[A-Za-z][A-Za-z0-9_]*")

_NOT_READS = frozenset({"ALTER", "CREATE", "DELETE", "DROP", "EXPLAIN", "GRANT", "INSERT", "KILL", "REVOKE", "SET"})


class _Tokens(Lexer):
    """Gives lark our tokens; their place in the list stands where lark keeps an offset."""

    def __init__(self, _configuration: Any) -> None:
        pass

    def lex(self, data: Sequence[Token]) -> Iterator[LarkToken]:  # type: ignore[override]
        """Yield the tokens."""
        for place, token in enumerate(data):
            yield LarkToken(token.kind, token.text, place)


@functools.cache
def _lark() -> Lark:
    # Its tables take a second or more to reckon, which no process should spend that never reads a query.
    return Lark(
        (Path(__file__).parent / "grammar.lark").read_text(encoding="utf-8"),
        parser="lalr",
        lexer=_Tokens,
        start="query",
        maybe_placeholders=False,
    )


def prepare() -> None:
    """Make ready what the first `parse` of a process would otherwise wait for."""
    _lark()


def parse(scan: Scan) -> tuple[Statement, ...]:
    """Return the statements of a query.

    Raises:
        QueryRefused: it does not follow the grammar, is no read, or is empty.
    """
    _check_depth(scan.tokens)
    try:
        tree = _lark().parse(scan.tokens)
        statements: tuple[Statement, ...] = _Builder(scan.tokens).transform(tree)
    except VisitError as error:
        if isinstance(error.orig_exc, QueryRefused):
            raise error.orig_exc from None
        raise
    except UnexpectedInput as error:
        raise _unexpected(error, scan) from None
    if not statements:
        raise QueryRefused("the query is empty", scan.end)
    return statements


def _check_depth(tokens: Sequence[Token]) -> None:
    chained = [0]  # operators so far, in each bracket that is open
    for token in tokens:
        if token.kind == "LPAR":
            chained.append(0)
            if len(chained) > MAX_DEPTH + 1:
                raise QueryRefused(f"brackets nest deeper than {MAX_DEPTH}", token.offset)
        elif token.kind == "RPAR" and len(chained) > 1:
            chained.pop()
        elif token.kind in ("COMMA", "SEMI"):
            chained[-1] = 0
        elif token.kind in _CHAINED:
            chained[-1] += 1
            if sum(chained) > MAX_OPERATORS:
                raise QueryRefused(
                    f"more than {MAX_OPERATORS} operators in one expression; =~ /^(a|b|…)$/ asks for many values",
                    token.offset,
                )


def _unexpected(error: UnexpectedInput, scan: Scan) -> QueryRefused:
    tokens = scan.tokens
    place = error.token.start_pos if isinstance(error, UnexpectedToken) else None
    if place is None or not isinstance(error, UnexpectedToken) or error.token.type == "$END":
        return QueryRefused("found EOF, the query ends too early", scan.end)
    token = tokens[place]
    if token.kind == "INTO":
        return QueryRefused("INTO is not allowed: queries only read", token.offset)
    at_start = place == 0 or tokens[place - 1].kind == "SEMI"
    if at_start and token.text.upper() in _NOT_READS:
        return QueryRefused(f"{token.text.upper()} is not allowed: queries only read", token.offset)
    if place and tokens[place - 1].kind == "SHOW":
        return QueryRefused(f"SHOW {token.text.upper()} is not allowed: it tells nothing of the data", token.offset)
    expected = ", ".join(sorted(_NAMES.get(kind, kind) for kind in error.expected)[:8])
    return QueryRefused(f"found {token.text}, expected {expected}", token.offset)


_NAMES = {
    "IDENT": "identifier",
    "STRING": "string",
    "INTEGER": "integer",
    "NUMBER": "number",
    "DURATION": "duration",
    "REGEX": "regex",
    "LPAR": "(",
    "RPAR": ")",
    "COMMA": ",",
    "SEMI": ";",
    "DOT": ".",
    "CAST": "::",
    "EQ": "=",
    "NEQ": "!=",
    "MATCH": "=~",
    "NO_MATCH": "!~",
    "LT": "<",
    "LTE": "<=",
    "GT": ">",
    "GTE": ">=",
    "ADD": "+",
    "SUB": "-",
    "STAR": "*",
    "DIV": "/",
    "MOD": "%",
    "BIT_AND": "&",
    "BIT_OR": "|",
    "BIT_XOR": "^",
    "$END": "end of the query",
}

_OPERATOR = {kind: sign for kind, sign in _NAMES.items() if not sign.isalpha()} | {"AND": "AND", "OR": "OR"}


_OPERATOR["STAR"] = "*"


@dataclass(frozen=True, slots=True)
class _Clause:
    """A part of a statement, by the name of the attribute that it becomes."""

    name: str
    value: Any


def _show(shown: Shown, cardinality: bool = False) -> Any:
    """Return the method for one kind of SHOW."""

    def build(_self: "_Builder", parts: list[Any]) -> Show:
        given = {part.name: part.value for part in parts if isinstance(part, _Clause)}
        operator, keys = given.pop("keys", ("", ()))
        return Show(shown, cardinality, key_operator=operator, keys=keys, **_with_limits(given))

    return v_args(inline=False)(build)


@v_args(inline=True)
class _Builder(Transformer[LarkToken, Any]):
    """Builds the tree; each method is a rule of the grammar."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        super().__init__()
        self._tokens = tokens

    def _offset(self, token: LarkToken) -> int:
        return self._tokens[token.start_pos or 0].offset

    def _literal(self, token: LarkToken) -> Literal:
        return Literal(token.type, self._tokens[token.start_pos or 0].slot)

    # Expressions

    number = text = _literal

    def boolean(self, token: LarkToken) -> Boolean:
        return Boolean(token.type == "TRUE")

    def regex(self, token: LarkToken) -> Regex:
        return Regex(str(token))

    def group(self, _open: LarkToken, inner: Expression, _close: LarkToken) -> Group:
        return Group(inner)

    def wildcard(self, _star: LarkToken, _cast: LarkToken | None = None, kind: LarkToken | None = None) -> Wildcard:
        return Wildcard(kind.lower() if kind else "")

    def distinct_of(self, _word: LarkToken, name: LarkToken) -> Distinct:
        return Distinct(str(name))

    def reference(self, *tokens: LarkToken) -> Reference:
        cast = ""
        if len(tokens) > 2 and tokens[-2].type == "CAST":
            cast = tokens[-1].lower()
            if cast not in _CASTS:
                raise QueryRefused(f"unknown type {tokens[-1]!s} after ::", self._offset(tokens[-1]))
            tokens = tokens[:-2]
        return Reference(".".join(token for token in tokens if token.type == "IDENT"), cast)

    def call(self, name: LarkToken, _open: LarkToken, *rest: Any) -> Call:
        if not _FUNCTION.fullmatch(name):
            raise QueryRefused(f"{str(name)!r} is no name of a function", self._offset(name))
        return Call(name.lower(), tuple(part for part in rest if not isinstance(part, LarkToken)))

    def sign(self, sign: LarkToken, operand: Expression) -> Sign:
        return Sign(_OPERATOR[sign.type], operand)

    def binary(self, left: Expression, operator: LarkToken, right: Expression) -> Binary:
        return Binary(_OPERATOR[operator.type], left, right)

    def matching(self, left: Expression, operator: LarkToken, pattern: LarkToken) -> Binary:
        return Binary(_OPERATOR[operator.type], left, self._literal(pattern))

    # SELECT

    @v_args(inline=False)
    def query(self, parts: list[Any]) -> tuple[Statement, ...]:
        return tuple(part for part in parts if not isinstance(part, LarkToken))

    @v_args(inline=False)
    def select(self, parts: list[Any]) -> Select:
        given = {part.name: part.value for part in parts if isinstance(part, _Clause)}
        return Select(**_with_limits(given))

    @v_args(inline=False)
    def columns(self, parts: list[Any]) -> _Clause:
        return _Clause("columns", tuple(part for part in parts if isinstance(part, Column)))

    def column(self, expression: Expression, _as: LarkToken | None = None, alias: LarkToken | None = None) -> Column:
        return Column(expression, str(alias) if alias is not None else None)

    @v_args(inline=False)
    def sources(self, parts: list[Any]) -> _Clause:
        return _Clause("sources", tuple(part for part in parts if not isinstance(part, LarkToken)))

    def source(self, measurement: Measurement) -> Measurement:
        return measurement

    def subquery(self, _open: LarkToken, select: Select, _close: LarkToken) -> Subquery:
        return Subquery(select)

    def measurement_alone(self, name: LarkToken | Regex) -> Measurement:
        return Measurement(_name(name))

    def measurement_of_policy(self, policy: LarkToken, _dot: LarkToken, name: LarkToken | Regex) -> Measurement:
        return Measurement(_name(name), policy=str(policy))

    def measurement_of_database(
        self, database: LarkToken, _dot: LarkToken, policy: LarkToken, _dot2: LarkToken, name: LarkToken | Regex
    ) -> Measurement:
        return Measurement(_name(name), str(database), str(policy))

    def measurement_of_default_policy(
        self, database: LarkToken, _dot: LarkToken, _dot2: LarkToken, name: LarkToken | Regex
    ) -> Measurement:
        return Measurement(_name(name), str(database))

    def where(self, _word: LarkToken, condition: Expression) -> _Clause:
        return _Clause("condition", condition)

    @v_args(inline=False)
    def group_by(self, parts: list[Any]) -> _Clause:
        return _Clause("dimensions", tuple(part for part in parts if not isinstance(part, LarkToken)))

    def fill(self, word: LarkToken, _open: LarkToken, how: Expression, _close: LarkToken) -> _Clause:
        match how:
            case Reference(name=name, cast="") if name.lower() in _FILLS:
                return _Clause("fill", Reference(name.lower()))
            case Literal(kind="INTEGER" | "NUMBER") | Sign(operand=Literal(kind="INTEGER" | "NUMBER")):
                return _Clause("fill", how)
        raise QueryRefused("fill() takes null, none, previous, linear or a number", self._offset(word))

    @v_args(inline=False)
    def order(self, parts: list[LarkToken]) -> _Clause:
        name = next((token for token in parts if token.type == "IDENT"), None)
        if name is not None and name.lower() != "time":
            raise QueryRefused("only ORDER BY time is supported", self._offset(name))
        return _Clause("descending", parts[-1].type == "DESC")

    def limit(self, word: LarkToken, count: LarkToken) -> _Clause:
        return _Clause(word.lower(), self._literal(count))

    offset = slimit = soffset = limit

    def zone(self, _word: LarkToken, _open: LarkToken, name: LarkToken, _close: LarkToken) -> _Clause:
        return _Clause("zone", self._literal(name))

    # SHOW

    def on(self, _word: LarkToken, database: LarkToken) -> _Clause:
        return _Clause("database", str(database))

    @v_args(inline=False)
    def with_measurement(self, parts: list[Any]) -> _Clause:
        operator, measurement = parts[-2:]
        if (operator.type == "MATCH") != isinstance(measurement.name, Regex):
            raise QueryRefused("WITH MEASUREMENT takes = with a name or =~ with a regex", self._offset(operator))
        return _Clause("sources", (measurement,))

    @v_args(inline=False)
    def with_key(self, parts: list[LarkToken]) -> _Clause:
        operator = parts[2]
        named = [Regex(str(token)) if token.type == "REGEX" else str(token) for token in parts[3:] if _is_key(token)]
        return _Clause("keys", (_OPERATOR.get(operator.type, "IN"), tuple(named)))

    # `from` is a word of Python's, so this one rule's method cannot be written as the others are.
    locals()["from"] = sources

    show_databases = _show(Shown.DATABASES)
    show_policies = _show(Shown.RETENTION_POLICIES)
    show_measurements = _show(Shown.MEASUREMENTS)
    show_series = _show(Shown.SERIES)
    show_tag_keys = _show(Shown.TAG_KEYS)
    show_tag_values = _show(Shown.TAG_VALUES)
    show_field_keys = _show(Shown.FIELD_KEYS)
    count_measurements = _show(Shown.MEASUREMENTS, cardinality=True)
    count_series = _show(Shown.SERIES, cardinality=True)
    count_tag_keys = _show(Shown.TAG_KEYS, cardinality=True)
    count_tag_values = _show(Shown.TAG_VALUES, cardinality=True)
    count_field_keys = _show(Shown.FIELD_KEYS, cardinality=True)


def _name(found: LarkToken | Regex) -> str | Regex:
    return found if isinstance(found, Regex) else str(found)


def _is_key(token: LarkToken) -> bool:
    return token.type in ("IDENT", "REGEX")


def _with_limits(given: dict[str, Any]) -> dict[str, Any]:
    limits = {name: given.pop(name) for name in ("limit", "offset", "slimit", "soffset") if name in given}
    return {**given, "limits": Limits(**limits)}
