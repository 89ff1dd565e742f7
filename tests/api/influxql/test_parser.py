"""The grammar: what it reads, how it is written again, and what it refuses."""

import pytest

from api.influxql.errors import QueryRefused
from api.influxql.parser import MAX_DEPTH, parse
from api.influxql.tokens import scan
from api.influxql.tree import Binary, Group, Literal, Reference, Select, Show, conjuncts
from api.influxql.writer import fill, pieces


def canonical(text: str) -> list[str]:
    scanned = scan(text)
    return [fill(pieces(statement), scanned.literals, {}) for statement in parse(scanned)]


READS = [
    ("select a from b", 'SELECT "a" FROM "b"'),
    ("SELECT * FROM cpu;", 'SELECT * FROM "cpu"'),
    ("SELECT *::tag, *::field, /x/ FROM b", 'SELECT *::tag, *::field, /x/ FROM "b"'),
    ("SELECT MEAN(a) AS m, a.b::float FROM b", 'SELECT mean("a") AS "m", "a.b"::float FROM "b"'),
    ("SELECT a - -5 + 2*(b-1) % 3 | 4 & 1 FROM c", 'SELECT "a" - -5 + 2 * ("b" - 1) % 3 | 4 & 1 FROM "c"'),
    ("SELECT distinct(a), count(distinct b) FROM c", 'SELECT distinct("a"), count(DISTINCT "b") FROM "c"'),
    ("SELECT top(a, host, 3), percentile(b, 95) FROM c", 'SELECT top("a", "host", 3), percentile("b", 95) FROM "c"'),
    ("SELECT a FROM db.rp.m, db..m, rp.m, db.rp./x/, /y/", None),
    ("SELECT a FROM (SELECT max(b) AS a FROM c GROUP BY *) WHERE a > 3", None),
    ("SELECT a FROM b WHERE (h = 'x' OR h != 'y') AND h =~ /z/ AND h !~ /w/ AND t = true", None),
    ("SELECT mean(a) FROM b WHERE time >= '2026-01-01' AND time < now() - 1h30m GROUP BY time(5m, -9h), h", None),
    ("SELECT mean(a) FROM b GROUP BY time(1m) fill(previous) ORDER BY time DESC LIMIT 5 OFFSET 1", None),
    ("SELECT mean(a) FROM b GROUP BY time(1m), * fill(-1.5) SLIMIT 2 SOFFSET 1 tz('Asia/Tokyo')", None),
    ("SELECT a FROM b ORDER BY DESC", 'SELECT "a" FROM "b" ORDER BY time DESC'),
    ("SELECT a FROM b WHERE \"h\"::tag = 'x'", None),
    ("SHOW DATABASES", None),
    ("SHOW RETENTION POLICIES ON karte", None),
    ("SHOW MEASUREMENTS ON karte WITH MEASUREMENT =~ /(?i)c/ WHERE h = 'x' LIMIT 100", None),
    ("SHOW SERIES FROM cpu WHERE h =~ /./ ORDER BY time LIMIT 1 OFFSET 2", None),
    ("SHOW TAG KEYS FROM cpu, mem SLIMIT 1", None),
    ("SHOW TAG VALUES FROM cpu WITH KEY IN (a, \"b c\") WHERE h = 'x'", None),
    ("SHOW FIELD KEYS FROM /c/", None),
]


@pytest.mark.parametrize(("text", "wanted"), READS)
def test_it_writes_what_it_has_read_in_one_way(text: str, wanted: str | None) -> None:
    (once,) = canonical(text)
    assert canonical(once) == [once]
    if wanted is not None:
        assert once == wanted


@pytest.mark.parametrize(
    "text", ["TAG VALUES CARDINALITY WITH KEY = a", "SERIES EXACT CARDINALITY", "TAG KEY CARDINALITY"]
)
def test_it_reads_requests_for_numbers(text: str) -> None:
    (show,) = parse(scan(f"SHOW {text}"))
    assert isinstance(show, Show)
    assert show.cardinality


def test_it_reads_several_statements() -> None:
    assert canonical("; SELECT a FROM b;; SHOW DATABASES ;") == ['SELECT "a" FROM "b"', "SHOW DATABASES"]


def test_it_binds_operators_as_the_engines_do() -> None:
    (select,) = parse(scan("SELECT a FROM b WHERE x = 1 OR y = 2 AND z = 3 + 4 * 5"))
    assert isinstance(select, Select)
    condition = select.condition
    assert isinstance(condition, Binary)
    assert condition.operator == "OR"
    assert isinstance(condition.right, Binary)
    assert condition.right.operator == "AND"


def test_it_finds_what_and_joins() -> None:
    (select,) = parse(scan("SELECT a FROM b WHERE (x = 1 AND (y = 2)) AND (z = 3 OR w = 4)"))
    assert isinstance(select, Select)
    parts = conjuncts(select.condition)
    assert parts[:2] == [
        Binary("=", Reference("x"), Literal("INTEGER", 0)),
        Binary("=", Reference("y"), Literal("INTEGER", 1)),
    ]
    assert len(parts) == 3
    assert not any(isinstance(part, Group) for part in parts)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "the query is empty"),
        ("-- nothing", "the query is empty"),
        ("SELECT a", "found EOF"),
        ("SELECT FROM b", "found FROM, expected"),
        ("SELECT a INTO c FROM b", "INTO is not allowed"),
        ("DROP MEASUREMENT cpu", "DROP is not allowed: queries only read"),
        ("SELECT a FROM b; delete from b", "DELETE is not allowed"),
        ("EXPLAIN SELECT a FROM b", "EXPLAIN is not allowed"),
        ("CREATE DATABASE x", "CREATE is not allowed"),
        ("SHOW USERS", "SHOW USERS is not allowed"),
        ("SHOW QUERIES", "SHOW QUERIES is not allowed"),
        ("SHOW SHARDS", "SHOW SHARDS is not allowed"),
        ("SHOW STATS", "SHOW STATS is not allowed"),
        ("SELECT a FROM b ORDER BY c", "only ORDER BY time is supported"),
        ("SELECT a FROM b GROUP BY time(1m) fill(what)", r"fill\(\) takes null"),
        ("SELECT a::what FROM b", "unknown type what"),
        ('SELECT "x) FROM y; --"(a) FROM b', "no name of a function"),
        ("SELECT a FROM b WHERE c = 'd' = 'e'", "found ="),
        ("SHOW MEASUREMENTS WITH MEASUREMENT = /a/", "WITH MEASUREMENT takes"),
        ("SELECT " + "(" * (MAX_DEPTH + 1) + "a", "brackets nest deeper"),
    ],
)
def test_it_refuses_what_it_does_not_fully_understand(text: str, told: str) -> None:
    with pytest.raises(QueryRefused, match=told):
        canonical(text)
