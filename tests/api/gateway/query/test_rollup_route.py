"""A query over a long range is answered from the hourly rollup, with the same result as from the raw points."""

import json
import math
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import urllib3

from api.config import Config
from api.gateway.grant import ReadGrant
from api.gateway.query.plans import Planner, SelectPlan, router_for
from api.gateway.query.rollup_route import HOUR_NS, Span, column_names, span
from api.gateway.query.scope import Scope
from api.gateway.query.vocabulary import rollup_vocabulary, union, vocabulary
from api.influx.engine import Engine, Form, RawAnswer
from api.influx.registry import create_engine
from api.influxql.parser import parse
from api.influxql.tokens import scan
from api.influxql.tree import Select
from api.rollup.fields import functions_of, stored_name
from collectors import catalogue
from collectors.declaration import Measurement
from tests.api.gateway.query.reading import NOW_S, Reading, client_for

DECLARED = catalogue.measurements()
NAMES = union((vocabulary(DECLARED.values()), rollup_vocabulary(DECLARED.values())))
SCOPE = Scope(True, {"karte": "karte", "karte_1h": "karte_1h"}, NAMES)
START_S = NOW_S - 8 * 86_400
ROLLED_S = NOW_S - 5 * 3600
CSV = {"Authorization": "Token token-a", "Accept": "application/csv"}
LATER = f"time >= {START_S + 100_000}s AND time <= {NOW_S - 700}s"
"""Begins where there are points before."""

RANGE = f"time >= {START_S + 5_000}s AND time <= {NOW_S - 700}s"


def _points() -> Iterator[str]:
    chance = random.Random(7)
    for contract in ("c-a", "c-b"):
        for machine in range(3):
            tags = f"contract={contract},device=d-{machine},host=pc{machine},site=s-1"
            for at in range(START_S, NOW_S, 600):
                if chance.random() < 0.3 or (at // 86_400) % 5 == machine:
                    continue  # gaps, and whole days without anything
                value = chance.uniform(-50, 150)
                yield f"mem,{tags} used_percent={value},total={int(value * 1000)}i {at + chance.randrange(600)}"
                yield f"net,{tags},interface=eth0 bytes_recv={at}i {at}"
                state = chance.choice(["ok", "bad", 'odd "one"', "日本"]).replace('"', '\\"')
                yield f'antivirus,{tags},product=x state="{state}",state_code={chance.randrange(3)}i {at}'


def _fill(config: Config, measurement: Measurement, names: tuple[str, ...]) -> None:
    """Fill the rollup as its job does, by the engine itself."""
    fields = [field for field in measurement.fields if field.name in names]
    partials = ", ".join(
        f'{function}("{field.name}") AS "{stored_name(field.name, function)}"'
        for field in fields
        for function in functions_of(field)
    )
    statement = (
        f'SELECT {partials} INTO "{config.influx_rollup_database}".autogen."{measurement.name}"'
        f' FROM "{measurement.name}" WHERE time >= {START_S - 3600}s AND time < {ROLLED_S}s GROUP BY time(1h), *'
    )
    answer = urllib3.request(
        "POST", f"{config.influx_url}/query", fields={"db": config.influx_database, "q": statement}
    )
    assert answer.status == 200
    assert b"error" not in answer.data


@pytest.fixture(scope="module")
def filled(settings: Config) -> Config:
    engine = create_engine(settings)
    for name in (settings.influx_database, settings.influx_rollup_database):
        engine.ensure_database(name, timedelta(days=36_500))
    lines = list(_points())
    for start in range(0, len(lines), 5_000):
        outcome = engine.write(settings.influx_database, "\n".join(lines[start : start + 5_000]).encode(), "s")
        assert (outcome.status, outcome.message) == (204, "")
    _fill(settings, DECLARED["mem"], ("used_percent", "total"))
    _fill(settings, DECLARED["net"], ("bytes_recv",))
    _fill(settings, DECLARED["antivirus"], ("state", "state_code"))
    return settings


def _asking(config: Config, rolled_until_s: int) -> Reading:
    grant = ReadGrant("r-a", "c-a", rolled_until_s * 10**9)
    return client_for(config, lookup=lambda _token: grant, clock_ns=lambda: NOW_S * 10**9)


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(_same(a, b) for a, b in zip(left, right, strict=True))
    if isinstance(left, float) and isinstance(right, int | float):
        return math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-9)
    return bool(left == right)


