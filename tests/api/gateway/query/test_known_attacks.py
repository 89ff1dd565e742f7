"""Attacks by name: what a customer might send to see, or to learn of, another contract; and to break the service."""

import json

import pytest
from werkzeug.test import TestResponse

from api.local.influxd import Influxd
from tests.api.gateway.query.worlds import MINE, THEIRS, TOKEN, World, world

NOBODY = "qqqnone" + THEIRS.host(1).removeprefix(THEIRS.mark)
"""A host that nobody has, whose name is as long as theirs."""

SELECT = "SELECT used_percent FROM mem"


@pytest.fixture(scope="module")
def shared(influxd: Influxd) -> World:
    return world(influxd.url, "known_attacks", (MINE, THEIRS))


def ask(asked: World, query: str, **parameters: str) -> TestResponse:
    sent = {"db": "karte", "q": query, **parameters}
    return asked.client.post("/query", data=sent, headers={"Authorization": f"Token {TOKEN}"})


def check_safe(answer: TestResponse) -> str:
    """Return the text of an answer that has nothing of theirs, and is no fault of the service."""
    text = answer.get_data(as_text=True)
    assert answer.status_code < 500, text
    for hidden in (THEIRS.contract, THEIRS.mark, str(THEIRS.canary), MINE.contract):
        assert hidden not in text
        assert hidden not in str(answer.headers)
    return text


REACHING_PAST_THE_CONDITION = [
    f"{SELECT} WHERE host = 'x' OR 1 = 1",
    f"{SELECT} WHERE host = 'x' OR true",
    f"{SELECT} WHERE (host = 'x') OR (host =~ /.*/)",
    f"{SELECT} WHERE host = 'x') OR (host =~ /.*/",
    f"{SELECT} WHERE host = 'x' OR host = '{THEIRS.host(1)}' OR time > 0",
    f"{SELECT} WHERE time > 0 OR host != ''",
    f"{SELECT} WHERE host = 'x\\' OR host =~ /.*/ --'",
    f"{SELECT} WHERE host = 'x\\\\' OR host =~ /.*/ --'",
    f"{SELECT} WHERE host = 'x' OR host =~ /.*/ -- ",
    f"{SELECT} WHERE host = 'x' OR host =~ /.*/ /* ",
    f"{SELECT} /* WHERE */ WHERE host != '' -- AND contract",
    f"{SELECT} WHERE host =~ /x\\\\/ OR host =~ /.*/",
    f"{SELECT} WHERE host =~ /[\\\\/] OR host =~ /.*/",
    f"{SELECT} WHERE host =~ /x\\/ OR host =~ /.*/",
    f"{SELECT} WHERE used_percent > 0 OR used_percent <= 0 OR host != ''",
    f"{SELECT} WHERE host !~ /^$/ OR site !~ /^$/ OR used_percent != 0",
    f"{SELECT} WHERE host = site OR host != site",
    f"{SELECT}; {SELECT} WHERE 1 = 1",
    f"{SELECT} WHERE host = $h",
    f"{SELECT} WHERE host =~ $r OR host = $h",
    f"{SELECT} WHERE \"host\\\" = 'x' OR \\\"host\" != ''",
    "SELECT * FROM mem, (SELECT * FROM mem WHERE host != '')",
    "SELECT * FROM (SELECT * FROM (SELECT * FROM (SELECT * FROM mem)))",
    "SELECT * FROM (SELECT * FROM mem WHERE true OR true), (SELECT * FROM disk), cpu",
    "SELECT max(m) FROM (SELECT max(used_percent) AS m FROM mem GROUP BY host) WHERE host != '' OR m > 0",
    "SELECT * FROM /.*/",
    "SELECT * FROM karte.autogen./.*/, karte_1h..mem",
    "SELECT * FROM karte../mem|disk/ WHERE mode != '' OR mode = ''",
    "SELECT first(*), last(*) FROM /./ GROUP BY *",
    "SELECT top(used_percent, host, 5), site FROM mem",
    "SELECT distinct(state) FROM disk",
    "SELECT count(distinct(state)) FROM disk",
    "SELECT usage_steal, mode FROM cpu, disk",
]

