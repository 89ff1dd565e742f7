import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from collectors.probe.cli import probe
from tests.collectors.probe.conftest import _AUTH_KEY, _PRIV_KEY, Snmpsim


def run(*arguments: str, env: dict[str, str] | None = None, typed: str = "") -> Result:
    return CliRunner().invoke(probe, ["printer", *arguments], env=env, input=typed)


def test_it_prints_json(snmpsim: Snmpsim) -> None:
    result = run(f"127.0.0.1:{snmpsim.port}", "--community", "mfp_color", "--json")
    assert result.exit_code == 0
    document = json.loads(result.output)
    assert document["system"]["serial"] == "3089X900123"
    assert document["supplies"][0]["percent"] == 80.0
    assert "シアントナー" in result.output


@pytest.mark.parametrize(("lang", "word"), [("ja", "残りあり（量は不明）"), ("en", "some left")])
def test_it_prints_a_table_for_people(snmpsim: Snmpsim, lang: str, word: str) -> None:
    result = run(f"127.0.0.1:{snmpsim.port}", "--community", "mfp_color", "--lang", lang)
    assert result.exit_code == 0
    assert re.search(r"シアントナー +20 % ", result.output)
    assert word in result.output


def test_it_takes_secrets_from_environment_file_and_prompt(snmpsim: Snmpsim, tmp_path: Path) -> None:
    address = f"127.0.0.1:{snmpsim.port}"
    assert run(address, "--json", env={"KARTE_SNMP_COMMUNITY": "mfp_color"}).exit_code == 0
    secret = tmp_path / "community"
    secret.write_text("mfp_color\n")
    assert run(address, "--community-file", str(secret)).exit_code == 0
    assert run(address, env={"KARTE_SNMP_COMMUNITY_FILE": str(secret)}).exit_code == 0
    assert run(address, "--community", "-", typed="mfp_color\n").exit_code == 0


def test_it_speaks_version_3_with_secrets_from_the_environment(snmpsim: Snmpsim) -> None:
    options = ["--snmp-version", "3", "--user", "encrypting", "--context-name", "mfp_color", "--json"]
    keys = {"KARTE_SNMP_AUTH_KEY": _AUTH_KEY, "KARTE_SNMP_PRIV_KEY": _PRIV_KEY}
    result = run(f"127.0.0.1:{snmpsim.port}", *options, env=keys)
    assert json.loads(result.output)["system"]["serial"] == "3089X900123"


@pytest.mark.parametrize(
    "options",
    [
        ["--user", "encrypting", "--auth-key", "a wrong pass phrase", "--priv-key", _PRIV_KEY],
        ["--user", "encrypting", "--auth-key", _AUTH_KEY, "--priv-key", "a wrong pass phrase"],
        ["--user", "nobody", "--auth-key", _AUTH_KEY],
        ["--user", "encrypting"],
    ],
)
def test_it_says_that_access_was_refused(snmpsim: Snmpsim, options: list[str]) -> None:
    result = run(
        f"127.0.0.1:{snmpsim.port}", "--snmp-version", "3", "--context-name", "mfp_color", "--lang", "en", *options
    )
    assert result.exit_code == 1
    assert "refused the SNMPv3 user or a key" in result.output
    assert "Traceback" not in result.output


def test_it_says_that_a_wrong_community_looks_like_silence(snmpsim: Snmpsim) -> None:
    result = run(
        f"127.0.0.1:{snmpsim.port}", "--community", "wrong", "--timeout", "0.1", "--retries", "0", "--lang", "en"
    )
    assert result.exit_code == 1
    assert "the community is wrong" in result.output


@pytest.mark.parametrize(
    "arguments",
    [
        ["not an address"],
        ["printer", "--snmp-version", "3"],
        ["printer", "--snmp-version", "4"],
        ["printer", "--timeout", "0"],
        ["printer", "--retries", "-1"],
        [],
    ],
)
def test_it_tells_wrong_use_apart(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "japanese", "english"),
    [
        (["127.0.0.1:1", "--timeout", "0.1", "--retries", "0"], "応答がありません", "did not answer"),
        (["printer.invalid"], "解決できません", "cannot resolve"),
        (["not an address"], "どれでもありません", "is not HOST"),
        (["printer:0"], "範囲にありません", "is not between"),
        (["printer", "--timeout", "0"], "0より大きく", "is not more than 0"),
        (["printer", "--snmp-version", "3"], "ユーザー名が必要です", "needs a user name"),
        (["printer", "--snmp-version", "3", "--user", "m", "--auth-key", "x"], "認証の鍵は8文字以上", "auth key must"),
    ],
)
@pytest.mark.parametrize("kind", ["printer", "device"])
def test_it_says_what_is_wrong_in_the_language_asked_for(
    kind: str, arguments: list[str], japanese: str, english: str
) -> None:
    for lang, head, words in (("ja", "エラー: ", japanese), ("en", "Error: ", english)):
        last = CliRunner().invoke(probe, [kind, *arguments, "--lang", lang]).output.splitlines()[-1]
        assert last.startswith(head)
        assert words in last
