import re
from pathlib import Path

import pytest

from api.db import open_database
from api.identity.accounts import find_user
from api.identity.passwords import password_matches
from tests.api.cli.conftest import Run, RunJson


def opens(tmp_path: Path, name: str, password: str) -> bool:
    database = open_database(f"sqlite:///{tmp_path / 'data' / 'karte.db'}")
    with database.reading() as session:
        person = find_user(session, name)
        assert person is not None
        matched = password_matches(person.password_hash, password)
    database.close()
    return matched


def shown_password(output: str) -> str:
    found = re.search(r"^password, shown this once: (\S+)$", output, re.MULTILINE)
    assert found
    return found[1]


def test_it_makes_staff_with_a_password_that_is_shown_once(run: Run, run_json: RunJson, tmp_path: Path) -> None:
    result = run("user", "create", "Boss")
    assert result.exit_code == 0
    assert "user boss (staff) made; sees all contracts" in result.stdout
    assert "/login" in result.stdout
    assert opens(tmp_path, "boss", shown_password(result.stdout))
    (row,) = run_json("user", "list")
    assert (row["username"], row["role"], row["contract"], row["disabled_at"]) == ("boss", "staff", None, None)
    assert "password" not in row


def test_it_makes_a_customer_of_a_contract(run: Run, run_json: RunJson, contract: str) -> None:
    result = run("user", "create", "taro@example.jp", "--contract", contract, "--language", "en")
    assert f"user taro@example.jp (customer, representative) made; sees contract {contract} (山田商事)" in result.stdout
    (row,) = run_json("user", "list")
    assert (row["role"], row["contract"], row["language"]) == ("customer", contract, "en")


def test_it_takes_the_password_from_a_file_or_asks(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("パスワードは長いほうがよい\n", encoding="utf-8")
    from_file = run("user", "create", "one", "--password-file", str(file))
    assert from_file.exit_code == 0
    assert "shown" not in from_file.stdout
    assert opens(tmp_path, "one", "パスワードは長いほうがよい")
    asked = run("user", "create", "two", "--prompt", stdin="a long password\na long password\n")
    assert asked.exit_code == 0
    assert "a long password" not in asked.output
    assert opens(tmp_path, "two", "a long password")
    piped = run("user", "create", "three", "--password-file", "-", stdin="another long password\n")
    assert piped.exit_code == 0
    assert opens(tmp_path, "three", "another long password")


def test_a_reset_replaces_the_password(run: Run, tmp_path: Path) -> None:
    first = shown_password(run("user", "create", "boss").stdout)
    result = run("user", "reset-password", "BOSS")
    assert "all their sessions have ended" in result.stdout
    second = shown_password(result.stdout)
    assert not opens(tmp_path, "boss", first)
    assert opens(tmp_path, "boss", second)


def test_it_disables(run: Run, run_json: RunJson) -> None:
    run("user", "create", "boss")
    assert run("user", "disable", "boss").exit_code == 0
    assert run_json("user", "list")[0]["disabled_at"] is not None


@pytest.mark.parametrize(
    ("arguments", "code", "problem"),
    [
        (["create", "boss"], 1, "there is a user boss already"),
        (["create", " "], 1, "needs 1 to 254 characters"),
        (["create", "x", "--contract", "c-x"], 1, "there is no contract c-x"),
        (["reset-password", "nobody"], 1, "there is no user nobody"),
        (["disable", "nobody"], 1, "there is no user nobody"),
        (["create", "x", "--role", "customer"], 2, "a customer needs --contract"),
        (["create", "x", "--role", "staff", "--contract", "c-x"], 2, "staff see all contracts"),
        (["create", "x", "--role", "king"], 2, "'king' is not one of"),
        (["create", "x", "--prompt", "--password-file", "-"], 2, "exclude each other"),
        (["create", "x", "--password-file", "/nowhere"], 2, "No such file"),
    ],
)
def test_it_says_what_is_wrong(run: Run, arguments: list[str], code: int, problem: str) -> None:
    run("user", "create", "boss")
    result = run("user", *arguments)
    assert (result.exit_code, problem in result.stderr) == (code, True)


def test_a_short_password_is_refused_without_showing_it(run: Run, run_json: RunJson) -> None:
    result = run("user", "create", "x", "--password-file", "-", stdin="hunter2\n")
    assert result.exit_code == 1
    assert "12 to 200 characters; this one has 7" in result.stderr
    assert "hunter2" not in result.output
    assert run_json("user", "list") == []


def test_a_person_has_a_position_and_an_address(run: Run, run_json: RunJson, contract: str) -> None:
    run(
        "user",
        "create",
        "hanako",
        "--contract",
        contract,
        "--position",
        "it_staff",
        "--person",
        "佐藤 花子",
        "--email",
        "H@example.jp",
    )
    (row,) = run_json("user", "list")
    assert (row["position"], row["person"], row["email"]) == ("it_staff", "佐藤 花子", "h@example.jp")
    again = run("user", "create", "other", "--contract", contract, "--email", "h@EXAMPLE.jp")
    assert (again.exit_code, "one ID is for one person" in again.stderr) == (1, True)
    assert run("user", "create", "x", "--position", "it_staff").exit_code == 2


def test_an_id_passes_to_another_person(run: Run, run_json: RunJson, contract: str, tmp_path: Path) -> None:
    first = shown_password(run("user", "create", "taro", "--contract", contract, "--person", "山田 太郎").stdout)
    result = run(
        "user", "change-person", "taro", "--username", "jiro", "--person", "田中 次郎", "--position", "it_staff"
    )
    assert "open nothing any more" in result.stdout
    assert opens(tmp_path, "jiro", shown_password(result.stdout))
    assert not opens(tmp_path, "jiro", first)
    (row,) = run_json("user", "list")
    assert (row["username"], row["person"], row["position"]) == ("jiro", "田中 次郎", "it_staff")
    assert run("user", "change-person", "jiro").exit_code == 2


def test_who_was_disabled_is_let_in_again(run: Run, run_json: RunJson) -> None:
    run("user", "create", "boss")
    run("user", "disable", "boss")
    assert run("user", "enable", "boss").exit_code == 0
    assert run("user", "remove-second-factor", "boss").exit_code == 0
    assert run_json("user", "list")[0]["disabled_at"] is None