NAMING_THE_CONTRACT = [
    "SELECT contract FROM mem",
    "SELECT used_percent, contract FROM mem",
    'SELECT "contract" FROM mem',
    "SELECT contract::tag, used_percent FROM mem",
    'SELECT "\\contract", used_percent FROM mem',
    "SELECT CONTRACT, used_percent FROM mem",
    "SELECT used_percent AS contract FROM mem",
    "SELECT /contract/, used_percent FROM mem",
    "SELECT /(?i)CONTRACT/, used_percent FROM mem",
    "SELECT /^c/, /\\x63ontract/, /\\143ontract/, used_percent FROM mem",
    "SELECT /c.n.r.c./, /[[:alpha:]]{8}/, /\\pL+/, /\\Qcontract\\E/, used_percent FROM mem",
    "SELECT //, used_percent FROM mem",
    "SELECT *::tag, used_percent FROM mem",
    "SELECT top(used_percent, contract, 3) FROM mem",
    "SELECT top(used_percent, /contract/, 3) FROM mem",
    "SELECT top(used_percent, *, 3) FROM mem",
    "SELECT count(/contract/), first(/./) FROM mem",
    "SELECT distinct(contract) FROM mem",
    "SELECT DISTINCT contract FROM mem",
    f"{SELECT} GROUP BY contract",
    f"{SELECT} GROUP BY *",
    f"{SELECT} GROUP BY /.*/",
    f"{SELECT} GROUP BY /CONTRACT/, /(?i:CONTRACT)/",
    f"{SELECT} GROUP BY con/**/tract",
    f"{SELECT} WHERE contract != ''",
    f"{SELECT} WHERE contract = '{THEIRS.contract}'",
    f"{SELECT} WHERE contract =~ /^c-z/",
    f"{SELECT} WHERE 'x' = contract OR host != ''",
    f"{SELECT} WHERE (contract)::tag != ''",
    "SELECT contract FROM (SELECT * FROM mem GROUP BY *)",
    "SELECT c FROM (SELECT contract AS c, used_percent FROM mem)",
    "SELECT /.*/ FROM (SELECT used_percent, /.*/ FROM mem GROUP BY /.*/) GROUP BY /.*/",
    "SELECT $c FROM mem GROUP BY $c",
    f"{SELECT} WHERE $c != ''",
    "SHOW TAG VALUES WITH KEY = contract",
    "SHOW TAG VALUES WITH KEY = $c",
    'SHOW TAG VALUES WITH KEY = "contract"',
    "SHOW TAG VALUES WITH KEY IN (host, contract)",
    "SHOW TAG VALUES WITH KEY != host",
    "SHOW TAG VALUES WITH KEY =~ /.*/",
    "SHOW TAG VALUES WITH KEY !~ /^host/",
    "SHOW TAG VALUES WITH KEY = host WHERE contract != ''",
    "SHOW TAG KEYS",
    "SHOW TAG KEYS WITH KEY = contract",
    "SHOW TAG KEYS WHERE contract = 'x'",
    "SHOW SERIES",
    "SHOW SERIES FROM printer",
    "SHOW SERIES WHERE contract =~ /.*/",
    "SHOW MEASUREMENTS WHERE contract != ''",
    "SHOW FIELD KEYS FROM contract",
]

ASKING_THE_ENGINE_ITSELF = [
    "SELECT * FROM _series",
    "SELECT * FROM _tagKeys",
    "SELECT * FROM _fieldKeys",
    "SELECT * FROM _measurements",
    "SELECT * FROM _tags",
    "SELECT _name, _tagKey, used_percent FROM mem",
    "SELECT key FROM karte.._series",
    f"{SELECT} WHERE _name = 'mem' OR _seriesKey != ''",
    "SHOW TAG VALUES WITH KEY = host WHERE _tagKey = 'contract' OR _name = 'mem'",
    "SHOW SERIES WHERE _name =~ /.*/",
    "SELECT * FROM _internal..shard",
    'SELECT * FROM "_internal"."monitor"."database"',
    "SELECT * FROM known_attacks..mem",
    "SELECT * FROM karte.monitor.mem",
    "SHOW MEASUREMENTS ON _internal",
    "SHOW MEASUREMENTS ON known_attacks",
    "SHOW SERIES CARDINALITY ON known_attacks",
    "SELECT used_percent INTO x FROM mem",
    "SELECT * INTO karte..:MEASUREMENT FROM mem",
    "EXPLAIN SELECT * FROM mem",
    "EXPLAIN ANALYZE SELECT * FROM mem",
    "DROP SERIES FROM mem",
    "DELETE FROM mem",
    "DROP DATABASE karte",
    "CREATE DATABASE x",
    "SHOW STATS",
    "SHOW DIAGNOSTICS",
    "SHOW SHARDS",
    "SHOW QUERIES",
    "SHOW USERS",
    "SHOW GRANTS FOR x",
    "SHOW SUBSCRIPTIONS",
    "SHOW CONTINUOUS QUERIES",
    "KILL QUERY 1",
    "SET PASSWORD FOR x = 'y'",
    'SELECT "from"(used_percent) FROM mem',
    'SELECT "into"(used_percent) FROM mem',
    f'{SELECT} WHERE "or"(host) = 1',
    f"{SELECT} GROUP BY time(1h) fill($f)",
    f"{SELECT} tz('/etc/passwd')",
]

