import pytest

from tests.api.cli.conftest import Run, RunJson


def test_it_notes_changes_and_removes_a_licence(run: Run, run_json: RunJson, contract: str) -> None:
    made = run_json("licence", "add", contract, "Example Office*", "5", "--note", "契約書 12")
    assert (made["product"], made["owned"], made["installed"], made["short_by"]) == ("Example Office*", 5, 0, None)
    result = run("licence", "set", contract, made["id"], "--owned", "7", "--version", "2024*")
    assert (result.exit_code, "installed 0 of 7 owned" in result.stdout) == (0, True)
    (row,) = run_json("licence", "list", contract)
    assert (row["owned"], row["version"], row["note"]) == (7, "2024*", "契約書 12")
    assert "is removed" in run("licence", "remove", contract, made["id"]).stdout
    assert run_json("licence", "list", contract) == []


def test_a_licence_of_another_contract_is_not_found(run: Run, run_json: RunJson, contract: str) -> None:
    other: str = run_json("contract", "create", "鈴木医院", "--prefecture", "東京都")["id"]
    made = run_json("licence", "add", contract, "X", "1")
    for command in (("set", other, made["id"], "--owned", "9"), ("remove", other, made["id"])):
        result = run("licence", *command)
        assert (result.exit_code, "there is no licence" in result.stderr) == (1, True)


@pytest.mark.parametrize("arguments", [("", "1"), ("X", "-1"), ("X", "many"), ("X\u202e", "1"), ("X", "9999999")])
def test_it_refuses_what_cannot_be(run: Run, contract: str, arguments: tuple[str, str]) -> None:
    assert run("licence", "add", contract, "--", *arguments).exit_code in (1, 2)


def test_it_says_what_comes_first(run: Run, contract: str) -> None:
    assert f"karte licence add {contract}" in run("licence", "list", contract).stdout
