import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.cli import karte
from tests.api.cli.conftest import Run, RunJson


def test_it_makes_a_contract_and_says_what_comes_next(run: Run) -> None:
    result = run("contract", "create", "山田商事", "--site", "本店", "--prefecture", "大阪", "--extra-devices", "2")
    assert result.exit_code == 0
    first, site, option, quota, _probes, follow = result.stdout.splitlines()
    contract_id = first.split()[1]
    assert first == f"contract {contract_id} (山田商事) is active"
    assert site.endswith(": 本店, 大阪府")
    assert "more target devices +2, from " in option
    assert quota == "target devices: 0 of 12 in use, 12 free"
    assert follow.startswith(f"next: karte device issue-id {contract_id} --data-dir ")
    assert result.stderr.startswith("made the database ")


def test_a_list_is_a_table_or_json(run: Run, run_json: RunJson, contract: str) -> None:
    table = run("contract", "list").stdout.splitlines()
    assert table[0].split() == ["ID", "NAME", "STATE", "DEVICES", "QUOTA", "CREATED", "AT"]
    assert table[1].startswith(f"{contract}  山田商事  active  0        10     ")
    (row,) = run_json("contract", "list")
    assert {key: row[key] for key in ("id", "name", "state", "devices", "quota")} == {
        "id": contract,
        "name": "山田商事",
        "state": "active",
        "devices": 0,
        "quota": 10,
    }
    assert row["created_at"].endswith("+00:00")


def test_an_empty_list_says_how_to_begin(run: Run, run_json: RunJson) -> None:
    assert "next: karte contract create" in run("contract", "list").stdout
    assert run_json("contract", "list") == []


def test_the_analysis_of_devices_is_an_option_and_no_device(run: Run, run_json: RunJson, contract: str) -> None:
    added = run("contract", "add-analysis", contract, "--from", "2020-01-01")
    assert "device-information analysis, from 2020-01-01 without an end" in added.stdout
    shown = run_json("contract", "show", contract)
    assert [(each["kind"], each["ends_on"]) for each in shown["options"]] == [("device_analysis", None)]
    assert "device-information analysis, from 2020-01-01 without an end" in run("contract", "show", contract).stdout
    assert "0 of 10 in use" in run("contract", "add-devices", contract, "1", "--from", "2099-01-01").stdout
    refused = run("contract", "add-analysis", contract, "--from", "2026-02-01", "--until", "2026-01-01")
    assert refused.exit_code == 2


def test_it_shows_one_with_all_it_has(run: Run, run_json: RunJson, contract: str) -> None:
    assert run("contract", "add-site", contract, "大阪支店", "--prefecture", "27").exit_code == 0
    added = run("contract", "add-devices", contract, "3", "--from", "2020-01-01", "--until", "2099-12-31")
    assert "target devices: 0 of 13 in use" in added.stdout
    expired = run("contract", "add-devices", contract, "5", "--from", "2020-01-01", "--until", "2020-12-31")
    assert "target devices: 0 of 13 in use" in expired.stdout
    shown = run_json("contract", "show", contract)
    assert [(site["name"], site["prefecture"]) for site in shown["sites"]] == [
        ("本社", "東京都"),
        ("大阪支店", "大阪府"),
    ]
    assert [(o["amount"], o["starts_on"], o["ends_on"]) for o in shown["options"]] == [
        (3, "2020-01-01", "2099-12-31"),
        (5, "2020-01-01", "2020-12-31"),
    ]
    text = run("contract", "show", contract.upper()).stdout
    assert "大阪支店, 大阪府" in text
    assert "more target devices +3, from 2020-01-01 to 2099-12-31" in text


