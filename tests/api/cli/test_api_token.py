import pytest

from tests.api.cli.conftest import Run, RunJson


@pytest.fixture
def boss(run: Run) -> str:
    run("user", "create", "boss")
    return "boss"


def test_it_issues_lists_rotates_and_revokes(run: Run, run_json: RunJson, boss: str) -> None:
    made = run_json("api-token", "issue", boss, "--label", "請求", "--scope", "contracts:read", "--scope", "users:read")
    assert made["token"].startswith("okb_")
    assert made["scopes"] == "contracts:read users:read"
    new = run_json("api-token", "rotate", made["id"], "--overlap", "2h")
    assert new["token"] != made["token"]
    assert run("api-token", "revoke", made["id"]).exit_code == 0
    rows = run_json("api-token", "list")
    assert [(row["id"], row["revoked_at"] is None) for row in rows] == [(made["id"], False), (new["id"], True)]
    assert made["token"] not in str(rows)


def test_it_shows_the_token_once_and_says_how_to_send_it(run: Run, boss: str) -> None:
    said = run("api-token", "issue", boss, "--label", "x", "--scope", "contracts:read").stdout
    assert said.count("okb_") == 1
    assert "Authorization: Bearer TOKEN" in said


@pytest.mark.parametrize(
    ("arguments", "code", "problem"),
    [
        (["issue", "nobody", "--label", "x", "--scope", "privacy"], 1, "there is no user nobody"),
        (["issue", "boss", "--label", "x", "--scope", "session"], 2, "is not one of"),
        (["issue", "boss", "--label", "x", "--scope", "privacy", "--expires", "800d"], 1, "within 366 days"),
        (["revoke", "at-x"], 1, "there is no API token at-x"),
    ],
)
def test_it_says_what_is_wrong(run: Run, boss: str, arguments: list[str], code: int, problem: str) -> None:
    result = run("api-token", *arguments)
    assert (result.exit_code, problem in result.stderr) == (code, True), result.stderr
