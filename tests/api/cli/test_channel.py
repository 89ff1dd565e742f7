import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.cli import karte
from tests.api.channels.receiver import Receiver, receiving
from tests.api.cli.conftest import Run, RunJson

KEY = "an-example-of-a-signature-key"


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A program of the customer's, on an address that the operator allows."""
    monkeypatch.setenv("KARTE_CHANNEL_ALLOW", "127.0.0.1")
    with receiving() as running:
        yield running


@pytest.fixture
def secrets(tmp_path: Path, receiver: Receiver) -> list[str]:
    """The options that name the files with a webhook's secrets."""
    url, key = tmp_path / "url", tmp_path / "key"
    url.write_text(receiver.url + "\n")
    key.write_text(KEY)
    return ["--secret", f"url={url}", "--secret", f"key={key}"]


@pytest.fixture
def webhook(run_json: RunJson, contract: str, secrets: list[str]) -> str:
    """Public id of a channel that leads to the receiver."""
    made: str = run_json("channel", "add", contract, "webhook", "--name", "受付の画面", *secrets)["id"]
    return made


def stored(tmp_path: Path) -> bytes:
    """Return all that the database's files hold."""
    files = sorted((tmp_path / "data").glob("karte.db*"))
    return b"".join(each.read_bytes() for each in files)


def test_it_lists_the_kinds_and_what_each_needs(run: Run, run_json: RunJson) -> None:
    kinds = [
        row["kind"] for row in json.loads(CliRunner().invoke(karte, ["channel", "kinds", "--format", "json"]).stdout)
    ]
    assert kinds[0] == "mail"
    assert {"slack", "teams", "google_chat", "chatwork", "line_works", "line", "webhook", "apprise"} <= set(kinds)
    for kind in kinds:
        shown = CliRunner().invoke(karte, ["channel", "kinds", kind, "--lang", "en"])
        assert (shown.exit_code, "required" in shown.stdout) == (0, True), kind
    hint = CliRunner().invoke(karte, ["channel", "kinds", "webhook", "--lang", "ja"]).stdout
    assert "--secret key=FILE  署名の鍵（必須）" in hint


def test_it_adds_a_channel_and_hides_its_secrets(
    run: Run, run_json: RunJson, tmp_path: Path, contract: str, secrets: list[str]
) -> None:
    made = run("channel", "add", contract, "webhook", "--name", "受付の画面", *secrets)
    assert made.exit_code == 0, made.output
    assert "is set up" in made.stdout
    assert "next: karte channel test ch-" in made.stdout
    (row,) = run_json("channel", "list", contract)
    assert (row["kind"], row["name"], row["enabled"], row["min_severity"]) == ("webhook", "受付の画面", True, "info")
    shown = run("channel", "show", row["id"]).stdout
    assert "••••" in shown
    for text in (shown, json.dumps(run_json("channel", "show", row["id"])), stored(tmp_path).decode("latin-1")):
        assert KEY not in text
        assert "/hook" not in text


def test_secrets_come_from_standard_input_too(run: Run, run_json: RunJson, tmp_path: Path, contract: str) -> None:
    url = tmp_path / "url"
    url.write_text("https://hooks.example.jp/karte")
    made = run("channel", "add", contract, "webhook", "--secret", f"url={url}", "--secret", "key=-", stdin=KEY + "\n")
    assert made.exit_code == 0, made.output


def test_a_secret_is_not_taken_as_an_argument(run: Run, contract: str) -> None:
    for option, code, told in (("--set", 2, "give it as --secret key=FILE"), ("--secret", 1, "cannot be read")):
        refused = run("channel", "add", contract, "webhook", option, f"key={KEY}")
        assert (refused.exit_code, told in refused.stderr) == (code, True)
        assert KEY not in refused.output


def test_it_sends_a_test_message_and_keeps_the_outcome(
    run: Run, run_json: RunJson, webhook: str, receiver: Receiver
) -> None:
    told = run("channel", "test", webhook)
    assert told.exit_code == 0, told.output
    (body,) = receiver.bodies
    sent = json.loads(body)
    assert (sent["subject"], sent["lang"]) == ("[テスト] 山田商事: 通知のテスト", "ja")
    shown = run_json("channel", "show", webhook)
    assert shown["tested_at"] is not None
    assert shown["outcome"] == "sent"


def test_it_says_why_a_test_message_did_not_arrive(
    run: Run, run_json: RunJson, webhook: str, receiver: Receiver
) -> None:
    receiver.status = 404
    told = run("channel", "test", webhook, lang="ja")
    assert told.exit_code == 1
    assert told.stderr.startswith("エラー: 受付の画面（ch-")
    assert "404" in told.stderr
    assert receiver.url not in told.output
    assert "404" in run_json("channel", "list")[0]["outcome"]


