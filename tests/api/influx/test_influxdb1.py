"""InfluxDB 1.x, against a real influxd."""

import multiprocessing
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from api.config import Config
from api.influx.engine import Engine, EngineError, EngineUnavailable
from api.influx.influxql import quote_string
from api.influx.registry import create_engine
from api.local.influxd import Influxd
from api.local.ports import free_port

DAYS_35 = timedelta(days=35)
NOW_NS = 1_900_000_000_000_000_000


@pytest.fixture
def engine(influxd: Influxd, settings: Callable[..., Config]) -> Engine:
    return create_engine(settings(influxd.url))


def policies(engine: Engine, database: str) -> list[dict[str, Any]]:
    return [row for series in engine.query("", f'SHOW RETENTION POLICIES ON "{database}"') for row in series.rows()]


def test_it_tells_the_engines_version(engine: Engine) -> None:
    assert engine.ping().lstrip("v").startswith("1.")


def test_it_creates_a_database_with_its_retention_and_changes_it_later(engine: Engine, database_name: str) -> None:
    engine.ensure_database(database_name, DAYS_35)
    engine.ensure_database(database_name, DAYS_35)
    assert [(p["duration"], p["default"]) for p in policies(engine, database_name)] == [("840h0m0s", True)]
    engine.ensure_database(database_name, timedelta(days=1095))
    engine.ensure_database(database_name, timedelta(hours=6))
    (policy,) = policies(engine, database_name)
    assert (policy["duration"], policy["shardGroupDuration"]) == ("6h0m0s", "1h0m0s")


def test_it_keeps_a_hostile_name_a_name(engine: Engine, database_name: str) -> None:
    name = f'{database_name}"; DROP DATABASE "x'
    engine.ensure_database(name, DAYS_35)
    databases = [row["name"] for series in engine.query("", "SHOW DATABASES") for row in series.rows()]
    assert name in databases


@pytest.mark.parametrize(("precision", "per_second"), [("ns", 10**9), ("us", 10**6), ("ms", 10**3), ("s", 1)])
def test_it_stores_and_reads_points_in_every_precision(
    engine: Engine, database_name: str, precision: str, per_second: int
) -> None:
    engine.ensure_database(database_name, timedelta(days=36500))
    time = NOW_NS // 10**9 * per_second
    outcome = engine.write(database_name, f"mem,host=pc\\ 1 total=9007199254740993i {time}\n".encode(), precision)
    assert outcome.status == 204
    statement = f"SELECT total FROM mem WHERE host = {quote_string('pc 1')} GROUP BY host"
    (series,) = engine.query(database_name, statement)
    assert series.rows() == [{"host": "pc 1", "time": NOW_NS, "total": 9007199254740993}]


def test_it_gives_an_empty_list_where_nothing_is_stored(engine: Engine, database_name: str) -> None:
    engine.ensure_database(database_name, DAYS_35)
    assert engine.query(database_name, "SELECT * FROM mem") == []


def test_it_tells_why_a_write_was_refused(engine: Engine, database_name: str) -> None:
    engine.ensure_database(database_name, DAYS_35)
    assert engine.write(database_name, b"mem used=1", "ns").status == 204
    outcome = engine.write(database_name, b'mem used="much"', "ns")
    assert outcome.status == 400
    assert "field type conflict" in outcome.message
    assert engine.write("no_such_database", b"mem used=1", "ns").status == 404


def test_it_raises_the_engines_own_words(engine: Engine) -> None:
    with pytest.raises(EngineError, match="error parsing query"):
        engine.query("", "SELEKT 1")


def test_it_says_when_nothing_answers(settings: Callable[..., Config]) -> None:
    engine = create_engine(settings(f"http://127.0.0.1:{free_port()}"))
    for call in (engine.ping, lambda: engine.query("x", "SHOW DATABASES"), lambda: engine.write("x", b"m f=1", "ns")):
        with pytest.raises(EngineUnavailable, match="no answer from the engine"):
            call()


def test_it_works_in_a_forked_process_while_the_parent_goes_on(engine: Engine, database_name: str) -> None:
    engine.ensure_database(database_name, DAYS_35)
    context = multiprocessing.get_context("fork")
    children = [context.Process(target=_write_many, args=(engine, database_name, host)) for host in "abc"]
    for child in children:
        child.start()
    _write_many(engine, database_name, "parent")
    for child in children:
        child.join(30)
        assert child.exitcode == 0
    (series,) = engine.query(database_name, "SELECT count(used) FROM mem")
    assert series.rows()[0]["count"] == 80


def _write_many(engine: Engine, database: str, host: str) -> None:
    for i in range(20):
        assert engine.write(database, f"mem,host={host},i={i} used=1".encode(), "ns").status == 204


def test_it_deletes_the_points_of_one_contract_and_no_other(engine: Engine, database_name: str) -> None:
    engine.ensure_database(database_name, timedelta(days=36500))
    lines = [
        f"{measurement},contract={contract},host=a v=1 {at}"
        for measurement in ("cpu", "disk")
        for contract in ("c-a", "c-ab", "c-b")
        for at in (NOW_NS, NOW_NS - 10**18)
    ]
    assert engine.write(database_name, "\n".join(lines).encode(), "ns").status == 204
    engine.delete_contract(database_name, "c-a")
    engine.delete_contract(database_name, "c-a")
    engine.delete_contract(database_name, "x' OR \"contract\" =~ /.*/ OR 'a' = 'b")
    for measurement in ("cpu", "disk"):
        found = engine.query(database_name, f'SELECT v FROM "{measurement}" GROUP BY contract')
        assert [(each.tags["contract"], len(each.values)) for each in found] == [("c-ab", 2), ("c-b", 2)]
