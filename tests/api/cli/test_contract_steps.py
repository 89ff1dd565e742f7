from datetime import timedelta
from pathlib import Path

import pytest

from api.models.base import service_day, utc_now
from tests.api.cli.conftest import Run, RunJson

TODAY = service_day(utc_now())


def state(run_json: RunJson, contract: str) -> str:
    return str(run_json("contract", "show", contract)["state"])


def test_an_end_waits_until_its_notice_is_dispatched(run: Run, run_json: RunJson, contract: str) -> None:
    ordered = run("contract", "terminate", contract, "--reason", "cancelled")
    assert ordered.exit_code == 0
    (notice,) = run_json("notice", "list", "--waiting")
    assert notice["id"] in ordered.stdout
    assert state(run_json, contract) == "active"
    assert "post it or hand it over" in run("notice", "show", notice["id"]).stdout
    done = run("notice", "dispatched", notice["id"], "--by", "post", "--note", "書留 1")
    assert f"contract {contract} has ended by it" in done.stdout
    assert state(run_json, contract) == "terminated"
    events = [step["event"] for step in run_json("contract", "steps", contract)]
    assert events == ["activate", "terminate"]


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (
            ("contract", "notify-breach", "--what", "x", "--cure-until", str(TODAY + timedelta(days=6))),
            "7 days",
        ),
        (("contract", "terminate", "--reason", "breach"), "must first be told to cure it"),
        (("contract", "cure"), "no breach is open"),
        (("notice", "end-service", "--on", str(TODAY + timedelta(days=20))), "1 month's notice"),
        (("notice", "end-function", "--function", "x", "--on", str(TODAY + timedelta(days=9))), "10 days' notice"),
        (("contract", "end-option", "o-none", "--on", str(TODAY)), "there is no option o-none"),
        (("contract", "choose-stopping", "d-none"), "there is no device d-none"),
    ],
)
def test_what_the_terms_do_not_allow_is_one_line(run: Run, contract: str, command: tuple[str, ...], told: str) -> None:
    result = run(*command[:2], contract, *command[2:])
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert told in result.stderr


def test_a_breach_is_shown_until_it_is_cured(run: Run, contract: str) -> None:
    until = str(TODAY + timedelta(days=7))
    assert run("contract", "notify-breach", contract, "--what", "IDの貸与", "--cure-until", until).exit_code == 0
    assert f"until {until}" in run("contract", "show", contract).stdout
    assert run("contract", "cure", contract).exit_code == 0
    assert until not in run("contract", "show", contract).stdout


def test_options_end_and_usage_tells_what_follows(run: Run, run_json: RunJson, contract: str) -> None:
    assert run("contract", "add-devices", contract, "2").exit_code == 0
    assert run("contract", "add-probes", contract, "1").exit_code == 0
    option = run_json("contract", "show", contract)["options"][0]["id"]
    ends = TODAY + timedelta(days=40)
    assert run("contract", "end-option", contract, option, "--on", str(ends)).exit_code == 0
    used = run_json("contract", "usage", contract)
    assert (used["quota"], used["probes_a_site"]) == (12, 2)
    assert (used["shrinks_on"], used["shrinks_to"]) == (str(ends + timedelta(days=1)), 10)


def test_a_contract_passes_to_a_successor(run: Run, run_json: RunJson, contract: str, tmp_path: Path) -> None:
    document = tmp_path / "register.pdf"
    document.write_bytes(b"%PDF-1.7 x")
    applied = run(
        "transfer", "apply", contract, "--ground", "merger", "--successor", "新山田", "--happened-on", str(TODAY)
    )
    assert applied.exit_code == 0
    transfer = run_json("transfer", "list")[0]["id"]
    assert run("transfer", "decide", transfer, "--accept").exit_code == 1
    assert run("transfer", "add-document", transfer, str(document)).exit_code == 0
    assert run("transfer", "decide", transfer, "--accept").exit_code == 0
    assert run_json("contract", "show", contract)["name"] == "新山田"


def test_lists_are_tables_in_words(run: Run, contract: str) -> None:
    today = str(TODAY)
    run("transfer", "apply", contract, "--ground", "merger", "--successor", "新山田", "--happened-on", today)
    run("contract", "suspend", contract, "--reason", "unpaid_fees")
    assert "料金の未払い" in run("contract", "steps", contract, lang="ja").stdout
    assert "サービス提供の停止" in run("notice", "list", contract, lang="ja").stdout
    assert "合併" in run("transfer", "list", lang="ja").stdout


def test_what_opens_something_is_in_the_log(run: Run, run_json: RunJson, contract: str) -> None:
    issued = run_json("device", "issue-id", contract)["id"]
    token = run_json("read-token", "issue", contract)["id"]
    assert run("read-token", "revoke", token).exit_code == 0
    done = {(entry["action"], entry["target"]) for entry in run_json("audit", "list", "--contract", contract)}
    assert {("install_id.create", issued), ("read_token.create", token), ("read_token.revoke", token)} <= done
