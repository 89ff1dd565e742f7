"""Pages of advice are all there in both languages and in one form; a page of another form is refused with its line."""

import re
from pathlib import Path

import pytest

from alert_rules.advice import ADVICE_DIR, LANGS, AdviceError, Section, advice, parse, problems
from alert_rules.registry import entries
from collectors.text import Lang

RULES_ADVICE = sorted({entry.rule.advice_id for entry in entries().values()})
PAGES = sorted(path.stem for path in (ADVICE_DIR / "ja").glob("*.md"))

GOOD = """# A disk is full

## What it means

Nothing can be saved.

## How urgent

Today.

## What to do

1. Save.
2. Delete
   - what is old

   and nothing else.

## When to call your provider

- It is a server

## How to see that it is mended

There is room.
"""


def test_it_has_a_good_page_in_both_languages_for_every_rule() -> None:
    assert problems(RULES_ADVICE) == []


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", RULES_ADVICE)
def test_it_reads_the_page_that_a_rule_names(name: str, lang: Lang) -> None:
    page = advice(name, lang)

    assert page.title
    assert len(page.steps) >= 3
    assert page.markdown == (ADVICE_DIR / lang / f"{name}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_it_advises_the_same_number_of_steps_in_both_languages(name: str) -> None:
    ja, en = (advice(name, lang) for lang in LANGS)

    assert len(ja.steps) == len(en.steps)
    assert ja.when_to_call.count("\n- ") == en.when_to_call.count("\n- ")


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", PAGES)
def test_it_keeps_pages_short_and_links_only_to_public_bodies(name: str, lang: Lang) -> None:
    text = advice(name, lang).markdown

    assert 15 <= len(text.splitlines()) <= 35
    for host in re.findall(r"https?://([^/\s]+)", text):
        assert host.endswith((".microsoft.com", ".ipa.go.jp", ".jpcert.or.jp"))


@pytest.mark.parametrize("name", PAGES)
def test_it_uses_the_full_japanese_terms(name: str) -> None:
    text = advice(name, "ja").markdown

    assert not re.search(r"(?<!サービス)提供者", text)
    assert not re.search(r"(サーバ|ルータ|プリンタ|フォルダ|ブラウザ)(?!ー)", text)


def test_it_reads_every_section() -> None:
    page = parse(GOOD, "en", "page.md")

    assert page.title == "A disk is full"
    assert page.meaning == "Nothing can be saved."
    assert page.urgency == "Today."
    assert page.steps == ("Save.", "Delete\n- what is old\n\nand nothing else.")
    assert page.when_to_call == "- It is a server"
    assert page.verify == "There is room."
    assert page.markdown == GOOD


def test_it_has_an_attribute_and_two_headings_for_every_section() -> None:
    page = parse(GOOD, "en", "page.md")

    for section in Section:
        assert getattr(page, section)
        assert section.text.ja != section.text.en


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (GOOD, "\n\n", "page.md:1: the page is empty"),
        ("# A disk is full\n", "A disk is full\n", "page.md:1: the page must begin with a title, '# …'"),
        ("# A disk is full\n", "# \n", "page.md:1: the page must begin with a title, '# …'"),
        ("full\n", "full\n\nHello.\n", "page.md:3: this text stands before the first section"),
        (
            "\n## How to see that it is mended\n\nThere is room.\n",
            "",
            "page.md:21: section 'How to see that it is mended' is missing",
        ),
        (GOOD, "# Only a title", "page.md:1: section 'What it means' is missing"),
        (
            "## How urgent\n\nToday.\n\n",
            "",
            "page.md:7: section 'How urgent' must come before 'What to do'",
        ),
        ("## How urgent", "## Why", "page.md:7: a page has no section '## Why'"),
        ("## How urgent", "### How urgent", "page.md:7: a page has no section '### How urgent'"),
        ("## How urgent", "##How urgent", "page.md:7: a page has no section '##How urgent'"),
        ("## How urgent", "## 急ぎ具合", "page.md:7: a page has no section '## 急ぎ具合'"),
        ("## How urgent", "## What it means", "page.md:7: section 'What it means' is there twice"),
        ("Today.", "", "page.md:7: section 'How urgent' is empty"),
        ("There is room.", "", "page.md:23: section 'How to see that it is mended' is empty"),
        ("1. Save.\n", "Save.\n\n1. Save.\n", "page.md:13: what is to be done must be a numbered list, '1. …'"),
        ("1. Save.\n", "- Save.\n", "page.md:13: what is to be done must be a numbered list, '1. …'"),
        ("1. Save.\n", "1.\n", "page.md:13: what is to be done must be a numbered list, '1. …'"),
        ("2. Delete", "3. Delete", "page.md:14: step 3 must have the number 2"),
        ("   and", "and", "page.md:17: what is to be done must be a numbered list, '1. …'"),
    ],
)
def test_it_refuses_a_bad_page_with_its_line(old: str, new: str, told: str) -> None:
    assert old in GOOD
    with pytest.raises(AdviceError) as caught:
        parse(GOOD.replace(old, new), "en", "page.md")

    assert str(caught.value) == told


@pytest.mark.parametrize("name", ["../../pyproject", "Disk", "", "a/b"])
def test_it_refuses_a_name_that_could_lead_elsewhere(name: str) -> None:
    with pytest.raises(AdviceError, match="cannot be the name"):
        advice(name, "en")


def test_it_says_which_page_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "broken.md").write_bytes(b"# \xff")

    with pytest.raises(AdviceError, match=re.escape(f"{tmp_path}/en/nowhere.md: cannot be read")):
        advice("nowhere", "en", tmp_path)
    with pytest.raises(AdviceError, match=re.escape(f"{tmp_path}/en/broken.md: cannot be read")):
        advice("broken", "en", tmp_path)


def japanese(page: str) -> str:
    for section in Section:
        page = page.replace(f"## {section.text.en}\n", f"## {section.text.ja}\n")
    return page


def write(directory: Path, lang: Lang, name: str, page: str) -> None:
    (directory / lang).mkdir(exist_ok=True)
    (directory / lang / f"{name}.md").write_text(page, encoding="utf-8")


def test_it_lists_pages_that_are_missing_or_in_one_language_only_or_named_by_no_rule(tmp_path: Path) -> None:
    for name in ("disk_full", "orphan", "coming"):
        write(tmp_path, "ja", name, japanese(GOOD))
        write(tmp_path, "en", name, GOOD)
    write(tmp_path, "en", "only_english", GOOD)

    assert problems(["disk_full", "only_english", "nowhere"], {"coming"}, tmp_path) == [
        "orphan: no rule names this page of advice",
        "nowhere: there is no page of advice in ja, en",
        "only_english: there is no page of advice in ja",
    ]


def test_it_lists_bad_pages_and_those_whose_steps_differ(tmp_path: Path) -> None:
    write(tmp_path, "ja", "bad", japanese(GOOD))
    write(tmp_path, "en", "bad", GOOD.replace("Today.", ""))
    write(
        tmp_path, "ja", "longer", japanese(GOOD).replace("1. Save.\n", "1. Save.\n2. Rest.\n").replace("2. D", "3. D")
    )
    write(tmp_path, "en", "longer", GOOD)

    assert problems(["bad", "longer"], directory=tmp_path) == [
        f"{tmp_path}/en/bad.md:7: section 'How urgent' is empty",
        "longer: 3 and 2 steps in ja and en",
    ]
