"""The scanner: a query's text as tokens, its literals apart from its shape.

Two queries have the same shape if they differ in literals only: numbers, durations, strings, and regular expressions
after `=~` and `!~`. A dashboard sends the same shapes again and again with other times, so what is worked out of a
shape is worked out once (`api.gateway.query.plans`). A regular expression in other places chooses measurements or
columns; it belongs to the shape.

What leaves the scanner is written anew from its value, never copied from the text: however an engine's scanner differs
from this one, it reads what this one understood.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.influx.influxql import quote_string
from api.influxql.errors import QueryRefused
from api.influxql.literals import check_duration, regex_literal

MAX_TEXT = 64 * 1024
"""Longest query text, characters; a dashboard's are below 2,000."""

KEYWORDS = frozenset(
    {"SELECT", "INTO", "FROM", "WHERE", "GROUP", "BY", "ORDER", "ASC", "DESC", "LIMIT", "OFFSET", "SLIMIT", "SOFFSET"}
    | {"AS", "DISTINCT", "AND", "OR", "TRUE", "FALSE", "FIELD", "TAG", "SHOW", "DATABASES", "RETENTION", "POLICIES"}
    | {"MEASUREMENT", "MEASUREMENTS", "SERIES", "KEY", "KEYS", "VALUES", "ON", "WITH", "IN", "EXACT", "CARDINALITY"}
)
"""Words that are no names unless quoted. InfluxQL reserves more; a name is quoted on its way out, so none need be."""

_OPERATORS = {
    "=~": "MATCH",
    "!~": "NO_MATCH",
    "!=": "NEQ",
    "<>": "NEQ",
    "<=": "LTE",
    ">=": "GTE",
    "::": "CAST",
    "=": "EQ",
    "<": "LT",
    ">": "GT",
    "(": "LPAR",
    ")": "RPAR",
    ",": "COMMA",
    ";": "SEMI",
    ".": "DOT",
    "+": "ADD",
    "-": "SUB",
    "*": "STAR",
    "/": "DIV",
    "%": "MOD",
    "&": "BIT_AND",
    "|": "BIT_OR",
    "^": "BIT_XOR",
}

REGEX = r"/(?:\\/|\\(?!/)|[^/\\\n])*/"
"""A regular expression in a query's text. As for the engines, a backslash before a slash always escapes it."""

_TOKEN = re.compile(
    r"""
    (?P<space>[ \t\n\r]+|--[^\n]*|/\*(?s:.*?)\*/)
  | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
  | (?P<duration>[0-9]+(?:[A-Za-zµ]+[0-9]*)+)
  | (?P<number>[0-9]*\.[0-9]+|[0-9]+\.(?![A-Za-z_"]))
  | (?P<integer>[0-9]+)
  | (?P<quoted>"(?:[^"\\\n]|\\[n\\"'])*")
  | (?P<string>'(?:[^'\\\n]|\\[n\\"'])*')
  | (?P<bound>\$(?:[A-Za-z0-9_]+|"(?:[^"\\\n]|\\[n\\"'])*"))
  | (?P<operator>=~|!~|!=|<>|<=|>=|::|[=<>(),;.+\-*%&|^]|/(?!\*))
    """,
    re.VERBOSE,
)

_REGEX = re.compile(REGEX)
_OPENS = re.compile(r"[ \t\r\n]*\(")
_ESCAPE = re.compile(r"\\(.)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufeff]")

_REGEX_AFTER = frozenset({"MATCH", "NO_MATCH", "SELECT", "FROM", "BY", "COMMA", "LPAR", "DOT", "EQ"})
"""Tokens after which a slash begins a regular expression; a division cannot follow any of them."""

_MAX_INTEGER = 2**64 - 1
_MAX_DIGITS = 40


@dataclass(frozen=True, slots=True)
class Token:
    """A token.

    Attributes:
        kind: terminal of the grammar.
        text: of an identifier its name, of a regular expression its pattern, of another literal its canonical
            spelling, of the rest the word or sign.
        offset: where it begins in the query's text, characters.
        slot: index into the literals of the query; -1 where it belongs to the shape.
    """

    kind: str
    text: str
    offset: int
    slot: int = -1


@dataclass(frozen=True, slots=True)
class Scan:
    """A scanned query.

    Attributes:
        tokens: all tokens.
        literals: canonical spelling of each literal apart from the shape; safe to put into a query as they are.
        shape: equal for queries that differ in literals only.
        end: offset of the text's end.
    """

    tokens: Sequence[Token]
    literals: Sequence[str]
    shape: tuple[str, ...]
    end: int


Bound = Token
"""What a parameter of the request stands for; its offset and slot are filled in where it is used."""


def scan(text: str, parameters: Mapping[str, Bound] | None = None) -> Scan:
    """Return the tokens of a query.

    Args:
        text: the query as sent.
        parameters: value of each `$name`.

    Raises:
        QueryRefused: something in it is no token, a parameter has no value, or it is too long.
    """
    check_text(text)
    return _Scanner(text, parameters or {}).run()


def check_text(text: str) -> None:
    """Refuse what no query may have, whatever it says.

    Raises:
        QueryRefused: it is too long, or has a control character.
    """
    if len(text) > MAX_TEXT:
        raise QueryRefused(f"the query has {len(text)} characters; the limit is {MAX_TEXT}")
    control = _CONTROL.search(text)
    if control:
        raise QueryRefused(f"control character U+{ord(control[0]):04X} in the query", control.start())


