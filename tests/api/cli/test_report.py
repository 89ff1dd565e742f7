"""`karte report` as a person runs it, on a local stack that is stopped."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader

from api.config import Config
from api.influx.registry import create_engine
from api.local.datadir import DataDir
from api.local.influxd import start_influxd
from api.local.lock import DirectoryLock
from api.local.state import State, save_state
from api.models.base import SERVICE_ZONE, utc_now
from tests.api.cli.conftest import Run, RunJson
from tests.api.reports.fonts import needs_font

MONTH = f"{utc_now().astimezone(SERVICE_ZONE):%Y-%m}"


@pytest.fixture
def stopped(tmp_path: Path, contract: str) -> DataDir:
    """The data directory of a stack that ran once; its contract is `contract`."""
    place = DataDir(tmp_path / "data")
    place.create()
    save_state(place.state, State("local", contract, "s-1", "http://127.0.0.1:9", "http://127.0.0.1:9"))
    return place


@pytest.fixture
def stopped_with_data(stopped: DataDir) -> DataDir:
    """The same, with an engine that was set up and is stopped."""
    running = start_influxd(stopped.influxdb)
    try:
        config = Config(database_url="", secret_key="", influx_url=running.url)
        create_engine(config).ensure_database(config.influx_database, timedelta(days=35))
    finally:
        running.stop()
    return stopped


@needs_font
def test_it_builds_this_months_report_where_the_stack_does_not_run(
    run: Run, run_json: RunJson, stopped_with_data: DataDir, contract: str
) -> None:
    result = run("report", "build", "--contract", contract, lang="ja")

    assert result.exit_code == 0, result.output
    made = [Path(line) for line in result.stdout.splitlines()]
    stem = stopped_with_data.reports / contract / f"karte_{contract}_{MONTH}_ja"
    assert made == [stem.with_suffix(f".{kind}") for kind in ("pdf", "html", "json")]
    assert "山田商事" in PdfReader(made[0]).pages[0].extract_text()
    (listed,) = run_json("report", "list")
    assert listed == {"month": MONTH, "contract": contract, "name": "山田商事", "lang": "ja", "file": str(made[0])}


@needs_font
def test_it_builds_in_the_other_language_into_another_place(
    run: Run, stopped_with_data: DataDir, contract: str, tmp_path: Path
) -> None:
    result = run("report", "build", "--contract", contract, "--output", str(tmp_path / "out"), lang="en")

    assert result.exit_code == 0, result.output
    made = tmp_path / "out" / f"karte_{contract}_{MONTH}_en.json"
    assert json.loads(made.read_text(encoding="utf-8"))["lang"] == "en"
    assert list(stopped_with_data.reports.iterdir()) == []


@pytest.mark.parametrize("month", ["2999-01", "2026-13", "last"])
def test_a_month_that_cannot_be_is_wrong_use(run: Run, stopped: DataDir, contract: str, month: str) -> None:
    result = run("report", "build", "--contract", contract, "--month", month)

    assert result.exit_code == 2
    assert month in result.stderr


def test_a_contract_that_is_not_there_is_named(run: Run, stopped: DataDir) -> None:
    result = run("report", "build", "--contract", "c-none")

    assert result.exit_code == 1
    assert "there is no contract c-none" in result.stderr


def test_a_stack_that_is_starting_is_waited_for_by_the_person(run: Run, stopped: DataDir, contract: str) -> None:
    with DirectoryLock(stopped.root / "lock"):
        result = run("report", "build", "--contract", contract)

    assert result.exit_code == 1
    assert "karte is starting" in result.stderr


def test_a_directory_without_a_stack_says_how_to_start_one(run: Run, contract: str) -> None:
    result = run("report", "build", "--contract", contract)

    assert result.exit_code == 1
    assert "karte up" in result.stderr


def test_an_empty_list_says_how_to_build(run: Run, stopped: DataDir) -> None:
    assert "karte report build" in run("report", "list").stdout