BOUND = {
    "h": "x' OR host != '",
    "r": {"regex": "x/ OR host =~ /.*"},
    "c": {"identifier": "contract"},
    "f": {"identifier": "0) WHERE (1=1"},
}


@pytest.mark.parametrize(
    "query", [*REACHING_PAST_THE_CONDITION, *NAMING_THE_CONTRACT, *ASKING_THE_ENGINE_ITSELF], ids=lambda text: text[:70]
)
def test_it_shows_nothing_of_another_contract(shared: World, query: str) -> None:
    text = check_safe(ask(shared, query, params=json.dumps(BOUND)))
    assert {"results", "error"} & json.loads(text).keys()


def test_it_hides_the_contract_in_every_form_of_an_answer(shared: World) -> None:
    for query in ("SELECT * FROM /.*/ GROUP BY *", "SHOW SERIES", "SHOW TAG VALUES WITH KEY =~ /./", "SHOW TAG KEYS"):
        for parameters in ({"pretty": "true"}, {"chunked": "true", "chunk_size": "1"}, {"epoch": "h"}):
            check_safe(ask(shared, f"{query}; SHOW DATABASES", **parameters))
        headers = {"Authorization": f"Token {TOKEN}", "Accept": "text/csv"}
        check_safe(shared.client.get("/query", query_string={"db": "karte", "q": query}, headers=headers))


ORACLES = [
    "SHOW MEASUREMENTS WHERE host = 'HOST'",
    "SHOW MEASUREMENTS WHERE host != 'HOST'",
    "SHOW MEASUREMENTS WHERE host =~ /HOST/",
    "SHOW MEASUREMENTS WHERE host !~ /HOST/",
    "SHOW MEASUREMENTS WHERE host = 'HOST' OR host = 'own-host-1'",
    "SHOW MEASUREMENTS WHERE time > (host = 'HOST')",
    "SHOW MEASUREMENTS WHERE time = (host = 'HOST') AND time > 0",
    "SHOW MEASUREMENTS WHERE 'HOST' = host",
    "SHOW MEASUREMENTS WITH MEASUREMENT =~ /./ WHERE host = 'HOST' LIMIT 1",
    "SHOW MEASUREMENT CARDINALITY WHERE host = 'HOST'",
    "SHOW MEASUREMENT EXACT CARDINALITY WHERE host = 'HOST'",
    "SHOW SERIES WHERE host = 'HOST'",
    "SHOW SERIES WHERE host = 'HOST' AND used_percent > 1",
    "SHOW SERIES WHERE host = 'HOST' OR used_percent > 1",
    "SHOW SERIES WHERE host = 'HOST' LIMIT 1 OFFSET 1",
    "SHOW SERIES CARDINALITY WHERE host = 'HOST'",
    "SHOW SERIES EXACT CARDINALITY WHERE host = 'HOST'",
    "SHOW SERIES EXACT CARDINALITY FROM mem WHERE host != 'HOST'",
    "SHOW TAG KEYS WHERE host = 'HOST'",
    "SHOW TAG KEYS FROM ups WHERE host = 'HOST'",
    "SHOW TAG KEYS WITH KEY = mode WHERE host = 'HOST'",
    "SHOW TAG KEY CARDINALITY WHERE host = 'HOST'",
    "SHOW TAG KEY EXACT CARDINALITY FROM disk WHERE host = 'HOST'",
    "SHOW TAG VALUES WITH KEY = host WHERE host = 'HOST'",
    "SHOW TAG VALUES WITH KEY = site WHERE host = 'HOST' OR used_percent > 0",
    "SHOW TAG VALUES WITH KEY = site WHERE host = 'HOST' AND used_percent > 0",
    "SHOW TAG VALUES WITH KEY =~ /./ WHERE host =~ /^HOST$/ LIMIT 1",
    "SHOW TAG VALUES CARDINALITY WITH KEY = host WHERE host = 'HOST'",
    "SHOW TAG VALUES EXACT CARDINALITY WITH KEY = host WHERE host = 'HOST'",
    'SHOW FIELD KEYS FROM "HOST"',
    "SHOW FIELD KEY CARDINALITY FROM disk",
    "SELECT * FROM mem WHERE host = 'HOST'",
    "SELECT * FROM ups WHERE host = 'HOST'",
    "SELECT count(*) FROM /.*/ WHERE host = 'HOST' GROUP BY host fill(0)",
    "SELECT count(used_percent) FROM mem WHERE host = 'HOST' AND time > now() - 1d GROUP BY time(1h) fill(0)",
    "SELECT count(used_percent) FROM mem WHERE host = 'HOST' AND time > now() - 60h GROUP BY time(1h) fill(0)",
    "SELECT mean(used_percent) + 'x' FROM mem WHERE host = 'HOST'",
    "SELECT sum(state) FROM disk WHERE host = 'HOST'",
    "SELECT used_percent FROM (SELECT used_percent FROM mem WHERE host = 'HOST')",
    "SELECT used_percent FROM (SELECT used_percent, host FROM mem) WHERE host = 'HOST'",
    "SELECT used_percent FROM mem GROUP BY host SLIMIT 1 SOFFSET 3",
    "SELECT top(used_percent, host, 99) FROM mem WHERE host != 'HOST'",
    'SELECT * FROM "HOST"',
    'SELECT "HOST" FROM mem',
    'SELECT used_percent FROM mem GROUP BY "HOST"',
]


