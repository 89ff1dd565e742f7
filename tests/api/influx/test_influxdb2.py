"""InfluxDB 2.x, against a server that holds to the documented contract."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from api.config import Config
from api.influx.engine import Engine, EngineError, EngineUnavailable, WriteOutcome
from api.influx.registry import create_engine
from tests.api.influx.influxdb2_contract import ORG_ID, TOKEN, State, serve

DAYS_35 = timedelta(days=35)


@pytest.fixture
def server() -> Iterator[State]:
    with serve() as state:
        yield state


@pytest.fixture
def engine(server: State, settings: Callable[..., Config]) -> Engine:
    return create_engine(settings(server.url, "influxdb2", TOKEN))


def test_it_tells_the_engines_version(engine: Engine) -> None:
    assert engine.ping() == "v2.7.12"


def test_it_creates_a_bucket_with_retention_and_a_mapping_for_influxql(engine: Engine, server: State) -> None:
    engine.ensure_database("karte", DAYS_35)
    bucket = server.buckets["karte"]
    assert (bucket["orgID"], bucket["retentionRules"]) == (ORG_ID, [{"type": "expire", "everySeconds": 3_024_000}])
    assert [(m["database"], m["bucketID"], m["default"]) for m in server.mappings] == [("karte", bucket["id"], True)]


def test_it_changes_retention_of_an_existing_bucket_and_maps_it_once(engine: Engine, server: State) -> None:
    engine.ensure_database("karte", DAYS_35)
    engine.ensure_database("karte", timedelta(days=7))
    assert server.buckets["karte"]["retentionRules"][0]["everySeconds"] == 604_800
    assert len(server.mappings) == 1


def test_it_maps_explicitly_where_only_a_virtual_mapping_exists(engine: Engine, server: State) -> None:
    server.mappings.append({"database": "karte", "retention_policy": "autogen", "virtual": True, "default": True})
    engine.ensure_database("karte", DAYS_35)
    assert len([m for m in server.mappings if not m["virtual"]]) == 1


def test_it_leaves_a_foreign_mapping_alone_and_says_so(engine: Engine, server: State) -> None:
    server.mappings.append(
        {"database": "karte", "retention_policy": "autogen", "virtual": False, "default": True, "bucketID": "other"}
    )
    with pytest.raises(EngineError, match="maps database 'karte' to another bucket"):
        engine.ensure_database("karte", DAYS_35)


def test_it_writes_with_org_bucket_and_precision(engine: Engine, server: State) -> None:
    engine.ensure_database("karte", DAYS_35)
    assert engine.write("karte", b"mem used=1 1\n", "ms") == WriteOutcome(204)
    assert server.written == [("karte", "ms", b"mem used=1 1\n")]


def test_it_tells_why_a_write_was_refused_and_when_to_try_again(engine: Engine, server: State) -> None:
    engine.ensure_database("karte", DAYS_35)
    assert engine.write("nothing", b"mem used=1", "ns") == WriteOutcome(404, 'bucket "nothing" not found')
    server.refuse_writes = (
        422,
        {"code": "unprocessable entity", "message": "partial write: field type conflict"},
        {},
    )
    assert engine.write("karte", b"mem used=1", "ns").message == "partial write: field type conflict"
    server.refuse_writes = (503, {"code": "unavailable", "message": "busy"}, {"Retry-After": "7"})
    assert engine.write("karte", b"mem used=1", "ns") == WriteOutcome(503, "busy", 7)


def test_it_reads_through_the_v1_compatible_endpoint(engine: Engine, server: State) -> None:
    assert engine.query("karte", "SELECT * FROM mem") == []
    assert server.queries == [{"q": ["SELECT * FROM mem"], "db": ["karte"], "epoch": ["ns"]}]


def test_it_says_when_the_organisation_is_not_there(server: State) -> None:
    other = Config("", "", influx_engine="influxdb2", influx_url=server.url, influx_token=TOKEN, influx_org="other")
    with pytest.raises(EngineError, match="no organisation 'other'"):
        create_engine(other).ensure_database("karte", DAYS_35)


def test_it_tells_a_wrong_token_from_an_engine_that_is_away(server: State, settings: Callable[..., Config]) -> None:
    wrong = create_engine(settings(server.url, "influxdb2", "wrong"))
    with pytest.raises(EngineError, match="401 unauthorized access") as caught:
        wrong.ensure_database("karte", DAYS_35)
    assert not isinstance(caught.value, EngineUnavailable)
    assert "wrong" not in str(caught.value).replace("unauthorized", "")


def test_it_deletes_the_points_of_one_contract_by_a_predicate(engine: Engine, server: State) -> None:
    engine.ensure_database("karte", DAYS_35)
    engine.delete_contract("karte", "c-7k2m9x4tqa")
    engine.delete_contract("karte", 'x" OR contract!="')
    assert server.deleted == [
        ("karte", 'contract="c-7k2m9x4tqa"'),
        ("karte", 'contract="x\\" OR contract!=\\""'),
    ]
    with pytest.raises(EngineError, match="bucket not found"):
        engine.delete_contract("other", "c-7k2m9x4tqa")
