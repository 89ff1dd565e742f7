"""What a query may cost: each bound is told, and nothing goes on beyond it."""

import json
import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from api.config import Config
from api.gateway.grant import ReadGrant, Refusal
from api.gateway.query.bounds import BoundExceeded, Bounds, Ended, Meter
from api.gateway.query.turns import NoTurn, Turns
from api.influx.engine import EngineUnavailable, Form, RawAnswer
from api.influxql.tree import Select
from tests.api.gateway.query.reading import NOW_S, Reading, client_for

ALL = "SELECT used_percent, total FROM mem GROUP BY host"


def bounded(config: Config, **bounds: int) -> Reading:
    return client_for(replace(config, **bounds), clock_ns=lambda: NOW_S * 10**9)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("bounds", "query", "told"),
    [
        ({"query_max_rows": 15}, ALL, "more than 15 rows"),
        ({"query_max_series": 1}, ALL, "more than 1 series"),
        ({"query_max_bytes": 100}, ALL, "larger than 100 bytes"),
        ({"query_max_rows": 1}, "SHOW SERIES", "more than 1 rows"),
        ({"query_max_rows": 1}, f"SHOW DATABASES; {ALL}", "more than 1 rows"),
        ({"query_max_days": 7}, f"SELECT used_percent FROM mem WHERE time >= {NOW_S - 8 * 86400}s", "8 days long"),
        ({"query_max_days": 7}, "SELECT used_percent FROM mem", "add a later start"),
        (
            {"query_max_rows": 1000},
            f"SELECT mean(total) FROM mem WHERE time > {NOW_S - 3600}s GROUP BY time(1s)",
            "3,599 intervals; at most 1,000",
        ),
        (
            {"query_max_days": 7},
            f"SELECT m FROM (SELECT max(total) AS m FROM mem WHERE time > {NOW_S - 9 * 86400}s)",
            "9 days long",
        ),
    ],
)
def test_it_names_the_bound_that_a_query_exceeds(stored: Config, bounds: dict[str, int], query: str, told: str) -> None:
    status, message = bounded(stored, **bounds).error(query)
    assert status == 400
    assert told in message


def test_a_subquerys_range_is_bounded_by_the_outer_one(stored: Config) -> None:
    query = f"SELECT m FROM (SELECT max(total) AS m FROM mem) WHERE time >= {NOW_S - 3600}s"
    assert bounded(stored, query_max_days=7).column(query) == [2]


def test_it_counts_nothing_before_there_are_points(stored: Config) -> None:
    config = replace(stored, raw_retention_days=5, rollup_retention_days=5)
    assert bounded(config, query_max_days=7).column("SELECT count(total) FROM mem WHERE time > 0") == [20]


@dataclass
class Scripted:
    """An engine that answers what the test wants; only for answers that a healthy influxd does not give."""

    pieces: list[bytes] = field(default_factory=list)
    pause_s: float = 0.0
    status: int = 200
    ends: bool = True
    closed: bool = False
    unites_sources: bool = True

    def adapt(self, select: Select) -> Select:
        return select

    def ask(self, _database: str, _statement: str, _form: Form, _timeout_s: float) -> RawAnswer:
        return self

    def chunks(self) -> Iterator[bytes]:
        for piece in self.pieces:
            time.sleep(self.pause_s)
            yield piece
        if not self.ends:
            raise EngineUnavailable("broke off")

    def close(self) -> None:
        self.closed = True

    def query(self, _database: str, _statement: str) -> Any:
        raise NotImplementedError


def scripted(engine: Scripted, lookup: Any = None, **bounds: int) -> Reading:
    config = replace(Config("", ""), **bounds)  # type: ignore[arg-type]
    found: Any = engine
    return client_for(config, engine=found, **({"lookup": lookup} if lookup else {}))


ROW = b"[1," + b"1" * 1000 + b"],"


def test_it_ends_an_answer_that_outgrows_its_bound_after_it_has_begun() -> None:
    engine = Scripted([b'{"results":[{"statement_id":0,"series":[', *[ROW * 100] * 50])
    answer = scripted(engine, query_max_bytes=2_000_000).get(ALL)
    assert answer.status_code == 200
    *_rest, last = answer.data.splitlines()
    assert "larger than 2,000,000 bytes" in json.loads(last)["error"]
    assert len(answer.data) < 2_200_000
    assert engine.closed


def test_it_ends_an_answer_within_a_second_after_its_contract_is_suspended() -> None:
    since = time.monotonic()

    def look(_token: str) -> ReadGrant | Refusal:
        if time.monotonic() - since > 0.3:
            return Refusal(403, "contract_suspended", "the contract is suspended")
        return ReadGrant("r-a", "c-a")

    engine = Scripted([ROW * 300] * 100, pause_s=0.05)
    answer = scripted(engine, look).get(ALL)
    *_rest, last = answer.data.splitlines()
    assert json.loads(last) == {"error": "the contract is suspended"}
    assert engine.closed


