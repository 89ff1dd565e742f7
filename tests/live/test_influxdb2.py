"""The InfluxDB 2 engine against a real InfluxDB 2."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from api.influx.engine import Engine
from api.influx.registry import create_engine
from tests.live.influxdb2 import MARKS, influxdb2

pytestmark = MARKS


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with influxdb2(tmp_path_factory.mktemp("influxdb2")) as config:
        yield create_engine(config)


def test_it_creates_writes_and_reads_a_bucket(engine: Engine, database_name: str) -> None:
    assert engine.ping().lstrip("v").startswith("2.")
    engine.ensure_database(database_name, timedelta(days=35))
    engine.ensure_database(database_name, timedelta(days=36))
    now = time.time_ns()
    assert engine.write(database_name, f"mem,host=pc1 total=9007199254740993i {now}".encode(), "ns").status == 204
    (series,) = engine.query(database_name, "SELECT total FROM mem GROUP BY host")
    assert series.rows() == [{"host": "pc1", "time": now, "total": 9007199254740993}]


def test_it_tells_a_type_conflict_as_a_partial_write(engine: Engine, database_name: str) -> None:
    engine.ensure_database(database_name, timedelta(days=35))
    assert engine.write(database_name, b"mem used=1", "ns").status == 204
    outcome = engine.write(database_name, b'mem used="much"', "ns")
    assert outcome.status == 422
    assert "field type conflict" in outcome.message


def test_it_deletes_the_points_of_one_contract_and_no_other(engine: Engine, database_name: str) -> None:
    engine.ensure_database(database_name, timedelta(days=35))
    now = time.time_ns()
    lines = [f"{m},contract={c} v=1 {now}" for m in ("cpu", "disk") for c in ("c-a", "c-ab", "c-b")]
    assert engine.write(database_name, "\n".join(lines).encode(), "ns").status == 204
    engine.delete_contract(database_name, "c-a")
    engine.delete_contract(database_name, 'x" OR contract!="')
    for measurement in ("cpu", "disk"):
        found = engine.query(database_name, f'SELECT v FROM "{measurement}" GROUP BY contract')
        assert [each.tags["contract"] for each in found] == ["c-ab", "c-b"]