def test_an_inner_address_is_refused_unless_the_operator_allows_it(
    run: Run, monkeypatch: pytest.MonkeyPatch, contract: str, secrets: list[str], receiver: Receiver
) -> None:
    monkeypatch.delenv("KARTE_CHANNEL_ALLOW")
    refused = run("channel", "add", contract, "webhook", *secrets)
    assert refused.exit_code == 1
    assert "KARTE_CHANNEL_ALLOW" in refused.stderr
    assert run("channel", "list").stdout.startswith("no channel yet")
    assert receiver.bodies == []


def test_what_was_allowed_once_is_judged_anew_at_every_message(
    run: Run, monkeypatch: pytest.MonkeyPatch, webhook: str, receiver: Receiver
) -> None:
    monkeypatch.delenv("KARTE_CHANNEL_ALLOW")
    assert run("channel", "test", webhook).exit_code == 1
    assert receiver.bodies == []


def test_it_switches_a_channel_off_and_on(run: Run, run_json: RunJson, webhook: str) -> None:
    assert run("channel", "disable", webhook).exit_code == 0
    assert run_json("channel", "show", webhook)["enabled"] is False
    assert run("channel", "enable", webhook.upper()).exit_code == 0
    assert run_json("channel", "show", webhook)["enabled"] is True


def test_it_removes_a_channel_with_its_record(run: Run, run_json: RunJson, tmp_path: Path, webhook: str) -> None:
    file = sqlite3.connect(tmp_path / "data" / "karte.db")
    with file:
        (row,) = file.execute("SELECT id FROM channel").fetchone()
        file.execute(
            "INSERT INTO delivery (public_id, channel_id, kind, note, state, created_at, due_at, attempts, why, why_en,"
            " reference) VALUES ('m-1', ?, 'urgent', '', 'sent', '2026-03-01', '2026-03-01', 1, '', '', '')",
            (row,),
        )
    assert "is removed" in run("channel", "remove", webhook).stdout
    assert run_json("channel", "list") == []
    assert file.execute("SELECT count(*) FROM delivery").fetchone() == (0,)
    file.close()


def test_a_new_key_takes_over_once_all_is_encrypted_anew(
    run: Run, monkeypatch: pytest.MonkeyPatch, webhook: str, receiver: Receiver
) -> None:
    monkeypatch.setenv("KARTE_ENCRYPTION_KEY", "the first key of its own")
    assert run("channel", "rekey").stdout == "1 encrypted anew\n"
    assert run("channel", "test", webhook).exit_code == 0
    monkeypatch.setenv("KARTE_ENCRYPTION_KEY", "the second one")
    refused = run("channel", "test", webhook)
    assert (refused.exit_code, "KARTE_ENCRYPTION_KEY" in refused.stderr) == (1, True)
    assert f"no key opens the secrets of {webhook}" in run("channel", "rekey").stderr
    monkeypatch.setenv("KARTE_ENCRYPTION_KEY", "the second one, the first key of its own")
    assert run("channel", "test", webhook).exit_code == 0
    assert run("channel", "rekey").exit_code == 0
    monkeypatch.setenv("KARTE_ENCRYPTION_KEY", "the second one")
    assert run("channel", "test", webhook).exit_code == 0
    assert len(receiver.bodies) == 3


@pytest.mark.parametrize(
    ("arguments", "exit_code", "problem"),
    [
        (["add", "c-x", "webhook"], 1, "there is no contract c-x"),
        (["add", "CONTRACT", "pigeon"], 1, "there is no such kind of channel; there are mail, slack"),
        (["add", "CONTRACT", "webhook"], 1, "(url) is missing"),
        (["add", "CONTRACT", "webhook", "--set", "colour=red"], 1, "there is no field colour"),
        (["add", "CONTRACT", "webhook", "--set", "colour"], 2, "--set takes FIELD=VALUE"),
        (["add", "CONTRACT", "webhook", "--secret", "url=/nowhere"], 1, "the file of --secret url cannot be read"),
        (["add", "CONTRACT", "webhook", "--secret", "url=-", "--secret", "key=-"], 2, "only one value"),
        (["add", "CONTRACT", "webhook", "--set", "a=1", "--set", "a=2"], 2, "--set a is given twice"),
        (["kinds", "pigeon"], 1, "there is no such kind of channel"),
        (["show", "ch-x"], 1, "there is no channel ch-x; `karte channel list` names them"),
        (["test", "ch-x"], 1, "there is no channel ch-x"),
        (["enable", "ch-x"], 1, "there is no channel ch-x"),
        (["remove", "ch-x"], 1, "there is no channel ch-x"),
        (["list", "c-x"], 1, "there is no contract c-x"),
    ],
)
def test_it_says_what_is_wrong(run: Run, contract: str, arguments: list[str], exit_code: int, problem: str) -> None:
    given = [contract if each == "CONTRACT" else each for each in arguments]
    if arguments[0] == "kinds":
        result = CliRunner().invoke(karte, ["channel", *given, "--lang", "en"])
    else:
        result = run("channel", *given)
    assert (result.exit_code, problem in result.stderr) == (exit_code, True), result.output
