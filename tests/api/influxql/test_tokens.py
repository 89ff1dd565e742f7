"""The scanner: what is a literal and what is shape, and what is refused."""

import pytest

from api.influxql.errors import QueryRefused
from api.influxql.tokens import MAX_TEXT, Bound, scan


def kinds(text: str) -> list[str]:
    return [token.kind for token in scan(text).tokens]


def test_it_keeps_literals_apart_from_the_shape() -> None:
    first = scan("SELECT mean(x) FROM cpu WHERE host = 'a' AND time > now() - 6h AND y =~ /^a$/ AND z > 1.5 LIMIT 5")
    again = scan("select mean(x) from cpu where host='b' and time>now()-7d and y=~/b/ and z>2.0 limit 9")
    assert first.literals == ["'a'", "6h", "/^a$/", "1.5", "5"]
    assert again.literals == ["'b'", "7d", "/b/", "2.0", "9"]
    assert again.shape == first.shape
    assert scan("SELECT mean(y) FROM cpu").shape != scan("SELECT mean(x) FROM cpu").shape


def test_it_takes_a_regular_expression_that_chooses_names_for_shape() -> None:
    assert scan("SELECT /a/ FROM /b/ GROUP BY /c/").literals == []
    assert scan("SHOW TAG VALUES WITH KEY =~ /a/").literals == []
    assert scan("SELECT /a/ FROM x").shape != scan("SELECT /b/ FROM x").shape


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a / b", ["IDENT", "DIV", "IDENT"]),
        ("x(a)/b/c", ["IDENT", "LPAR", "IDENT", "RPAR", "DIV", "IDENT", "DIV", "IDENT"]),
        ("FROM /a b/", ["FROM", "REGEX"]),
        ("FROM /* why */ cpu -- and why not\n, mem", ["FROM", "IDENT", "COMMA", "IDENT"]),
        ("1h30m", ["DURATION"]),
        ("1.5 .5 1. 7", ["NUMBER", "NUMBER", "NUMBER", "INTEGER"]),
        ('"a b"."c"', ["IDENT", "DOT", "IDENT"]),
        ("a <> b != c >= d <= e", ["IDENT", "NEQ", "IDENT", "NEQ", "IDENT", "GTE", "IDENT", "LTE", "IDENT"]),
        ("a =~ /x/ !~ /y/", ["IDENT", "MATCH", "REGEX", "NO_MATCH", "REGEX"]),
        ("a::tag", ["IDENT", "CAST", "TAG"]),
        ("fill(0) fill", ["FILL", "LPAR", "INTEGER", "RPAR", "IDENT"]),
        ("name", ["IDENT"]),
    ],
)
def test_it_tells_tokens_apart(text: str, wanted: list[str]) -> None:
    assert kinds(text) == wanted


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        (r"'a\'b'", r"'a\'b'"),
        (r"'a\"b'", "'a\"b'"),
        (r"'line\nbreak'", r"'line\nbreak'"),
        ("'日本'", "'日本'"),
        ("5µ", "5u"),
        ("007", "007"),
    ],
)
def test_it_writes_literals_in_one_spelling(text: str, literal: str) -> None:
    assert scan(text).literals == [literal]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("SELECT 'x", "quoted text without its end"),
        ('SELECT "x', "quoted text without its end"),
        (r"SELECT 'a\tb'", "an escape that InfluxQL lacks"),
        ("SELECT a FROM /x", "without its closing /"),
        ("SELECT a FROM /x(/", "error parsing regexp"),
        ("SELECT a FROM /x\\\\/", "without its closing"),
        ("SELECT a # b", "found '#'"),
        ("SELECT a /* b", "comment without its end"),
        ("SELECT a\0b", "control character U+0000"),
        ("SELECT 5x FROM a", "invalid duration '5x'"),
        ("SELECT 99999999999999999999 FROM a", "unable to parse integer"),
        ("SELECT 999999999w FROM a", "too long"),
        ("SELECT $x FROM a", "missing parameter: x"),
        ("SELECT 'a" + "a" * MAX_TEXT + "'", "the limit is"),
        ("SELECT ａ FROM b", "which InfluxQL does not know"),
    ],
)
def test_it_refuses_what_is_no_token(text: str, told: str) -> None:
    with pytest.raises(QueryRefused, match=told.replace("(", r"\(").replace("+", r"\+")):
        scan(text)


def test_it_says_where() -> None:
    text = "SELECT a\nFROM b\nWHERE # c"
    with pytest.raises(QueryRefused) as refused:
        scan(text)
    assert refused.value.told(text).endswith("at line 3, char 7")


def test_it_puts_the_values_of_parameters_in_place() -> None:
    bound = {"h": Bound("STRING", "'a'", 0), "r": Bound("REGEX", "^a/b$", 0), "m": Bound("IDENT", "x y", 0)}
    found = scan('SELECT a FROM $m WHERE b = $"h" AND c =~ $r', bound)
    assert found.literals == ["'a'", r"/^a\/b$/"]
    assert [token.text for token in found.tokens if token.kind == "IDENT"] == ["a", "x y", "b", "c"]