ROUTED = [
    f"SELECT mean(used_percent) FROM mem WHERE {RANGE} GROUP BY time(6h)",
    f"SELECT mean(used_percent), max(used_percent), sum(total) FROM mem WHERE {RANGE} GROUP BY time(1d), host",
    f"SELECT mean(used_percent), mean(total) AS m, mean(total) FROM mem WHERE {RANGE} GROUP BY time(1h), * fill(none)",
    f"SELECT mean(used_percent) * 2 - min(used_percent) FROM mem WHERE {RANGE} GROUP BY time(12h) fill(0)",
    f"SELECT spread(used_percent) FROM mem WHERE {RANGE} GROUP BY time(1d, -9h), device fill(previous)",
    f"SELECT max(used_percent) FROM mem WHERE {RANGE} GROUP BY time(1d) fill(linear) tz('Asia/Tokyo')",
    f"SELECT count(used_percent) FROM mem WHERE {RANGE} GROUP BY time(6h), host",
    f"SELECT count(used_percent), count(total) FROM mem WHERE {RANGE} GROUP BY time(1d) fill(none)",
    f"SELECT count(state) FROM antivirus WHERE {RANGE} GROUP BY time(1d), host",
    f"SELECT last(state), last(state_code) FROM antivirus WHERE {RANGE} GROUP BY time(1d), *",
    f"SELECT max(state_code) FROM antivirus WHERE {RANGE} AND (host = 'pc1' OR device =~ /^d-2$/) GROUP BY time(6h)",
    f"SELECT non_negative_derivative(max(bytes_recv), 1s) FROM net WHERE {RANGE} GROUP BY time(6h), host",
    f"SELECT difference(last(bytes_recv)) FROM net WHERE {RANGE} GROUP BY time(1d), * fill(none)",
    f"SELECT non_negative_derivative(max(bytes_recv), 1s) FROM net WHERE {LATER} GROUP BY time(6h), host",
    f"SELECT difference(max(total)), 2 * difference(min(total)) FROM mem WHERE {LATER} GROUP BY time(1h) fill(0)",
    f"SELECT derivative(last(bytes_recv)) AS d FROM net WHERE {LATER} GROUP BY time(1d, -9h), * fill(previous)",
    f"SELECT elapsed(max(used_percent), 1m) FROM mem WHERE {LATER} GROUP BY time(12h), host fill(none)",
    f"SELECT mean(used_percent) FROM mem WHERE {RANGE} GROUP BY time(6h), /^ho/ ORDER BY time DESC LIMIT 3 SLIMIT 2",
    f"SELECT mean(used_percent) FROM karte..mem WHERE ({RANGE}) AND host != 'pc0' GROUP BY time(6h)",
    f"SELECT mean(used_percent) FROM mem WHERE host = 'nobody' AND {RANGE} GROUP BY time(6h)",
    "SELECT mean(used_percent) FROM mem WHERE time > now() - 3d GROUP BY time(1h), host fill(null)",
]


@pytest.mark.parametrize("query", ROUTED)
def test_the_rollup_answers_as_the_raw_points_do(filled: Config, query: str) -> None:
    rolled, raw = _asking(filled, ROLLED_S), _asking(filled, 0)
    wanted = raw.results(query)
    assert "error" not in wanted[0], wanted[0]
    assert _same(_flat(rolled.results(query)), _flat(wanted))


def test_it_reads_up_to_this_moment_where_a_query_has_no_end(filled: Config) -> None:
    query = (
        f"SELECT mean(used_percent), max(total) FROM mem WHERE time >= {START_S}s GROUP BY time(1d), host fill(none)"
    )
    rolled = client_for(filled, lookup=lambda _token: ReadGrant("r-a", "c-a", ROLLED_S * 10**9))
    raw = client_for(filled, lookup=lambda _token: ReadGrant("r-a", "c-a"))
    assert _same(_flat(rolled.results(query)), _flat(raw.results(query)))
    assert len(_flat(raw.results(query))) == 3


def _flat(results: list[dict[str, Any]]) -> list[Any]:
    return [
        [series["name"], sorted(series.get("tags", {}).items()), series["columns"], series["values"]]
        for result in results
        for series in result.get("series", [])
    ]


