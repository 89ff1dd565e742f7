"""The openGemini engine against a real openGemini.

`KARTE_LIVE_OPENGEMINI_URL` is the URL of a running `ts-sql` (or `ts-server`) that asks for no user.
"""

import os
import time
from datetime import timedelta
from typing import Any

import pytest

from api.config import Config
from api.influx.chunks import read_chunks
from api.influx.engine import Engine, EngineError, Series
from api.influx.registry import create_engine

URL = os.environ.get("KARTE_LIVE_OPENGEMINI_URL", "")

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(not URL, reason="KARTE_LIVE_OPENGEMINI_URL names no running openGemini"),
]


@pytest.fixture(scope="module")
def engine() -> Engine:
    return create_engine(Config("", "", influx_engine="opengemini", influx_url=URL))


@pytest.fixture(scope="module")
def database(engine: Engine) -> str:
    name = f"live_{time.time_ns()}"
    engine.ensure_database(name, timedelta(days=35))
    return name


def _stored(engine: Engine, database: str, lines: list[str], measurement: str) -> None:
    assert engine.write(database, "\n".join(lines).encode(), "ns").status == 204
    statement = f"SELECT count(total) AS n FROM {measurement}"
    until = time.monotonic() + 30
    while sum(row["n"] for row in _rows(engine.query(database, statement))) < len(lines):
        assert time.monotonic() < until
        time.sleep(0.2)


def _rows(found: list[Series]) -> list[dict[str, Any]]:
    return [row for series in found for row in series.rows()]


def test_it_tells_its_version(engine: Engine) -> None:
    assert engine.ping()


def test_it_creates_a_database_and_changes_its_retention(engine: Engine, database: str) -> None:
    for length, told in ((timedelta(days=36), "864h0m0s"), (timedelta(hours=6), "6h0m0s")):
        engine.ensure_database(database, length)
        (policy,) = _rows(engine.query("", f'SHOW RETENTION POLICIES ON "{database}"'))
        assert (policy["duration"], policy["default"]) == (told, True)
    engine.ensure_database(database, timedelta(days=35))


def test_it_gives_the_newest_row_of_every_series(engine: Engine, database: str) -> None:
    now = time.time_ns()
    hour = 3600 * 10**9
    lines = [
        f"newest,host=pc{host},site=s-{host} total={host * 100 + ago}i,used={ago} {now - (ago + host * 30) * hour}"
        for host in range(4)
        for ago in range(5)
    ]
    _stored(engine, database, lines, "newest")
    statement = f"SELECT total, used FROM newest WHERE time < {now + 1} GROUP BY host, site ORDER BY time DESC LIMIT 1"
    found = engine.query(database, statement)
    assert [(series.tags["host"], series.values) for series in found] == [
        (f"pc{host}", [[now - host * 30 * hour, host * 100, 0]]) for host in (3, 2, 1, 0)
    ]


def test_it_counts_the_rows_of_each_series(engine: Engine, database: str) -> None:
    now = time.time_ns()
    _stored(engine, database, [f"rows,host=pc{i % 2} total={i}i {now - 10**9 + i}" for i in range(10)], "rows")
    found = engine.query(database, "SELECT total FROM rows GROUP BY host LIMIT 2 OFFSET 1")
    assert [[row[1] for row in series.values] for series in found] == [[2, 4], [3, 5]]
    pieces = list(read_chunks(engine, database, "SELECT total FROM rows GROUP BY *"))
    assert sum(len(piece.values) for piece in pieces) == 10


def test_it_finds_nothing_in_a_measurement_that_is_not_there(engine: Engine, database: str) -> None:
    assert engine.query(database, "SELECT total FROM nothing") == []
    assert list(read_chunks(engine, database, "SELECT total FROM nothing")) == []


def test_it_tells_why_a_write_was_refused(engine: Engine, database: str) -> None:
    assert engine.write(database, b"conflict used=1", "ns").status == 204
    outcome = engine.write(database, b'conflict used="much"', "ns")
    assert (outcome.status, "field type conflict" in outcome.message) == (400, True)
    assert engine.write("no_such_database", b"mem used=1", "ns").status == 404
    with pytest.raises(EngineError, match="error parsing query"):
        engine.query("", "SHOW NONSENSE")