class _Scanner:
    def __init__(self, text: str, parameters: Mapping[str, Bound]) -> None:
        self._text = text
        self._parameters = parameters
        self._tokens: list[Token] = []
        self._literals: list[str] = []
        self._shape: list[str] = []
        self._previous = ""

    def run(self) -> Scan:
        text, position, end = self._text, 0, len(self._text)
        match = _TOKEN.match
        while position < end:
            if text[position] == "/" and self._previous in _REGEX_AFTER and text[position : position + 2] != "/*":
                position = self._regex(position)
                continue
            found = match(text, position)
            if found is None:
                raise _not_understood(text, position)
            kind = found.lastgroup or ""
            if kind != "space":
                getattr(self, f"_{kind}")(found[0], position)
            position = found.end()
        return Scan(self._tokens, self._literals, tuple(self._shape), end)

    def _fixed(self, kind: str, text: str, offset: int) -> None:
        """Add a token that belongs to the shape."""
        self._tokens.append(Token(kind, text, offset))
        self._shape.append(f"{kind}:{text}" if kind in ("IDENT", "REGEX") else kind)
        self._previous = kind

    def _literal(self, kind: str, canonical: str, offset: int) -> None:
        """Add a token that a query of the same shape may have otherwise."""
        self._tokens.append(Token(kind, canonical, offset, len(self._literals)))
        self._literals.append(canonical)
        self._shape.append(f"#{kind}")
        self._previous = kind

    def _word(self, text: str, offset: int) -> None:
        upper = text.upper()
        if upper in KEYWORDS or (
            upper in ("FILL", "TZ") and self._text[offset + len(text) :].lstrip(" \t\r\n")[:1] == "("
        ):
            self._fixed(upper, upper, offset)
        else:
            self._fixed("IDENT", text, offset)

    def _quoted(self, text: str, offset: int) -> None:
        self._fixed("IDENT", _unescape(text[1:-1]), offset)

    def _string(self, text: str, offset: int) -> None:
        self._literal("STRING", string_literal(text), offset)

    def _integer(self, text: str, offset: int) -> None:
        self._literal("INTEGER", integer_literal(text, offset), offset)

    def _number(self, text: str, offset: int) -> None:
        self._literal("NUMBER", number_literal(text), offset)

    def _duration(self, text: str, offset: int) -> None:
        self._literal("DURATION", check_duration(text, offset), offset)

    def _operator(self, text: str, offset: int) -> None:
        self._fixed(_OPERATORS[text], text, offset)

    def _bound(self, text: str, offset: int) -> None:
        name = _unescape(text[2:-1]) if text[1] == '"' else text[1:]
        value = self._parameters.get(name)
        if value is None:
            raise QueryRefused(f"missing parameter: {name}", offset)
        if value.kind == "REGEX":
            self._add_regex(value.text, offset)
        elif value.kind in ("IDENT", "TRUE", "FALSE"):
            self._fixed(value.kind, value.text, offset)
        else:
            self._literal(value.kind, value.text, offset)

    def _regex(self, position: int) -> int:
        found = _REGEX.match(self._text, position)
        if found is None:
            raise QueryRefused("regular expression without its closing /", position)
        self._add_regex(pattern_of(found[0]), position)
        return found.end()

    def _add_regex(self, pattern: str, offset: int) -> None:
        literal = regex_literal(pattern, offset)
        if self._previous in ("MATCH", "NO_MATCH") and not self._chooses_names():
            self._literal("REGEX", literal, offset)
        else:
            self._fixed("REGEX", pattern, offset)

    def _chooses_names(self) -> bool:
        """Tell whether the operator before belongs to `WITH KEY` or `WITH MEASUREMENT`."""
        return len(self._tokens) > 1 and self._tokens[-2].kind in ("KEY", "MEASUREMENT")


def string_literal(text: str) -> str:
    """Return a string as sent, with its quotes, in its canonical spelling."""
    return quote_string(_unescape(text[1:-1]))


def number_literal(text: str) -> str:
    """Return a decimal number with a digit on both sides of its point."""
    whole, _dot, fraction = text.partition(".")
    return f"{whole or '0'}.{fraction or '0'}"


def integer_literal(text: str, offset: int | None = None) -> str:
    """Return a whole number if an engine can hold it.

    Raises:
        QueryRefused: it is above 2^64-1.
    """
    if len(text) > _MAX_DIGITS or int(text) > _MAX_INTEGER:
        raise QueryRefused("unable to parse integer", offset)
    return text


def pattern_of(text: str) -> str:
    """Return the pattern of a regular expression as sent, with its slashes."""
    return text[1:-1].replace("\\/", "/")


def _unescape(inner: str) -> str:
    return _ESCAPE.sub(lambda found: "\n" if found[1] == "n" else found[1], inner) if "\\" in inner else inner


def _not_understood(text: str, position: int) -> QueryRefused:
    sign = text[position]
    if sign in "'\"":
        return QueryRefused("quoted text without its end, or with an escape that InfluxQL lacks", position)
    if text.startswith("/*", position):
        return QueryRefused("comment without its end", position)
    return QueryRefused(f"found {sign!r}, which InfluxQL does not know", position)
