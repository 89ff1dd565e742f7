"""`karte rules` as a person types it, on a local stack that is stopped."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.cli import karte
from api.config import Config
from api.influx.registry import create_engine
from api.local.datadir import DataDir
from api.local.influxd import start_influxd
from api.local.state import State, save_state
from api.models.base import utc_now
from tests.api.cli.conftest import Run, RunJson

WHY = ("--reason", "図面を扱うため")


@pytest.fixture
def stopped(tmp_path: Path, contract: str) -> DataDir:
    """A stack that ran once: a PC whose disk was 92 % full for four hours, and since then is not."""
    place = DataDir(tmp_path / "data")
    place.create()
    save_state(place.state, State("local", contract, "s-1", "http://127.0.0.1:9", "http://127.0.0.1:9"))
    running = start_influxd(place.influxdb)
    config = Config(database_url="", secret_key="", influx_url=running.url)
    tags = f"disk,contract={contract},site=s-1,device=d-1,host=PC-1,path=C:,fstype=NTFS,mode=rw"
    second = int((utc_now() - timedelta(hours=20)).timestamp())
    used = {minute: 92.0 if 60 <= minute < 300 else 60.0 for minute in range(0, 600, 5)}
    lines = [f"{tags} used_percent={value} {second + minute * 60}" for minute, value in used.items()]
    try:
        engine = create_engine(config)
        engine.ensure_database(config.influx_database, timedelta(days=35))
        assert engine.write(config.influx_database, "\n".join(lines).encode(), "s").status == 204
    finally:
        running.stop()
    return place


def typed_here(*arguments: str) -> Result:
    """A command that needs no data directory."""
    return CliRunner().invoke(karte, ["rules", *arguments])


def test_it_says_that_rules_and_advice_are_well() -> None:
    result = typed_here("check", "--lang", "en")

    assert result.exit_code == 0
    assert "rules: no problems" in result.output


def test_it_lists_rules_and_shows_one() -> None:
    rows = json.loads(typed_here("list", "--format", "json").output)
    assert {"rule": "disk_full", "category": "capacity", "severity": "critical"}.items() <= next(
        row for row in rows if row["rule"] == "disk_full"
    ).items()

    shown = typed_here("show", "disk_full", "--lang", "en")
    assert 'SELECT mean("used_percent") AS "value" FROM "disk"' in shown.output
    assert "can be set: limit" in shown.output
    assert json.loads(typed_here("show", "disk_full", "--format", "json").output)["category"] == "capacity"


def test_a_threshold_is_set_kept_and_undone(run: Run, run_json: RunJson, contract: str) -> None:
    done = run("rules", "set", "disk_full", "limit=95", "--contract", contract, *WHY)
    assert done.exit_code == 0, done.output
    assert "the wider value → 95%" in done.output
    assert run("rules", "set", "disk_full", "limit=96", "--contract", contract, *WHY).exit_code == 0
    assert "96% → 95%" in run("rules", "undo", "disk_full", "--contract", contract, *WHY).output
    assert "95% → the wider value" in run("rules", "reset", "disk_full", "--contract", contract, *WHY).output

    kept = run_json("rules", "log", "disk_full", "--contract", contract)
    assert [row["limit"] for row in kept] == [None, "95%", "96%", "95%"]
    assert {(row["set_by"], row["reason"]) for row in kept} == {("command line", "図面を扱うため")}


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        (["set", "disc_full", "limit=95"], 2, "there is no rule disc_full"),
        (["set", "disk_full", "limit"], 2, "limit is not PARAMETER=NUMBER"),
        (["set", "disk_full", "top=95"], 2, "rule disk_full has no parameter top; it has limit"),
        (["set", "disk_full", "limit=20"], 2, "20 is out of bounds: rule disk_full takes 80 to 99.9"),
        (["set", "disk_full", "limit=95", "--for", "d-none"], 1, "has no device or equipment d-none"),
        (["undo", "disk_full"], 1, "there is no change to undo"),
        (["reset", "disk_full"], 1, "nothing is set there"),
    ],
)
def test_wrong_use_is_told_in_one_line(run: Run, contract: str, typed: list[str], code: int, said: str) -> None:
    result = run("rules", *typed, "--contract", contract, *WHY)

    assert result.exit_code == code
    assert said in result.output
    assert "Traceback" not in result.output


def test_a_backtest_tells_what_today_s_and_another_threshold_would_have_found(
    run: Run, run_json: RunJson, stopped: DataDir, contract: str
) -> None:
    asked = ["rules", "backtest", "disk_nearly_full", "--contract", contract, "--since", "1d"]

    result = run(*asked, "--set", "limit=95")
    assert result.exit_code == 0, result.output
    assert "today's threshold (90%): 1 findings" in result.output
    assert "tried (95%): 0 findings" in result.output
    assert "would be missed: PC-1 C:" in result.output

    told = run_json(*asked, "--set", "limit=85")
    assert (told["today"]["findings"], told["tried"]["findings"], told["devices"]) == (1, 1, 1)
    assert told["tried"]["open_s"] >= told["today"]["open_s"] > 0
    assert (told["read"], told["exact"], told["missed"], told["gained"]) == ("raw", True, [], [])
    assert "█" in run(*asked).output


def test_a_backtest_names_the_threshold_that_is_in_force(run: Run, stopped: DataDir, contract: str) -> None:
    asked = ["rules", "backtest", "disk_nearly_full", "--contract", contract, "--since", "1d"]

    assert run("rules", "set", "disk_nearly_full", "limit=97", "--contract", contract, *WHY).exit_code == 0
    assert "today's threshold (97%): 0 findings" in run(*asked).output


def test_it_proposes_a_threshold_that_keeps_to_a_budget(
    run: Run, run_json: RunJson, stopped: DataDir, contract: str
) -> None:
    asked = ["rules", "backtest", "disk_nearly_full", "--contract", contract, "--since", "1d"]

    assert run_json(*asked, "--suggest", "0")["proposed"] == 92
    assert "proposed: 92% (--set limit=92)" in run(*asked, "--suggest", "0").output
    # Every device lies above 50 %, the lowest that may be set, so one finding a day is one too many for 1 a week.
    assert run_json(*asked, "--suggest", "100")["proposed"] == 50


def test_a_span_without_data_is_said_to_be_so(run: Run, stopped: DataDir, contract: str) -> None:
    result = run("rules", "backtest", "toner_low", "--contract", contract, "--since", "1d", "--read", "raw")

    assert result.exit_code == 0
    assert "there is no data in that span" in result.output
