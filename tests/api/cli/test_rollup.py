"""`karte rollup` and `karte worker` as a person runs them, on a local stack that is stopped, and as a service."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from api.cli.moment import parse_past_moment
from api.config import Config
from api.db import open_database
from api.influx.engine import Engine
from api.influx.registry import create_engine
from api.local.datadir import DataDir
from api.local.influxd import Influxd, start_influxd
from api.local.state import State, save_state
from api.models.base import utc_now
from api.readings.scope import to_ns
from api.rollup.hours import HOUR, hour_of
from api.rollup.late import LateRecorder
from tests.api.cli.conftest import Run, RunJson

LATE = hour_of(utc_now()) - 5 * HOUR
NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)


@pytest.fixture
def stopped(tmp_path: Path, contract: str) -> DataDir:
    """A stack that ran once, with one point of some hours ago."""
    place = DataDir(tmp_path / "data")
    place.create()
    save_state(place.state, State("local", contract, "s-1", "http://127.0.0.1:9", "http://127.0.0.1:9"))
    running = start_influxd(place.influxdb)
    try:
        config = Config(database_url="", secret_key="", influx_url=running.url)
        store(create_engine(config), config.influx_database)
    finally:
        running.stop()
    return place


def store(engine: Engine, database: str) -> None:
    engine.ensure_database(database, timedelta(days=35))
    assert engine.write(database, f"mem,contract=c-1 used=5i {to_ns(LATE)}".encode(), "ns").status == 204


def test_it_rolls_up_where_the_stack_does_not_run_and_says_what_it_did(
    run: Run, run_json: RunJson, stopped: DataDir
) -> None:
    before = run_json("rollup", "status")
    assert before == {"done_until": None, "behind_hours": None, "running_until": None, "pending": []}
    assert "nothing is rolled up yet" in run("rollup", "status").output

    result = run("rollup", "run")
    assert result.exit_code == 0, result.output
    assert "wrote 1 points" in result.output
    assert f"next: karte rollup status --data-dir {stopped.root}" in result.output

    after = run_json("rollup", "status")
    assert (after["behind_hours"], after["pending"]) == (0, [])
    assert datetime.fromisoformat(after["done_until"]) > LATE
    assert "nothing is due" in run("rollup", "status").output


def test_it_rolls_up_again_from_when_it_is_told(run: Run, stopped: DataDir) -> None:
    assert run("rollup", "run").exit_code == 0
    result = run("rollup", "run", "--since", "6h")
    assert "wrote 1 points" in result.output
    assert "rolled up again all from" in result.output
    assert "wrote 0 points" in run("rollup", "run", "--since", "4h").output


def test_it_names_the_contracts_that_wait(run: Run, run_json: RunJson, contract: str, tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'data' / 'karte.db'}")
    LateRecorder(database).note(contract, to_ns(LATE))
    database.close()
    (waiting,) = run_json("rollup", "status")["pending"]
    assert (waiting["contract"], waiting["name"]) == (contract, "山田商事")
    assert datetime.fromisoformat(waiting["since"]) == LATE
    assert f"to be rolled up again: {contract} (山田商事)" in run("rollup", "status").output
    assert "集計し直し待ち" in run("rollup", "status", lang="ja").output


def test_it_tells_what_to_start_where_nothing_ever_ran(run: Run) -> None:
    for command in (("rollup", "run"), ("worker",)):
        result = run(*command)
        assert result.exit_code == 1
        assert "start it: karte up" in result.output


@pytest.mark.parametrize(("entered", "told"), [("soon", "neither a span"), ("2999-01-01", "still to come")])
def test_it_refuses_a_moment_that_is_not_past(run: Run, entered: str, told: str) -> None:
    result = run("rollup", "run", "--since", entered)
    assert result.exit_code == 2
    assert told in result.output


@pytest.mark.parametrize(
    ("entered", "moment"),
    [
        ("12h", NOW - timedelta(hours=12)),
        ("90d", NOW - timedelta(days=90)),
        ("2026-11-20", datetime.combine(date(2026, 11, 19), datetime.min.time(), UTC).replace(hour=15)),
        ("yesterday", None),
    ],
)
def test_it_reads_a_past_moment_as_people_type_it(entered: str, moment: datetime | None) -> None:
    assert parse_past_moment(entered, NOW) == moment


@pytest.fixture
def worker(influxd: Influxd, database_name: str, run: Run, tmp_path: Path) -> Callable[[], "subprocess.Popen[str]"]:
    """Starts `karte worker` as a service with its settings in the environment."""
    assert run("contract", "list").exit_code == 0  # makes the database
    environment = {
        **os.environ,
        "KARTE_DATABASE_URL": f"sqlite:///{tmp_path / 'data' / 'karte.db'}",
        "KARTE_SECRET_KEY": "a key for tests only, long enough to sign",
        "KARTE_INFLUX_URL": influxd.url,
        "KARTE_INFLUX_DATABASE": database_name,
        "KARTE_INFLUX_ROLLUP_DATABASE": f"{database_name}_1h",
        "PYTHONUNBUFFERED": "1",
    }
    command = [sys.executable, "-m", "api.cli", "worker", "--lang", "en"]
    return lambda: subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.2)


def test_the_worker_rolls_up_at_once_and_ends_cleanly(
    worker: Callable[[], "subprocess.Popen[str]"], influxd: Influxd, database_name: str, run_json: RunJson
) -> None:
    engine = create_engine(Config("", "", influx_url=influxd.url))
    store(engine, database_name)
    process = worker()
    try:
        wait_for(lambda: run_json("rollup", "status")["behind_hours"] == 0)
    finally:
        process.send_signal(signal.SIGTERM)
        output, _nothing = process.communicate(timeout=60)
    assert process.returncode == 0
    assert output.startswith("running these jobs, until Ctrl-C:\n")
    assert "\n  rollup: the hourly rollup" in output
    assert output.endswith("ended\n")
    assert engine.query(f"{database_name}_1h", "SELECT used_sum FROM mem")[0].values == [[to_ns(LATE), 5]]
    assert run_json("rollup", "status")["running_until"] is None


def test_the_worker_gives_back_its_lease_where_it_is_stopped_half_way(
    worker: Callable[[], "subprocess.Popen[str]"], influxd: Influxd, database_name: str, run_json: RunJson
) -> None:
    store(create_engine(Config("", "", influx_url=influxd.url)), database_name)
    process = worker()
    wait_for(lambda: run_json("rollup", "status")["running_until"] is not None or bool(done(run_json)))
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert run_json("rollup", "status")["running_until"] is None


def done(run_json: RunJson) -> object:
    return run_json("rollup", "status")["done_until"]