@pytest.mark.parametrize("query", ORACLES)
def test_it_answers_of_their_host_as_of_one_that_nobody_has(shared: World, query: str) -> None:
    theirs, nobodys = (ask(shared, query.replace("HOST", host)) for host in (THEIRS.host(1), NOBODY))
    assert theirs.status_code == nobodys.status_code
    assert theirs.data.replace(THEIRS.host(1).encode(), NOBODY.encode()) == nobodys.data


DEEP = "SELECT a FROM (" * 30 + "SELECT a FROM mem" + ")" * 30
WHERE = f"{SELECT} WHERE "

BREAKING = {
    "an integer of many digits": (WHERE + "used_percent > " + "9" * 5_000, {}),
    "an integer above 64 bits": (WHERE + "used_percent > 99999999999999999999", {}),
    "a float above all floats": (WHERE + "time > " + "9" * 400 + ".0", {}),
    "a duration of many digits": (WHERE + "time > now() - " + "9" * 5_000 + "w", {}),
    "a limit of many digits": (SELECT + " LIMIT " + "9" * 5_000, {}),
    "a limit of 64 bits": (SELECT + " LIMIT 18446744073709551615", {}),
    "a limit of SHOW": ("SHOW SERIES LIMIT 18446744073709551615 OFFSET 18446744073709551615", {}),
    "a thousand conditions": (WHERE + " AND ".join(["used_percent > 1"] * 1_000), {}),
    "three thousand alternatives": (WHERE + " OR ".join(["host = 'a'"] * 3_000), {}),
    "a long sum": ("SELECT " + "+".join(["used_percent"] * 5_000) + " FROM mem", {}),
    "long sums in brackets": (
        "SELECT " + ("(" + "used_percent+" * 200) * 20 + "1" + ")" * 20 + " FROM mem",
        {},
    ),
    "deep subqueries": (DEEP, {}),
    "deep brackets": (WHERE + "(" * 10_000 + "1" + ")" * 10_000, {}),
    "brackets that only close": (WHERE + ")" * 10_000, {}),
    "deep calls": ("SELECT " + "abs(" * 23 + "used_percent" + ")" * 23 + " FROM mem", {}),
    "many columns": ("SELECT " + ",".join(["used_percent"] * 3_000) + " FROM mem LIMIT 1", {}),
    "many statements": (";".join(["SHOW DATABASES"] * 51), {}),
    "semicolons only": (";" * 5_000, {}),
    "a folder for a zone": (WHERE + "time > '2020-01-01' tz('Asia')", {}),
    "a long zone": (WHERE + f"time > '2020-01-01' tz('{'a' * 300}')", {}),
    "a zone with a way up": (WHERE + "time > '2020-01-01' tz('../../etc/passwd')", {}),
    "an odd time": (WHERE + "time > '0001-01-01' AND time < '９999-12-31T99' tz('Asia/Tokyo')", {}),
    "parameters that nest deep": (WHERE + "host = $a", {"params": '{"a":' + "[" * 20_000 + "]" * 20_000 + "}"}),
    "a parameter above all floats": (WHERE + "host = $a", {"params": '{"a":{"float":1' + "0" * 400 + "}}"}),
    "a parameter of many digits": (WHERE + "host = $a", {"params": '{"a":1' + "0" * 5_000 + "}"}),
    "a parameter that is a long duration": (
        WHERE + "time > $a",
        {"params": '{"a":{"duration":"' + "9" * 5_000 + 'w"}}'},
    ),
    "a parameter that is no integer": (WHERE + "used_percent > $a", {"params": '{"a":{"integer":true}}'}),
    "a carriage return in a string": (WHERE + "host = 'a\rb'", {}),
    "a carriage return in an expression": (WHERE + "host =~ /a\rb/", {}),
    "NUL": (WHERE + "host = 'a\0b'", {}),
    "a byte order mark": ("\ufeff" + SELECT, {}),
    "a large regular expression": (WHERE + f"host =~ /{'a{900}' * 300}/", {}),
    "a slow regular expression": (WHERE + "host =~ /(((a*)*)*)*b/", {}),
    "no end of a string": (WHERE + "host = '" + "\\'" * 5_000, {}),
    "no end of a comment": (SELECT + " /*" + "*" * 5_000, {}),
    "a chunk of none": (SELECT, {"chunked": "true", "chunk_size": "0"}),
    "a large chunk": (SELECT, {"chunked": "true", "chunk_size": "9" * 5_000}),
    "an odd chunk": (SELECT, {"chunked": "true", "chunk_size": "²"}),
    "another database": (SELECT, {"db": "_internal"}),
    "a policy": (SELECT, {"rp": "x\r\ny: z"}),
    "an epoch": (SELECT, {"epoch": "\r\n'"}),
}


