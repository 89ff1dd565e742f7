import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.cli.moment import parse_moment
from api.db import open_database
from api.gateway.grant import Refusal, WriteGrant
from api.identity.access import write_lookup
from api.identity.enrolment import Enrolment, Machine, enrol
from api.models import DeviceKind
from api.models.base import utc_now
from tests.api.cli.conftest import Run, RunJson

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def enrol_one(tmp_path: Path, code: str, number: int, kind: DeviceKind = DeviceKind.PC) -> Enrolment:
    database = open_database(f"sqlite:///{tmp_path / 'data' / 'karte.db'}")
    try:
        return enrol(database, code, Machine(f"pc-{number}", f"machine-{number:04d}", kind, "Windows 11"), utc_now())
    finally:
        database.close()


def test_it_issues_a_code_that_enrols(run: Run, contract: str, tmp_path: Path) -> None:
    result = run("device", "issue-id", contract)
    assert result.exit_code == 0
    codes = re.findall(r"^    (\S{5}-\S{5}-\S{5}-\S{5})$", result.stdout, re.MULTILINE)
    assert len(codes) == 1
    assert "enrols pc or server or nas, until " in result.stdout
    assert f"next, on the machine: karte agent enroll URL-OF-THIS-SERVICE {codes[0]}" in result.stdout
    assert enrol_one(tmp_path, codes[0], 1).contract == contract


def test_it_issues_for_one_kind_and_so_many_uses(run_json: RunJson, contract: str, tmp_path: Path) -> None:
    issued = run_json("device", "issue-id", contract, "--kind", "probe", "--uses", "1", "--expires", "12h")
    assert (issued["kind"], issued["max_uses"], issued["contract"]) == ("probe", 1, contract)
    left = datetime.fromisoformat(issued["expires_at"]) - utc_now()
    assert timedelta(hours=11) < left <= timedelta(hours=12)
    assert enrol_one(tmp_path, issued["code"], 1, DeviceKind.PROBE).is_new


def test_it_says_which_sites_there_are(run: Run, contract: str) -> None:
    run("contract", "add-site", contract, "大阪支店", "--prefecture", "27")
    several = run("device", "issue-id", contract)
    assert several.exit_code == 1
    assert re.search(r"choose with --site: s-\w+ \(本社\), s-\w+ \(大阪支店\)", several.stderr)
    assert run("device", "issue-id", contract, "--site", "大阪支店").exit_code == 0
    assert "has no site 京都支店" in run("device", "issue-id", contract, "--site", "京都支店").stderr


def test_it_says_how_to_add_the_first_site(run: Run, run_json: RunJson) -> None:
    bare = run_json("contract", "create", "鈴木医院")["id"]
    result = run("device", "issue-id", bare)
    assert result.exit_code == 1
    assert f"karte contract add-site {bare} NAME --prefecture" in result.stderr


def test_it_warns_where_nothing_can_enrol_yet(run: Run, run_json: RunJson) -> None:
    draft = run_json("contract", "create", "鈴木医院", "--draft", "--prefecture", "13")["id"]
    assert "note: the contract is draft" in run("device", "issue-id", draft).stdout


def test_it_lists_devices_of_one_contract_or_of_all(run: Run, run_json: RunJson, contract: str, tmp_path: Path) -> None:
    other = run_json("contract", "create", "鈴木医院", "--prefecture", "13")["id"]
    for number, where in enumerate([contract, contract, other]):
        enrol_one(tmp_path, run_json("device", "issue-id", where)["code"], number)
    assert [row["hostname"] for row in run_json("device", "list")] == ["pc-0", "pc-1", "pc-2"]
    rows = run_json("device", "list", contract)
    assert [(row["hostname"], row["contract"], row["kind"], row["revoked_at"]) for row in rows] == [
        ("pc-0", contract, "pc", None),
        ("pc-1", contract, "pc", None),
    ]
    table = run("device", "list", contract).stdout.splitlines()
    assert len(table) == 3
    assert table[0].startswith("ID            CONTRACT      SITE  KIND  HOSTNAME")


def test_revoking_refuses_the_token_at_once(run: Run, run_json: RunJson, contract: str, tmp_path: Path) -> None:
    done = enrol_one(tmp_path, run_json("device", "issue-id", contract)["code"], 1)
    database = open_database(f"sqlite:///{tmp_path / 'data' / 'karte.db'}")
    lookup = write_lookup(database)
    assert isinstance(lookup(done.token), WriteGrant)
    result = run("device", "revoke", done.device)
    assert result.exit_code == 0
    assert "its token is refused from now on" in result.stdout
    assert "0 of 10 target devices in use" in result.stdout
    answer = lookup(done.token)
    assert isinstance(answer, Refusal)
    assert answer.code == "token_revoked"
    again = run("device", "revoke", done.device)
    assert (again.exit_code, "already" in again.stderr) == (1, True)
    database.close()


def test_an_unknown_device_is_one_line(run: Run, contract: str) -> None:
    result = run("device", "revoke", "d-x")
    assert result.exit_code == 1
    assert result.stderr == "Error: there is no device d-x; `karte device list` names them\n"


@pytest.mark.parametrize(
    ("entered", "moment"),
    [
        ("12h", NOW + timedelta(hours=12)),
        ("14d", NOW + timedelta(days=14)),
        ("2026-03-31", datetime(2026, 3, 31, 15, 0, tzinfo=UTC)),
    ],
)
def test_a_moment_is_a_span_or_the_end_of_a_day_in_japan(entered: str, moment: datetime) -> None:
    assert parse_moment(entered, NOW) == moment


@pytest.mark.parametrize("entered", ["", "soon", "14", "-1d", "14w", "2026-13-01", "2026-02-30", "９９９９９９d"])
def test_another_moment_is_not_guessed(entered: str) -> None:
    assert parse_moment(entered, NOW) is None


@pytest.mark.parametrize(("entered", "problem"), [("soon", "neither a span"), ("2020-01-01", "is past")])
def test_wrong_use_is_2(run: Run, contract: str, entered: str, problem: str) -> None:
    result = run("device", "issue-id", contract, "--expires", entered)
    assert result.exit_code == 2
    assert problem in result.stderr