@pytest.mark.parametrize("query", ROUTED)
def test_it_asks_the_rollup(query: str) -> None:
    planner = Planner({True: SCOPE}, router_for(DECLARED, "karte", "karte_1h"))
    plan = planner.plan(query, {}, scoped=True)
    (select,) = plan.plans
    assert isinstance(select, SelectPlan)
    assert select.route is not None
    assert select.route.fits(plan.literals)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT used_percent FROM mem WHERE {}",
        "SELECT mean(used_percent) FROM mem WHERE {}",
        "SELECT median(used_percent) FROM mem WHERE {} GROUP BY time(6h)",
        "SELECT first(used_percent) FROM mem WHERE {} GROUP BY time(6h), *",
        "SELECT last(used_percent) FROM mem WHERE {} GROUP BY time(6h)",
        "SELECT last(used_percent) FROM mem WHERE {} GROUP BY time(6h), host",
        "SELECT mean(used_percent) FROM mem WHERE {} AND used_percent > 5 GROUP BY time(6h)",
        "SELECT mean(used_percent) FROM mem WHERE ({} OR host = 'x') GROUP BY time(6h)",
        "SELECT mean(used_percent) FROM mem, disk WHERE {} GROUP BY time(6h)",
        "SELECT mean(used_percent) FROM /mem/ WHERE {} GROUP BY time(6h)",
        "SELECT mean(nothing) FROM mem WHERE {} GROUP BY time(6h)",
        "SELECT mean(bytes_recv) FROM net WHERE {} GROUP BY time(6h)",
        "SELECT derivative(mean(used_percent)) FROM mem WHERE {} GROUP BY time(6h)",
        "SELECT mean(used_percent), count(used_percent) FROM mem WHERE {} GROUP BY time(6h)",
        "SELECT count(used_percent) FROM mem WHERE {} GROUP BY time(6h) fill(5)",
        "SELECT mean(*) FROM mem WHERE {} GROUP BY time(6h)",
        "SELECT mean(m) FROM (SELECT mean(used_percent) AS m FROM mem WHERE {} GROUP BY time(6h))",
        "SELECT mean(used_percent) FROM karte_1h..mem WHERE {} GROUP BY time(6h)",
        "SELECT mean(used_percent) FROM mem WHERE {} GROUP BY time(90m)",
        "SELECT mean(used_percent) FROM mem WHERE {} GROUP BY time(6h, 30m)",
        "SELECT mean(used_percent) FROM mem WHERE {} GROUP BY time(6h) tz('Asia/Kolkata')",
    ],
)
def test_it_reads_raw_points_where_the_rollup_would_not_give_the_same(query: str) -> None:
    planner = Planner({True: SCOPE}, router_for(DECLARED, "karte", "karte_1h"))
    plan = planner.plan(query.format(RANGE), {}, scoped=True)
    (select,) = plan.plans
    assert isinstance(select, SelectPlan)
    assert select.route is None or not select.route.fits(plan.literals)


def test_it_takes_from_the_rollup_only_full_hours_that_it_is_known_to_have() -> None:
    now = 1_000 * HOUR_NS
    assert span(None, None, now, now) is None
    assert span(now - 40 * HOUR_NS, None, now, now) is None
    assert span(now - 100 * HOUR_NS, None, now, 0) is None
    assert span(now - 100 * HOUR_NS, None, now, now - 100 * HOUR_NS) is None
    assert span(now - 100 * HOUR_NS - 7, None, now, now - 2 * HOUR_NS) == Span(
        now - 100 * HOUR_NS - 7, now, now - 100 * HOUR_NS, now - 2 * HOUR_NS
    )
    end = now - 10 * HOUR_NS - 1
    assert span(now - 100 * HOUR_NS, end, now, now) == Span(now - 100 * HOUR_NS, end, now - 100 * HOUR_NS, end + 1)


def test_it_does_not_read_raw_hours_that_the_rollup_has(filled: Config) -> None:
    """Hours that are in the rollup only: as when the raw points' time to be kept is over."""
    engine = create_engine(filled)
    before = START_S - 30 * 86_400
    line = f"mem,contract=c-a,device=d-9,host=old,site=s-1 used_percent_sum=30,used_percent_count=3i {before}"
    assert engine.write(filled.influx_rollup_database, line.encode(), "s").status == 204
    query = f"SELECT mean(used_percent) FROM mem WHERE host = 'old' AND time >= {before}s GROUP BY time(1d) fill(none)"
    assert _asking(filled, ROLLED_S).column(query) == [10]
    assert _asking(filled, 0).column(query) == []


