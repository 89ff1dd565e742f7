from datetime import timedelta
from pathlib import Path

import pytest

from api.models.base import service_day, utc_now
from tests.api.cli.conftest import Run, RunJson

PERIOD = 14


def day(ahead: int) -> str:
    return (service_day(utc_now()) + timedelta(days=ahead)).isoformat()


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    return write(tmp_path, "common")


def write(place: Path, kind: str, word: str = "目的") -> list[str]:
    texts = {"ja": f"# {kind}規約\n\n## 第1条（{word}）\n\n本文\n", "en": f"# Terms {kind}\n\n## Article 1 ({word})\n"}
    for lang, text in texts.items():
        (place / f"{kind}.{lang}.md").write_text(text, encoding="utf-8")
    return [str(place / f"{kind}.{lang}.md") for lang in texts]


def test_it_publishes_several_at_once_and_says_who_is_told(
    run: Run, run_json: RunJson, contract: str, tmp_path: Path
) -> None:
    paths = [*write(tmp_path, "common"), *write(tmp_path, "service")]
    result = run("terms", "publish", *paths, "--effective", day(PERIOD))
    assert result.exit_code == 0, result.output
    assert 'Terms of this service "Terms service", version 1' in result.stdout
    assert "2 notices to contracts" in result.stdout
    rows = run_json("terms", "list")
    assert [(row["kind"], row["version"], row["standing"]) for row in rows] == [
        ("service", 1, "upcoming"),
        ("common", 1, "upcoming"),
    ]
    assert rows[0]["effective_on"] == day(PERIOD)


def test_a_date_that_is_too_early_is_refused_in_one_line(run: Run, contract: str, files: list[str]) -> None:
    result = run("terms", "publish", *files, "--effective", day(PERIOD - 1))
    assert result.exit_code == 1
    assert f"at least 14 days before it takes effect: {day(PERIOD)} or later" in result.stderr


def test_one_text_that_cannot_be_used_leaves_all_unpublished(run: Run, run_json: RunJson, tmp_path: Path) -> None:
    paths = [*write(tmp_path, "common"), *write(tmp_path, "basic")]
    Path(paths[3]).write_text("# Basic\n\n", encoding="utf-8")
    assert run("terms", "publish", *paths, "--effective", day(0)).exit_code == 1
    assert run_json("terms", "list") == []


@pytest.mark.parametrize(
    ("names", "word"),
    [
        (["common.ja.md"], "common.en.md is missing"),
        (["terms.ja.md", "terms.en.md"], "KIND being one of"),
        (["common.ja.md", "common.ja.txt", "common.en.md"], "KIND being one of"),
        (["common.fr.md", "common.ja.md"], "KIND being one of"),
    ],
)
def test_files_are_known_by_their_names(run: Run, tmp_path: Path, names: list[str], word: str) -> None:
    for name in names:
        (tmp_path / name).write_text("# T\n\nx\n", encoding="utf-8")
    result = run("terms", "publish", *(str(tmp_path / name) for name in names), "--effective", day(0))
    assert result.exit_code == 2
    assert word in result.stderr


@pytest.mark.parametrize("content", [b"no title\n", b"\xff\xfe\x00", b""])
def test_a_file_that_is_no_text_with_a_title_is_named(run: Run, tmp_path: Path, content: bytes) -> None:
    paths = write(tmp_path, "common")
    Path(paths[0]).write_bytes(content)
    result = run("terms", "publish", *paths, "--effective", day(0))
    assert result.exit_code == 1
    assert "common.ja.md" in result.stderr


def test_it_shows_what_is_in_force_in_the_language_of_the_call(run: Run, tmp_path: Path, files: list[str]) -> None:
    run("terms", "publish", *files, "--effective", day(0))
    run("terms", "publish", *write(tmp_path, "common", "改定"), "--effective", day(30))
    assert "# Terms common\n\nversion 1, in force from" in run("terms", "show", "common").stdout
    assert "第1条（改定）" in run("terms", "show", "common", "--version", "2", lang="ja").stdout
    missing = run("terms", "show", "basic")
    assert (missing.exit_code, "no version in force of basic terms" in missing.stderr) == (1, True)


def test_acceptance_on_paper_lets_a_contract_begin(
    run: Run, run_json: RunJson, tmp_path: Path, files: list[str]
) -> None:
    run("terms", "publish", *files, *write(tmp_path, "basic"), "--effective", day(0))
    draft: str = run_json("contract", "create", "田中医院", "--prefecture", "東京都", "--draft")["id"]
    refused = run("contract", "activate", draft)
    assert (refused.exit_code, "not accepted" in refused.stderr) == (1, True)
    result = run("terms", "accept", draft, "--by", "田中 一郎")
    assert result.exit_code == 0, result.output
    assert "Terms basic, version 1: accepted by 田中 一郎" in result.stdout
    assert f"karte contract activate {draft}" in result.stdout
    assert run("contract", "activate", draft).exit_code == 0
    rows = run_json("terms", "list", draft)
    assert {(row["acceptance"], row["accepted_by"]) for row in rows} == {("paper", "田中 一郎")}
    assert "nothing is missing" in run("terms", "accept", draft, "--by", "田中 一郎").stdout


def test_it_names_terms_that_there_are_not(run: Run, contract: str) -> None:
    result = run("terms", "accept", contract, "--by", "田中", "--document", "t-0000000000")
    assert (result.exit_code, "no terms t-0000000000 concern this contract" in result.stderr) == (1, True)
    assert run("terms", "accept", contract, "--by", "a\u202eb").exit_code == 1
