"""The InfluxDB 2 engine against a real InfluxDB 2.

`KARTE_LIVE_INFLUXDB2` is the path of an `influxd` 2.x binary, or the URL of a server that has not been set up yet.
"""

import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from api.config import Config
from api.influx.engine import Engine
from api.influx.registry import create_engine
from api.local.child import start_child, stop_child
from api.local.ports import free_port

TARGET = os.environ.get("KARTE_LIVE_INFLUXDB2", "")
ORG = "karte"
TOKEN = "live-test-operator-token"

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(not TARGET, reason="KARTE_LIVE_INFLUXDB2 names no influxd 2.x binary or URL"),
]


def _set_up(url: str) -> None:
    body = {"username": "karte", "password": "live-test-password", "org": ORG, "bucket": "first", "token": TOKEN}
    request = urllib.request.Request(
        f"{url}/api/v2/setup", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    deadline = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(request, timeout=10).close()
            return
        except urllib.error.HTTPError as error:
            if error.code == 422:  # set up by an earlier run
                return
            raise
        except (urllib.error.URLError, OSError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    process = None
    url = TARGET
    if not TARGET.startswith("http"):
        home: Path = tmp_path_factory.mktemp("influxdb2")
        url = f"http://127.0.0.1:{free_port()}"
        arguments = ["--bolt-path", f"{home}/influxd.bolt", "--engine-path", f"{home}/engine"]
        arguments += ["--sqlite-path", f"{home}/influxd.sqlite", "--http-bind-address", url.removeprefix("http://")]
        log = (home / "influxd.log").open("ab")
        process = start_child([TARGET, *arguments, "--reporting-disabled"], stdout=log, stderr=log)
        log.close()
    _set_up(url)
    yield create_engine(Config("", "", influx_engine="influxdb2", influx_url=url, influx_token=TOKEN, influx_org=ORG))
    if process is not None:
        stop_child(process)


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
