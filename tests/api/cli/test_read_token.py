import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from api.cli.table import local_time
from api.db import open_database
from api.gateway.grant import ReadGrant, ReadLookup, Refusal
from api.identity.read_access import read_lookup
from api.models.base import utc_now
from tests.api.cli.conftest import Run, RunJson


@pytest.fixture
def lookup(tmp_path: Path, contract: str) -> Iterator[ReadLookup]:
    """What the gateway makes of the tokens that were issued."""
    assert contract
    database = open_database(f"sqlite:///{tmp_path / 'data' / 'karte.db'}")
    yield read_lookup(database)
    database.close()


def code(answer: ReadGrant | Refusal) -> str:
    assert isinstance(answer, Refusal)
    return answer.code


def left(entered: str) -> timedelta:
    return datetime.fromisoformat(entered) - utc_now()


def test_it_issues_a_token_that_reads_its_contract(run: Run, contract: str, lookup: ReadLookup) -> None:
    result = run("read-token", "issue", contract)
    assert result.exit_code == 0
    (token,) = re.findall(r"^    (okr_\S{43})$", result.stdout, re.MULTILINE)
    grant = lookup(token)
    assert isinstance(grant, ReadGrant)
    assert grant.contract == contract
    assert f"read token {grant.token} (contract {contract}, 山田商事); it is shown this once" in result.stdout
    assert "\nno end\n" in result.stdout


def test_it_says_what_to_enter_in_grafana(run: Run, contract: str) -> None:
    shown = run("read-token", "issue", contract).stdout
    for entry in ("URL +URL-OF-THIS-SERVICE", "Query language +InfluxQL", "Database +karte"):
        assert re.search(f"^    {entry}$", shown, re.MULTILINE)
    assert re.search(r"Custom HTTP Headers +Authorization = Token okr_\S{43}$", shown, re.MULTILINE)


def test_it_issues_for_the_staff_in_json(run_json: RunJson, lookup: ReadLookup) -> None:
    issued = run_json(
        "read-token", "issue", "--staff", "--label", "社内 Grafana", "--grafana-org", "1", "--expires", "12h"
    )
    assert (issued["contract"], issued["role"], issued["label"]) == (None, "staff", "社内 Grafana")
    assert issued["grafana_org"] == 1
    assert timedelta(hours=11) < left(issued["expires_at"]) <= timedelta(hours=12)
    assert lookup(issued["token"]) == ReadGrant(issued["id"], None)


def test_the_token_is_shown_once(run: Run, run_json: RunJson, contract: str) -> None:
    token = run_json("read-token", "issue", contract)["token"]
    assert token not in run("read-token", "list").output
    assert token not in run("read-token", "list", "--format", "json").output


def test_it_warns_where_nothing_can_be_read_yet(run: Run, run_json: RunJson) -> None:
    draft = run_json("contract", "create", "鈴木医院", "--draft")["id"]
    assert "note: the contract is draft; nothing can be read" in run("read-token", "issue", draft).stdout


def test_it_lists_tokens_of_one_contract_or_all(run: Run, run_json: RunJson, contract: str) -> None:
    assert run("read-token", "list").stdout.startswith("no read token yet\nnext: karte read-token issue CONTRACT")
    other = run_json("contract", "create", "鈴木医院")["id"]
    ids = [run_json("read-token", "issue", which)["id"] for which in (contract, other, "--staff")]
    assert [row["id"] for row in run_json("read-token", "list")] == ids
    (row,) = run_json("read-token", "list", contract)
    assert (row["id"], row["contract"], row["role"], row["label"]) == (ids[0], contract, "customer", "grafana")
    assert (row["last_used_at"], row["expires_at"], row["revoked_at"]) == (None, None, None)
    head = run("read-token", "list").stdout.splitlines()[0]
    assert re.split("  +", head)[:5] == ["ID", "ROLE", "CONTRACT", "LABEL", "GRAFANA ORG"]


def test_revoking_refuses_the_token_at_once(run: Run, run_json: RunJson, contract: str, lookup: ReadLookup) -> None:
    issued = run_json("read-token", "issue", contract)
    assert isinstance(lookup(issued["token"]), ReadGrant)
    result = run("read-token", "revoke", issued["id"].upper())
    assert "it is refused from now on" in result.stdout
    assert code(lookup(issued["token"])) == "token_revoked"
    again = run("read-token", "revoke", issued["id"])
    assert (again.exit_code, "already" in again.stderr) == (1, True)