@pytest.mark.parametrize(("query", "parameters"), BREAKING.values(), ids=BREAKING)
def test_it_stands(shared: World, query: str, parameters: dict[str, str]) -> None:
    text = check_safe(ask(shared, query, **parameters))
    assert {"results", "error"} & json.loads(text.splitlines()[0]).keys()


def test_it_takes_a_literal_of_a_known_query_as_strictly_as_of_a_new_one(shared: World) -> None:
    known = WHERE + "host = 'a' AND used_percent > 5"
    assert ask(shared, known).status_code == 200
    for text in (
        known.replace("'a'", "'a\0b'"),
        known.replace("'a'", "\0string\0"),
        known.replace("5", "\0integer\0"),
        known.replace("'a'", "'" + "a" * 70_000 + "'"),
        known.replace(
            "'a'", "'\ud800'".encode("utf-8", "surrogatepass").decode("utf-8", "replace").replace("�", "\ufeff")
        ),
        known.replace("5", "9" * 5_000),
        known.replace("5", "99999999999999999999"),
    ):
        answer = ask(shared, text)
        assert answer.status_code == 400, text[:100]
        check_safe(answer)


def test_it_finds_only_its_own_rows_however_it_is_asked(shared: World) -> None:
    found = json.loads(ask(shared, "SELECT count(used_percent) FROM mem WHERE host != '' OR true").data)
    assert found["results"][0]["series"][0]["values"][0][1] == sum(1 for line in MINE.points() if line[:3] == "mem")


def test_it_counts_a_range_as_the_engine_does_when_sums_run_over(shared: World) -> None:
    """9e18 + 9e18 ns is about minus fourteen years in 64 bits: no short range, and no few buckets."""
    overflowing = "now() + (9000000000000000000ns + 9000000000000000000ns)"
    query = f"SELECT mean(used_percent) FROM mem WHERE time > {overflowing} AND time < now() GROUP BY time(1s)"
    answer = ask(shared, query)
    assert answer.status_code == 400
    assert "cannot be told beforehand" in answer.get_data(as_text=True)
