"""The staff commands in Japanese, and what is the same in every language."""

import re
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from api.cli import karte
from tests.api.cli.conftest import Run

JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")
STAFF_GROUPS = (
    "contract",
    "notice",
    "transfer",
    "terms",
    "licence",
    "privacy",
    "audit",
    "device",
    "read-token",
    "api-token",
    "user",
    "report",
)


def staff_commands() -> Iterator[tuple[str, click.Command]]:
    context = click.Context(karte)
    for name in STAFF_GROUPS:
        group = karte.get_command(context, name)
        assert isinstance(group, click.Group)
        yield name, group
        for each, command in group.commands.items():
            yield f"{name} {each}", command


def test_it_makes_a_contract_in_japanese(run: Run) -> None:
    result = run("contract", "create", "山田商事", "--prefecture", "大阪", "--extra-devices", "2", lang="ja")
    first, site, option, quota, _probes, follow = result.stdout.splitlines()
    contract_id = first.split()[1].split("（")[0]
    assert first == f"契約 {contract_id}（山田商事）: 有効"
    assert site.startswith("拠点 s-")
    assert "対象機器の追加 +2（" in option
    assert quota == "対象機器: 12台中0台を登録（あと12台）"
    assert follow.startswith(f"次に: karte device issue-id {contract_id} --data-dir ")
    assert result.stderr.startswith("データベース ")


def test_a_table_has_japanese_headings_and_words(run: Run, contract: str) -> None:
    head, row = run("contract", "list", lang="ja").stdout.splitlines()
    assert head.split() == ["ID", "名前", "状態", "登録台数", "契約台数", "作成日時"]
    assert row.split()[:5] == [contract, "山田商事", "有効", "0", "10"]


def test_json_is_the_same_in_every_language(run: Run, contract: str) -> None:
    in_japanese, in_english = (
        run("contract", "show", contract, "--format", "json", lang=lang) for lang in ("ja", "en")
    )
    assert in_japanese.stdout == in_english.stdout
    assert '"state": "active"' in in_japanese.stdout


def test_it_issues_and_revokes_in_japanese(run: Run, contract: str) -> None:
    issued = run("device", "issue-id", contract, "--uses", "3", lang="ja").stdout
    assert "コードの表示は今回だけです" in issued
    assert "登録できるもの: pc、server、nas、3台まで。期限: " in issued
    assert run("device", "list", lang="ja").stdout.startswith("機器はまだありません\n次に: karte device issue-id")


def test_it_makes_a_user_in_japanese(run: Run) -> None:
    made = run("user", "create", "boss", lang="ja").stdout
    assert "ユーザー boss（スタッフ）を登録しました。すべての契約を見られます" in made
    assert re.search(r"^パスワード（表示は今回だけ）: \S+$", made, re.MULTILINE)
    asked = run("user", "create", "two", "--prompt", stdin="a long password\na long password\n", lang="ja").output
    assert "パスワード: " in asked
    assert "もう一度: " in asked
    assert "スタッフ" in run("user", "list", lang="ja").stdout


@pytest.mark.parametrize(
    ("arguments", "code", "problem"),
    [
        (["contract", "show", "c-x"], 1, "契約 c-x はありません。karte contract list で確認してください"),
        (["contract", "create", "\u3000"], 1, "顧客の名前が空です"),
        (["device", "revoke", "d-x"], 1, "機器 d-x はありません。karte device list で確認してください"),
        (["user", "disable", "x"], 1, "ユーザー x はいません。karte user list で確認してください"),
        (["report", "list"], 1, "ではまだ何も起動されていません。karte up で起動してください"),
    ],
)
def test_a_failure_is_one_japanese_line(run: Run, arguments: list[str], code: int, problem: str) -> None:
    run("contract", "list")
    result = run(*arguments, lang="ja")
    assert result.exit_code == code
    assert result.stderr.startswith("エラー: ")
    assert result.stderr.endswith(f"{problem}\n")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["contract", "create", "x", "--prefecture", "California"], "California は日本の都道府県ではありません"),
        (["device", "issue-id", "c-x", "--expires", "soon"], "soon は期間（12h、14d）でも日付"),
        (["user", "create", "x", "--role", "customer"], "お客様には --contract が必要です"),
        (["report", "build", "--contract", "c-x", "--month", "2999-01"], "2999-01 はまだ始まっていません"),
    ],
)
def test_wrong_use_says_how_to_call_it_in_japanese(run: Run, arguments: list[str], problem: str) -> None:
    result = run(*arguments, lang="ja")
    assert result.exit_code == 2
    assert f"使い方の詳細: karte {arguments[0]} {arguments[1]} --help" in result.stderr
    assert f"エラー: {problem}" in result.stderr or f"エラー: --month: {problem}" in result.stderr


def test_a_refused_change_names_the_state_in_japanese(run: Run, contract: str) -> None:
    result = run("contract", "resume", contract, lang="ja")
    assert result.stderr == f"エラー: 契約 {contract} は「有効」のため、再開できません\n"
    result = run("contract", "suspend", contract, lang="ja")
    assert "エラー: --reason に規約の理由が必要です: " in result.stderr
    assert "unpaid_fees 料金の未払い" in result.stderr


def test_the_locale_decides_where_no_language_is_named(
    run: Run, contract: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGUAGE", "en_US.UTF-8")
    assert run("contract", "list", lang=None).stdout.startswith("ID ")
    monkeypatch.setenv("LANGUAGE", "C")
    assert "状態" in run("contract", "list", lang=None).stdout.splitlines()[0]


@pytest.mark.parametrize(("name", "command"), [*staff_commands()])
def test_every_help_text_is_in_both_languages(name: str, command: click.Command) -> None:
    texts = [command.help or "", *(p.help or "" for p in command.params if isinstance(p, click.Option))]
    for text in (" ".join(part.split()) for whole in texts for part in whole.strip().split("\n\n")):
        ja, slash, en = text.partition(" / ")
        assert slash, text
        assert JAPANESE.search(ja), text
        assert not JAPANESE.search(en), text


@pytest.mark.parametrize(
    ("name", "command"), [each for each in staff_commands() if " " in each[0] and not isinstance(each[1], click.Group)]
)
def test_every_command_takes_a_language(name: str, command: click.Command) -> None:
    assert "--lang" in [option for parameter in command.params for option in parameter.opts]


def test_the_list_of_groups_is_in_both_languages() -> None:
    listed = CliRunner().invoke(karte, ["--help"]).output
    assert "契約と拠点 / contracts and their sites" in listed
