"""How a statement is scoped, read off its text."""

import pytest

from api.gateway.query.scope import CONTRACT_SLOT, Scope, scope_statement
from api.gateway.query.vocabulary import ALL_BUT_CONTRACT, all_but, matching, one_of, vocabulary, without_contract
from api.influxql.errors import QueryRefused
from api.influxql.literals import compiled_regex
from api.influxql.parser import parse
from api.influxql.tokens import scan
from api.influxql.tree import Regex
from api.influxql.writer import fill, pieces
from collectors import catalogue

NAMES = vocabulary(catalogue.measurements().values())
CUSTOMER = Scope(True, {"karte": "raw", "karte_1h": "hours"}, NAMES)
STAFF = Scope(False, {"karte": "raw", "karte_1h": "hours"}, NAMES)
ANY = f"/{ALL_BUT_CONTRACT.pattern}/"
MINE = "\"contract\" = 'c-a'"


def scoped(text: str, scope: Scope = CUSTOMER) -> str:
    scanned = scan(text)
    (statement,) = parse(scanned)
    return fill(pieces(scope_statement(statement, scope)), scanned.literals, {CONTRACT_SLOT: "'c-a'"})


@pytest.mark.parametrize(
    ("sent", "run"),
    [
        ("SELECT a FROM b", f'SELECT "a" FROM "b" WHERE {MINE}'),
        (
            "SELECT a FROM b WHERE c = 1 OR d = 2",
            f'SELECT "a" FROM "b" WHERE ("c" = 1 OR "d" = 2) AND {MINE}',
        ),
        (
            "SELECT a FROM (SELECT a FROM b), (SELECT a FROM (SELECT max(a) AS a FROM c)) WHERE a > 1",
            f'SELECT "a" FROM (SELECT "a" FROM "b" WHERE {MINE}),'
            f' (SELECT "a" FROM (SELECT max("a") AS "a" FROM "c" WHERE {MINE})) WHERE "a" > 1',
        ),
        ("SELECT a FROM /.*/, karte..b", f'SELECT "a" FROM /.*/, "raw".."b" WHERE {MINE}'),
        ("SELECT a FROM karte_1h.autogen.b", f'SELECT "a" FROM "hours".."b" WHERE {MINE}'),
        ("SELECT a FROM autogen.b", f'SELECT "a" FROM "b" WHERE {MINE}'),
        ("SELECT * FROM b GROUP BY *", f'SELECT {ANY} FROM "b" WHERE {MINE} GROUP BY {ANY}'),
        ("SELECT *::field FROM b GROUP BY /^h/", f'SELECT *::field FROM "b" WHERE {MINE} GROUP BY /^h/'),
        ("SELECT mean(*), max(/con/) FROM b", f'SELECT mean(*), max(/con/) FROM "b" WHERE {MINE}'),
        (
            "SELECT a FROM b, (SELECT c FROM d)",
            f'SELECT "a" FROM (SELECT {ANY} FROM "b" WHERE {MINE} GROUP BY {ANY}), (SELECT "c" FROM "d" WHERE {MINE})',
        ),
        ("SHOW MEASUREMENTS WHERE a = 1", f'SHOW MEASUREMENTS WHERE ("a" = 1) AND {MINE}'),
    ],
)
def test_it_forces_the_contract_into_everything_that_reads(sent: str, run: str) -> None:
    assert scoped(sent) == run


@pytest.mark.parametrize("everything", ["/.*/", "/^.*$/", "/(.*)/", "/^(.*)$/"])
def test_it_does_not_ask_a_tag_whether_it_matches_everything(everything: str) -> None:
    sent = f"SELECT used FROM mem WHERE device =~ {everything} AND (host::tag =~ {everything} OR used > 1)"
    assert scoped(sent) == f'SELECT "used" FROM "mem" WHERE ({MINE} AND ({MINE} OR "used" > 1)) AND {MINE}'
    assert scoped(f"SHOW TAG VALUES FROM mem WITH KEY = host WHERE site =~ {everything}").endswith(
        f"WHERE ({MINE}) AND {MINE}"
    )


@pytest.mark.parametrize(
    "condition",
    [
        '"device" =~ /^.*1$/',
        '"device" =~ /.+/',
        '"device" !~ /.*/',
        '"used" =~ /.*/',
        '"device"::field =~ /.*/',
        '"path" =~ /.*/',
    ],
)
def test_it_asks_for_everything_else(condition: str) -> None:
    assert (
        scoped(f"SELECT used FROM mem WHERE {condition}") == f'SELECT "used" FROM "mem" WHERE ({condition}) AND {MINE}'
    )
    assert scoped(f"SELECT a FROM b WHERE {condition}") == f'SELECT "a" FROM "b" WHERE ({condition}) AND {MINE}'
    assert "=~ /.*/" in scoped("SELECT used FROM mem WHERE device =~ /.*/", STAFF)


def test_it_leaves_staffs_statements_as_they_are_but_for_databases() -> None:
    text = "SELECT *, contract FROM karte..b WHERE contract = 'x' GROUP BY *"
    assert scoped(text, STAFF) == 'SELECT *, "contract" FROM "raw".."b" WHERE "contract" = \'x\' GROUP BY *'
    with pytest.raises(QueryRefused, match="database not found: _internal"):
        scoped("SELECT a FROM _internal..b", STAFF)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT contract FROM b",
        'SELECT "contract" FROM b',
        "SELECT contract::tag FROM b",
        "SELECT a AS contract FROM b",
        "SELECT count(distinct contract) FROM b",
        "SELECT a FROM b WHERE contract = 'x'",
        "SELECT a FROM b WHERE NOT = 1 OR (x = (contract))",
        "SELECT top(a, contract, 2) FROM b",
        "SELECT a FROM b GROUP BY contract",
        "SELECT a FROM b GROUP BY Contract",
        "SELECT a FROM (SELECT contract FROM b)",
        "SHOW SERIES WHERE contract = 'x'",
        "SELECT a FROM _series",
        "SELECT _seriesKey FROM b",
        "SELECT a FROM b WHERE _name = 'x'",
        "SELECT a + * FROM b",
        "SELECT a FROM b WHERE * = 1",
        "SELECT a FROM other..b",
    ],
)
def test_it_refuses_names_that_are_not_the_customers(text: str) -> None:
    with pytest.raises(QueryRefused):
        scoped(text)


def test_its_pattern_matches_every_name_but_one() -> None:
    pattern = compiled_regex(all_but("abc").pattern)
    for name in ("", "a", "ab", "abcd", "xabc", "abx", "xbc", "Abc", "a\nc", "あ", "abc\n"):
        assert pattern.search(name) is not None, name
    assert pattern.search("abc") is None


def test_it_takes_the_contract_out_of_a_pattern_that_would_choose_it() -> None:
    names = ("contract", "control", "host")
    assert without_contract(Regex("^h"), names) == Regex("^h")
    assert without_contract(Regex("cont"), names) == Regex("^(control)$")
    assert without_contract(Regex("tract"), names) == Regex("^$")


def test_it_says_which_names_a_clause_chooses() -> None:
    names = ("a", "ab", "b")
    assert matching("=", ("a",), names) == ["a"]
    assert matching("!=", ("a",), names) == ["ab", "b"]
    assert matching("IN", ("a", "b", "c"), names) == ["a", "b"]
    assert matching("=~", (Regex("a"),), names) == ["a", "ab"]
    assert matching("!~", (Regex("^a"),), names) == ["b"]


def test_every_name_of_the_catalogue_can_stand_in_a_pattern() -> None:
    assert one_of(NAMES.all_names()).pattern.startswith("^(")