def test_a_rotation_gives_a_new_token_and_the_old_one_lives_on_for_a_while(
    run: Run, run_json: RunJson, contract: str, lookup: ReadLookup
) -> None:
    old = run_json("read-token", "issue", contract, "--label", "dashboards", "--grafana-org", "7")
    result = run("read-token", "rotate", old["id"])
    assert result.exit_code == 0
    assert f"the old token {old['id']} stays good until " in result.stdout
    (new,) = re.findall(r"^    (okr_\S{43})$", result.stdout, re.MULTILINE)
    for token in (old["token"], new):
        grant = lookup(token)
        assert isinstance(grant, ReadGrant)
        assert grant.contract == contract
    before, after = run_json("read-token", "list")
    assert timedelta(minutes=55) < left(before["expires_at"]) <= timedelta(hours=1)
    assert (after["expires_at"], after["label"], after["grafana_org"]) == (None, "dashboards", 7)


def test_a_rotation_takes_its_times_from_the_options(run_json: RunJson, contract: str) -> None:
    old = run_json("read-token", "issue", contract, "--expires", "30d")
    new = run_json("read-token", "rotate", old["id"], "--overlap", "1d", "--expires", "60d")
    before, after = run_json("read-token", "list")
    assert timedelta(hours=23) < left(before["expires_at"]) <= timedelta(days=1)
    assert timedelta(days=59) < left(after["expires_at"]) <= timedelta(days=60)
    assert after["id"] == new["id"]


def test_a_rotation_does_not_lengthen_the_life_of_the_old_one(run: Run, run_json: RunJson, contract: str) -> None:
    old = run_json("read-token", "issue", contract, "--expires", "2h")
    said = run("read-token", "rotate", old["id"], "--overlap", "9d", "--expires", "60d").stdout
    before = run_json("read-token", "list")[0]["expires_at"]
    assert before == old["expires_at"]
    assert f"stays good until {local_time(datetime.fromisoformat(before))} in Japan" in said


def test_what_was_replaced_or_revoked_is_not_rotated(run: Run, run_json: RunJson, contract: str) -> None:
    old = run_json("read-token", "issue", contract)["id"]
    new = run_json("read-token", "rotate", old)["id"]
    again = run("read-token", "rotate", old)
    assert (again.exit_code, "would end before the overlap" in again.stderr) == (1, True)
    run("read-token", "revoke", new)
    refused = run("read-token", "rotate", new, lang="ja")
    assert refused.stderr == f"エラー: 読み取りトークン {new} はもう使えません。新しく発行してください\n"


@pytest.mark.parametrize(
    ("arguments", "exit_code", "problem"),
    [
        (["issue"], 2, "name either a CONTRACT"),
        (["issue", "c-x", "--staff"], 2, "name either a CONTRACT"),
        (["issue", "c-x"], 1, "there is no contract c-x"),
        (["issue", "--staff", "--label", " "], 1, "the label is empty"),
        (["issue", "--staff", "--expires", "soon"], 2, "neither a span"),
        (["issue", "--staff", "--expires", ""], 2, "neither a span"),
        (["issue", "--staff", "--grafana-org", "0"], 2, "0 is not in the range"),
        (["list", "c-x"], 1, "there is no contract c-x"),
        (["revoke", "r-x"], 1, "there is no read token r-x; `karte read-token list` names them"),
        (["rotate", "r-x"], 1, "there is no read token r-x"),
        (["rotate", "r-x", "--overlap", "2020-01-01"], 2, "is past"),
    ],
)
def test_it_says_what_is_wrong(run: Run, contract: str, arguments: list[str], exit_code: int, problem: str) -> None:
    result = run("read-token", *arguments)
    assert (result.exit_code, problem in result.stderr) == (exit_code, True)


def test_it_issues_in_japanese(run: Run, contract: str) -> None:
    shown = run("read-token", "issue", contract, "--expires", "14d", lang="ja").stdout
    assert f"（契約 {contract} 山田商事）。表示は今回だけです:" in shown
    assert re.search(r"^期限: \S+ \S+（日本時間）$", shown, re.MULTILINE)
    assert "GrafanaでInfluxDBのデータソースを追加し" in shown