def test_a_contracts_database_that_is_away_cuts_no_answer_off() -> None:
    asked = iter([ReadGrant("r-a", "c-a")])

    def look(_token: str) -> ReadGrant | Refusal:
        return next(asked, Refusal(503, "unavailable", "away"))

    engine = Scripted([ROW] * 8, pause_s=0.1)
    assert scripted(engine, look).get(ALL).data == ROW * 8


def test_it_ends_a_query_that_runs_too_long() -> None:
    engine = Scripted([ROW] * 40, pause_s=0.1)
    status, message = scripted(engine, query_timeout_s=1).error(ALL)
    assert (status, message[:36]) == (400, "the query ran longer than 1 s and wa")
    assert engine.closed


def test_it_says_that_an_engine_broke_off() -> None:
    assert scripted(Scripted([ROW], ends=False)).error(ALL)[0] == 503
    assert scripted(Scripted([b'{"error":"too busy"}'], status=503)).error(ALL)[0] == 503
    assert scripted(Scripted([b'{"error":"unauthorized"}'], status=401)).error(ALL)[0] == 503
    assert scripted(Scripted([b'{"error":"bad query"}'], status=400)).error(ALL) == (400, "bad query")


def test_it_closes_the_engines_answer_when_the_client_goes_away() -> None:
    engine = Scripted([ROW * 300] * 100)
    answer = scripted(engine).client.get(
        "/query", query_string={"q": ALL}, headers={"Authorization": "Token token-a"}, buffered=False
    )
    next(answer.iter_encoded())
    assert not engine.closed
    answer.close()
    assert engine.closed


def test_it_logs_a_slow_query_with_its_contract_and_without_its_token(caplog: pytest.LogCaptureFixture) -> None:
    engine = Scripted([ROW] * 12, pause_s=0.1)
    with caplog.at_level(logging.WARNING):
        scripted(engine, query_slow_s=1).get("SELECT  total\n FROM mem")
    (record,) = [record.getMessage() for record in caplog.records if "slow query" in record.getMessage()]
    assert record.endswith("contract c-a: SELECT total FROM mem")
    assert "token-a" not in caplog.text


def test_a_query_waits_for_others_of_its_token_and_not_for_those_of_another() -> None:
    turns = Turns(1, wait_s=5)
    order: list[str] = []

    def second() -> None:
        with turns.turn("a"):
            order.append("second")

    with turns.turn("a"):
        waiting = threading.Thread(target=second)
        waiting.start()
        with turns.turn("b"):
            order.append("other")
        order.append("first")
    waiting.join(5)
    assert order == ["other", "first", "second"]


def test_it_refuses_a_query_that_has_waited_long_enough_or_finds_no_place() -> None:
    turns = Turns(1, places=2, wait_s=0.05)
    with turns.turn("a"):
        with pytest.raises(NoTurn, match="1 queries of this token"), turns.turn("a"):
            pass
        with turns.turn("b"), pytest.raises(NoTurn, match="2 queries are under way"), turns.turn("c"):
            pass
    with turns.turn("a"):  # what was refused has left nothing behind
        pass


def test_the_meter_counts_rows_and_series() -> None:
    bounds = Bounds(days=1, rows=3, series=2, size=1000, seconds=60)
    answer = b'{"name":"m","columns":["time"],"values":[[1],[2]]},{"name":"m","columns":["time"],"values":[[1],[2]]}'
    assert list(Meter(bounds, lambda: None).watch(iter([answer]), csv=False)) == [answer]
    with pytest.raises(BoundExceeded, match="series"):
        list(Meter(replace(bounds, rows=99), lambda: None).watch(iter([answer, answer]), csv=False))
    with pytest.raises(BoundExceeded, match="rows"):
        list(Meter(bounds, lambda: None).watch(iter([b"name,tags,time\n1\n2\n3\n"]), csv=True))


def test_the_meter_asks_now_and_then_whether_the_token_holds() -> None:
    bounds = Bounds(days=1, rows=3, series=2, size=1000, seconds=60)
    times = iter([0.0, 0.1, 0.2, 0.9, 1.0])
    meter = Meter(bounds, lambda: "revoked", clock=lambda: next(times))
    passed: list[bytes] = []
    with pytest.raises(Ended, match="revoked"):
        passed.extend(meter.watch(iter([b"a", b"b", b"c"]), csv=False))
    assert passed == [b"a", b"b"]