JOINED = [
    f"SELECT mean(used_percent) FROM mem WHERE {RANGE} GROUP BY time(6h), device ORDER BY time DESC",
    f"SELECT mean(used_percent), sum(total), spread(used_percent) FROM mem WHERE {RANGE} GROUP BY time(1d), host",
    f"SELECT max(used_percent) AS m FROM mem WHERE {RANGE} GROUP BY time(1h), host, device fill(-3)",
    f"SELECT min(total), sum(total) FROM mem WHERE {RANGE} GROUP BY time(12h), host fill(7)",
    f"SELECT count(used_percent) FROM mem WHERE {RANGE} GROUP BY time(6h), host",
    f"SELECT count(total) FROM mem WHERE {RANGE} GROUP BY time(1h) fill(none)",
    f"SELECT mean(total) FROM mem WHERE {LATER} GROUP BY time(1d, -9h) fill(null) tz('Asia/Tokyo')",
    f"SELECT mean(used_percent) FROM mem WHERE host = 'nobody' AND {RANGE} GROUP BY time(6h)",
    f"SELECT max(used_percent) FROM mem WHERE {RANGE} GROUP BY time(4w), host",
    f"SELECT 100 - mean(used_percent), 100 - min(used_percent) FROM mem WHERE {RANGE} GROUP BY time(6h), host",
    f"SELECT -1.5 * (max(total) - min(total)) + 3 AS x FROM mem WHERE {RANGE} GROUP BY time(1h), host fill(none)",
    f"SELECT 100 - mean(used_percent) FROM mem WHERE {RANGE} GROUP BY time(1h), host fill(0)",
    f"SELECT 7 + max(total) * 2 FROM mem WHERE {RANGE} GROUP BY time(1h), host fill(-3)",
    f"SELECT max(total) - max(total), mean(total) FROM mem WHERE {RANGE} GROUP BY time(1d) ORDER BY time DESC",
    "SELECT mean(used_percent) FROM mem WHERE time > now() - 3d GROUP BY time(1h), host fill(null)",
]
UNJOINED = [
    f"SELECT mean(used_percent) FROM mem WHERE {RANGE} GROUP BY time(6h) fill(previous)",
    f"SELECT mean(used_percent) / 2 FROM mem WHERE {RANGE} GROUP BY time(6h)",
    f"SELECT mean(used_percent) - min(total) FROM mem WHERE {RANGE} GROUP BY time(6h)",
    f"SELECT 100 - mean(used_percent) FROM mem WHERE {RANGE} GROUP BY time(6h) fill(previous)",
    f"SELECT max(total) FROM mem WHERE {RANGE} GROUP BY time(6h) fill(1.5)",
    f"SELECT mean(used_percent) FROM mem WHERE {RANGE} GROUP BY time(6h), /ho/",
    f"SELECT mean(used_percent) FROM mem WHERE {RANGE} GROUP BY time(6h), * LIMIT 3",
    f"SELECT difference(max(total)) FROM mem WHERE {LATER} GROUP BY time(6h)",
]


class Listening:
    """An engine that tells what it is asked."""

    def __init__(self, engine: Engine, *, unites_sources: bool = True) -> None:
        self.unites_sources = unites_sources
        self.asked: list[str] = []
        self._engine = engine

    def ask(self, database: str, statement: str, form: Form, timeout_s: float) -> RawAnswer:
        self.asked.append(statement)
        return self._engine.ask(database, statement, form, timeout_s)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)


def _listening(config: Config, *, unites_sources: bool = True) -> tuple[Reading, Listening]:
    grant = ReadGrant("r-a", "c-a", ROLLED_S * 10**9)
    engine: Any = Listening(create_engine(config), unites_sources=unites_sources)
    return client_for(config, lambda _token: grant, lambda: NOW_S * 10**9, engine), engine


@pytest.mark.parametrize("query", JOINED)
def test_it_joins_plain_statements_where_that_gives_the_same(filled: Config, query: str) -> None:
    reading, engine = _listening(filled)
    assert _same(_flat(reading.results(query)), _flat(_asking(filled, 0).results(query)))
    (asked,) = engine.asked
    assert asked.count("SELECT") == asked.count("; ") + 1 > 1
    assert "FROM (" not in asked


@pytest.mark.parametrize("query", UNJOINED)
def test_it_leaves_to_the_engine_what_only_an_outer_select_can_do(filled: Config, query: str) -> None:
    reading, engine = _listening(filled)
    assert _same(_flat(reading.results(query)), _flat(_asking(filled, 0).results(query)))
    (asked,) = engine.asked
    assert "FROM (" in asked
    assert "; " not in asked