def test_it_moves_through_its_states(run: Run, run_json: RunJson, contract: str) -> None:
    def state() -> tuple[str, str]:
        shown = run_json("contract", "show", contract)
        return shown["state"], shown["state_code"]

    refused = run("contract", "suspend", contract)
    assert (refused.exit_code, "--reason" in refused.stderr) == (2, True)
    assert run("contract", "suspend", contract, "--reason", "unpaid_fees").exit_code == 0
    assert state() == ("suspended", "unpaid_fees")
    assert run("contract", "resume", contract).exit_code == 0
    assert state() == ("active", "")
    assert run("contract", "terminate", contract, "--reason", "cancelled").exit_code == 0
    (notice,) = [each for each in run_json("notice", "list", "--waiting") if each["notice"] == "termination"]
    assert run("notice", "dispatched", notice["id"], "--by", "hand").exit_code == 0
    assert state() == ("terminated", "cancelled")
    refused = run("contract", "resume", contract)
    assert refused.exit_code == 1
    assert refused.stderr == f"Error: contract {contract} is terminated; it cannot resume from there\n"


def test_a_draft_is_activated_later(run: Run, run_json: RunJson) -> None:
    draft = run_json("contract", "create", "鈴木医院", "--draft")
    assert (draft["state"], draft["sites"]) == ("draft", [])
    assert run("contract", "activate", draft["id"]).exit_code == 0
    assert run_json("contract", "show", draft["id"])["state"] == "active"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["create", "x", "--site", "本社"], "--site needs --prefecture"),
        (["create", "x", "--prefecture", "California"], "not a prefecture of Japan"),
        (["create", "x", "--extra-devices", "-1"], "-1 is not in the range"),
        (["add-devices", "c-x", "0"], "0 is not in the range"),
        (["add-devices", "c-x", "1", "--from", "2026-02-01", "--until", "2026-01-01"], "before it starts"),
        (["add-devices", "c-x", "1", "--from", "tomorrow"], "does not match the format"),
    ],
)
def test_wrong_use_is_2_and_changes_nothing(run: Run, run_json: RunJson, arguments: list[str], problem: str) -> None:
    result = run("contract", *arguments)
    assert result.exit_code == 2
    assert problem in result.stderr
    assert run_json("contract", "list") == []


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["create", "\u3000"], "the customer's name is empty"),
        (["create", "x" * 201], "the customer's name has 201 characters; at most 200 are possible"),
        (["create", "x\x1b[2J"], "the customer's name has control characters"),
        (["create", "x", "--site", "\u202e", "--prefecture", "13"], "the site's name has control characters"),
        (["create", "x", "--address", "x" * 501, "--prefecture", "13"], "the address has 501 characters"),
    ],
)
def test_a_name_that_cannot_be_shown_is_refused(
    run: Run, run_json: RunJson, arguments: list[str], problem: str
) -> None:
    assert run_json("contract", "list") == []
    result = run("contract", *arguments)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: {problem}")
    assert run_json("contract", "list") == []


@pytest.mark.parametrize("arguments", [["show", "c-x"], ["resume", "c-x"], ["add-devices", "c-x", "1"]])
def test_an_unknown_contract_is_one_line(run: Run, arguments: list[str]) -> None:
    run("contract", "list")
    result = run("contract", *arguments)
    assert result.exit_code == 1
    assert result.stderr == "Error: there is no contract c-x; `karte contract list` names them\n"


def test_the_environment_names_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "served.db"
    monkeypatch.setenv("KARTE_DATABASE_URL", f"sqlite:///{path}")
    assert CliRunner().invoke(karte, ["contract", "create", "山田商事"]).exit_code == 0
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT name FROM contract").fetchall() == [("山田商事",)]
    connection.close()


@pytest.mark.parametrize("url", ["nonsense", "sqlite:////proc/nowhere/karte.db"])
def test_a_database_that_cannot_be_used_is_one_line(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("KARTE_DATABASE_URL", url)
    result = CliRunner().invoke(karte, ["contract", "list", "--lang", "en"])
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: the database")
    assert result.stderr.count("\n") == 1


def test_a_failing_statement_is_one_line_without_values(run: Run, contract: str, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "data" / "karte.db") as connection:
        connection.execute("DROP TABLE contract_option")
    connection.close()
    result = run("contract", "add-devices", contract, "1")
    assert result.exit_code == 1
    assert result.stderr == "Error: the database failed: (sqlite3.OperationalError) no such table: contract_option\n"
