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
    assert listed | {"id": "", "built_at": ""} == {
        "id": "",
        "period": MONTH,
        "contract": contract,
        "name": "山田商事",
        "lang": "ja",
        "edition": 1,
        "built_at": "",
        "file": str(made[0]),
    }
    assert run_json("report", "verify") == {"contracts": 1, "entries": 1, "faults": []}
    assert run("report", "rebuild", "--check").stdout == "all 1 reports come out the same\n"
    _tampering_is_found(run, made[0])
    _erasing_leaves_a_tombstone(run, run_json, listed["id"])
    _all_that_lack_it_are_built(run, run_json)


def _tampering_is_found(run: Run, pdf: Path) -> None:
    stored, content = pdf.resolve(), pdf.read_bytes()
    stored.chmod(0o600)
    stored.write_bytes(content[:-1])
    found = run("report", "verify")
    assert found.exit_code == 1
    assert f"objects/{stored.name}: the file was changed ({MONTH} ja pdf)" in found.stdout
    assert found.stderr == "Error: 1 faults found in 1 entries of 1 contracts\n"
    stored.write_bytes(content)
    assert run("report", "verify").exit_code == 0


def _erasing_leaves_a_tombstone(run: Run, run_json: RunJson, report: str) -> None:
    assert run("report", "erase", report, "--reason", "a request", "--yes").exit_code == 0
    assert run("report", "erase", report, "--reason", "a request", "--yes").exit_code == 1
    assert run_json("report", "list") == []
    (gone,) = run_json("report", "list", "--editions")
    assert gone["removed_at"] is not None
    assert gone["file"] is None
    assert run_json("report", "verify") == {"contracts": 1, "entries": 2, "faults": []}
    assert run("report", "rebuild", "--check").exit_code == 0


def _all_that_lack_it_are_built(run: Run, run_json: RunJson) -> None:
    run_json("contract", "create", "鈴木医院", "--prefecture", "大阪府")
    run_json("contract", "create", "準備中", "--prefecture", "大阪府", "--draft")
    week = f"{utc_now().astimezone(SERVICE_ZONE):%G-W%V}"
    done = run("report", "build", "--all", "--week", week)
    assert (done.exit_code, done.stdout) == (0, f"{week}: 2 made, 0 there already, 0 failed\n"), done.output
    made = run_json("report", "list")
    assert {each["edition"] for each in made} == {1}
    again = run("report", "build", "--all", "--week", week, "--month", MONTH)
    assert again.exit_code == 2
    erased = run("report", "erase", "--contract", made[0]["contract"], "--reason", "the contract has ended", "--yes")
    assert erased.stdout.splitlines()[-1] == "1 erased"
    assert [each["contract"] for each in run_json("report", "list")] == [made[1]["contract"]]
    assert run("report", "verify").exit_code == 0


@needs_font
def test_it_builds_in_the_other_language_into_another_place(
    run: Run, stopped_with_data: DataDir, contract: str, tmp_path: Path
) -> None:
    result = run("report", "build", "--contract", contract, "--output", str(tmp_path / "out"), lang="en")

    assert result.exit_code == 0, result.output
    made = tmp_path / "out" / f"karte_{contract}_{MONTH}_en.json"
    assert json.loads(made.read_text(encoding="utf-8"))["lang"] == "en"
    assert list(stopped_with_data.reports.iterdir()) == []
    assert run("report", "list").stdout.startswith("no reports yet")


@pytest.mark.parametrize("month", ["2999-01", "2026-13", "last"])
def test_a_month_that_cannot_be_is_wrong_use(run: Run, stopped: DataDir, contract: str, month: str) -> None:
    result = run("report", "build", "--contract", contract, "--month", month)

    assert result.exit_code == 2
    assert month in result.stderr


@pytest.mark.parametrize("week", ["2999-W01", "2026-W54", "2025-W53", "2026-11"])
def test_a_week_that_cannot_be_is_wrong_use(run: Run, stopped: DataDir, contract: str, week: str) -> None:
    result = run("report", "build", "--contract", contract, "--week", week)

    assert result.exit_code == 2
    assert week in result.stderr


def test_a_month_before_the_contract_is_refused_in_one_line(
    run: Run, stopped_with_data: DataDir, contract: str
) -> None:
    result = run("report", "build", "--contract", contract, "--month", "2020-01")

    assert result.exit_code == 1
    assert result.stderr.startswith("Error: 2020-01 was over before the contract began on ")


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--contract", "c-1", "--all"),
        ("--all", "--output", "x"),
        ("--contract", "c", "--week", "2026-W01", "--month", "2026-01"),
    ],
)
def test_what_does_not_go_together_is_wrong_use(run: Run, stopped: DataDir, arguments: tuple[str, ...]) -> None:
    assert run("report", "build", *arguments).exit_code == 2


def test_a_schedule_is_shown_and_set(run: Run, run_json: RunJson, stopped: DataDir, contract: str) -> None:
    (usual,) = run_json("report", "schedule", "show")
    assert (usual["schedule"], usual["delivery"], usual["keep_months"]) == ("monthly on day 1 at 7:00", "attach", None)

    done = run(
        *("report", "schedule", "set", contract, "--day", "5", "--hour", "9", "--weekly", "--weekday", "fri"),
        *("--delivery", "link", "--keep-months", "36"),
    )
    assert "monthly on day 5 at 9:00, weekly on fri at 9:00, next " in done.stdout
    (changed,) = run_json("report", "schedule", "show", "--contract", contract)
    assert (changed["delivery"], changed["keep_months"]) == ("link", 36)
    assert run("report", "schedule", "set", contract, "--no-monthly", "--no-weekly").stdout.startswith(
        f"{contract}: none"
    )
    assert run_json("report", "schedule", "runs") == []
    assert run_json("report", "downloads", "--contract", contract) == []


@pytest.mark.parametrize("options", [("--day", "29"), ("--hour", "24"), ("--weekday", "x"), ("--delivery", "fax")])
def test_a_schedule_that_cannot_be_is_wrong_use(
    run: Run, stopped: DataDir, contract: str, options: tuple[str, str]
) -> None:
    assert run("report", "schedule", "set", contract, *options).exit_code == 2


def test_only_mail_channels_of_the_contract_get_reports(run: Run, stopped: DataDir, contract: str) -> None:
    result = run("report", "schedule", "set", contract, "--channel", "ch-none")

    assert result.exit_code == 1
    assert "there is no channel ch-none" in result.stderr


def test_a_report_that_is_not_there_is_named(run: Run, stopped: DataDir) -> None:
    assert run("report", "erase", "--reason", "x", "--yes").exit_code == 2
    result = run("report", "erase", "k-none", "--reason", "x", "--yes")

    assert result.exit_code == 1
    assert "there is no report k-none" in result.stderr


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