@pytest.mark.parametrize("epoch", ["ns", "u", "ms", "s", "m", "h", ""])
def test_it_tells_joined_times_as_the_engine_does(filled: Config, epoch: str) -> None:
    query = JOINED[0]
    joined, raw = (reading.results(query, epoch=epoch) for reading in (_listening(filled)[0], _asking(filled, 0)))
    assert _same(_flat(joined), _flat(raw))


def test_it_joins_among_other_statements_and_as_csv(filled: Config) -> None:
    reading, raw = _listening(filled)[0], _asking(filled, 0)
    query = f"{JOINED[0]}; SHOW TAG KEYS FROM mem; SELECT last(total) FROM mem; {JOINED[3]}"
    joined, wanted = reading.results(query), raw.results(query)
    assert [each["statement_id"] for each in joined] == [0, 1, 2, 3]
    assert _same(_flat(joined), _flat(wanted))
    lines = [
        each.client.get("/query", query_string={"db": "karte", "q": JOINED[3]}, headers=CSV).text.splitlines()
        for each in (reading, raw)
    ]
    assert lines[0] == lines[1]


def test_it_lets_the_engine_answer_in_chunks_and_in_other_zones(filled: Config) -> None:
    zoned = f"SELECT mean(total) FROM mem WHERE {RANGE} GROUP BY time(1d), host tz('Asia/Tokyo')"
    for query, parameters in ((JOINED[0], {"chunked": "true", "chunk_size": "5"}), (zoned, {"epoch": ""})):
        reading, engine = _listening(filled)
        answer = reading.get(query, **parameters).data
        documents = [json.loads(line)["results"] for line in answer.splitlines()]
        wanted = [json.loads(line)["results"] for line in _asking(filled, 0).get(query, **parameters).data.splitlines()]
        assert _same([_flat(each) for each in documents], [_flat(each) for each in wanted])
        assert "FROM (" in engine.asked[0]


def test_an_engine_that_cannot_unite_sources_is_asked_for_plain_statements_only(filled: Config) -> None:
    for query in (*JOINED, *UNJOINED):
        reading, engine = _listening(filled, unites_sources=False)
        assert _same(_flat(reading.results(query)), _flat(_asking(filled, 0).results(query)))
        assert "FROM (" not in engine.asked[0]
        assert (filled.influx_rollup_database in engine.asked[0]) == (query in JOINED)


def test_it_counts_what_the_rollup_answers(filled: Config) -> None:
    reading, _engine = _listening(filled)
    reading.results(f"{JOINED[0]}; {UNJOINED[0]}; SELECT last(total) FROM mem")
    assert reading.client.application.extensions["karte_queries"].counters.snapshot() == {
        "queries": 1,
        "queries_rolled_up": 2,
    }


@pytest.mark.parametrize(
    ("columns", "names"),
    [
        ("mean(a)", ["mean"]),
        ("mean(a), mean(b), mean(c)", ["mean", "mean_1", "mean_2"]),
        ("mean(a), mean(b) AS mean_1, mean(c)", ["mean", "mean_1", "mean_2"]),
        ("mean(a) AS x, max(b) - min(c), -5 * sum(d), (max(b))", ["x", "max_min", "sum", "max"]),
        ("mean(a), mean(b) AS mean", ["mean_1", "mean"]),
    ],
)
def test_it_names_columns_as_the_engine_does(filled: Config, columns: str, names: list[str]) -> None:
    (select,) = parse(scan(f"SELECT {columns} FROM x"))
    assert isinstance(select, Select)
    assert column_names(select.columns) == names
    real = columns
    for name in "abcd":
        real = real.replace(f"({name})", "(used_percent)")
    answer = json.loads(_asking(filled, 0).get(f"SELECT {real} FROM mem").data)
    assert answer["results"][0]["series"][0]["columns"] == ["time", *names]


def test_the_route_is_the_same_for_every_contract(filled: Config) -> None:
    other = replace(ReadGrant("r-b", "c-b"), rolled_until_ns=ROLLED_S * 10**9)
    asking = client_for(filled, lookup=lambda _token: other, clock_ns=lambda: NOW_S * 10**9)
    raw = client_for(filled, lookup=lambda _token: ReadGrant("r-b", "c-b"), clock_ns=lambda: NOW_S * 10**9)
    assert _same(_flat(asking.results(ROUTED[1])), _flat(raw.results(ROUTED[1])))
    assert not _same(_flat(asking.results(ROUTED[1])), _flat(_asking(filled, ROLLED_S).results(ROUTED[1])))
