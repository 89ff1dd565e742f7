"""What to do about a finding: a page in each language, `advice/{ja,en}/NAME.md`, in a form that is always the same.

A page is a title and five sections in the order of `Section`; what is to be done is a numbered list. Sections hold
Markdown: paragraphs, bullets, bare addresses.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final, get_args

from collectors.text import Lang, Text

ADVICE_DIR: Final = Path(__file__).parent / "advice"
LANGS: Final[tuple[Lang, ...]] = get_args(Lang)

_NAME = re.compile(r"[a-z][a-z0-9_]{2,39}")
_STEP = re.compile(r"([0-9]+)\. +(.*)")


class AdviceError(Exception):
    """A page of advice cannot be used; the message says where and why."""


class Section(StrEnum):
    """The sections of a page, in their order; named as the attributes of `Advice`."""

    MEANING = "meaning"
    URGENCY = "urgency"
    STEPS = "steps"
    WHEN_TO_CALL = "when_to_call"
    VERIFY = "verify"

    @property
    def text(self) -> Text:
        """The section's heading."""
        return _HEADINGS[self]


_HEADINGS = {
    Section.MEANING: Text("意味", "What it means"),
    Section.URGENCY: Text("急ぎ具合", "How urgent"),
    Section.STEPS: Text("対処の手順", "What to do"),
    Section.WHEN_TO_CALL: Text("相談するとき", "When to call your provider"),
    Section.VERIFY: Text("直ったことの確認", "How to see that it is mended"),
}


@dataclass(frozen=True, slots=True)
class Advice:
    """A page of advice in one language. All texts are Markdown.

    Attributes:
        title: a headline, plain text.
        meaning: what has been found, and what may come of it.
        urgency: how soon to act.
        steps: what to do, in this order; without numbers.
        when_to_call: when to call the provider.
        verify: how to see that it is mended.
        markdown: the whole page.
    """

    title: str
    meaning: str
    urgency: str
    steps: tuple[str, ...]
    when_to_call: str
    verify: str
    markdown: str


@cache
def advice(name: str, lang: Lang, directory: Path = ADVICE_DIR) -> Advice:
    """Return the page that a rule names as `Rule.advice_id`.

    Raises:
        AdviceError: there is no such page, or it does not have the form.
    """
    if not _NAME.fullmatch(name):
        raise AdviceError(f"{name!r} cannot be the name of a page of advice")
    path = directory / lang / f"{name}.md"
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise AdviceError(f"{path}: cannot be read: {error}") from None
    return parse(text, lang, str(path))


def problems(names: Iterable[str], also: Collection[str] = (), directory: Path = ADVICE_DIR) -> list[str]:
    """List what is wrong with the pages, one line each; empty if all is well.

    Args:
        names: the pages that rules name.
        also: pages that may be there although no rule names them.
        directory: where the pages are.
    """
    wanted = set(names)
    pages = {lang: {path.stem for path in (directory / lang).glob("*.md")} for lang in LANGS}
    there = set().union(*pages.values())
    found = [f"{name}: no rule names this page of advice" for name in sorted(there - wanted - set(also))]
    for name in sorted(wanted | there):
        missing = [lang for lang in LANGS if name not in pages[lang]]
        if missing:
            found.append(f"{name}: there is no page of advice in {', '.join(missing)}")
        else:
            found += _of_page(name, directory)
    return found


def _of_page(name: str, directory: Path) -> Iterator[str]:
    steps = []
    for lang in LANGS:
        try:
            steps.append(len(advice(name, lang, directory).steps))
        except AdviceError as error:
            yield str(error)
    if len(set(steps)) > 1:
        yield f"{name}: {' and '.join(str(count) for count in steps)} steps in {' and '.join(LANGS)}"


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str


def parse(text: str, lang: Lang, name: str) -> Advice:
    """Return the page that a text holds; `name` is for the message.

    Raises:
        AdviceError: it does not have the form of a page; with the line.
    """
    lines = [_Line(number, line.rstrip()) for number, line in enumerate(text.splitlines(), 1)]
    title, rest = _title(lines, name)
    bodies = _bodies(rest, lang, name)
    steps = _steps(bodies[Section.STEPS], name)
    told = {section: "\n".join(line.text for line in body) for section, body in bodies.items()}
    return Advice(
        title=title,
        meaning=told[Section.MEANING],
        urgency=told[Section.URGENCY],
        steps=steps,
        when_to_call=told[Section.WHEN_TO_CALL],
        verify=told[Section.VERIFY],
        markdown=text,
    )


def _title(lines: Sequence[_Line], name: str) -> tuple[str, Sequence[_Line]]:
    filled = _trimmed(lines)
    if not filled:
        raise AdviceError(f"{name}:1: the page is empty")
    title = filled[0].text.removeprefix("# ").strip()
    if not filled[0].text.startswith("# ") or not title:
        raise AdviceError(f"{name}:{filled[0].number}: the page must begin with a title, '# …'")
    return title, filled[1:]


def _bodies(lines: Sequence[_Line], lang: Lang, name: str) -> dict[Section, list[_Line]]:
    """Return the lines of each section, without empty ones around them."""
    found: dict[Section, list[_Line]] = {}
    section: Section | None = None
    begins: dict[Section, int] = {}
    for line in lines:
        if line.text.startswith("#"):
            section = _section(line, lang, found, name)
            found[section], begins[section] = [], line.number
        elif section is not None:
            found[section].append(line)
        elif line.text:
            raise AdviceError(f"{name}:{line.number}: this text stands before the first section")
    if len(found) < len(Section):
        end = lines[-1].number if lines else 1
        raise AdviceError(f"{name}:{end}: section '{_next(found).text.in_(lang)}' is missing")
    bodies = {each: _trimmed(body) for each, body in found.items()}
    for each, body in bodies.items():
        if not body:
            raise AdviceError(f"{name}:{begins[each]}: section '{each.text.in_(lang)}' is empty")
    return bodies


def _section(line: _Line, lang: Lang, before: Collection[Section], name: str) -> Section:
    heading = line.text.removeprefix("## ").strip()
    section = next((each for each in Section if each.text.in_(lang) == heading), None)
    if section is None or not line.text.startswith("## "):
        raise AdviceError(f"{name}:{line.number}: a page has no section '{line.text}'")
    if section in before:
        raise AdviceError(f"{name}:{line.number}: section '{heading}' is there twice")
    if section is not _next(before):
        raise AdviceError(
            f"{name}:{line.number}: section '{_next(before).text.in_(lang)}' must come before '{heading}'"
        )
    return section


def _next(before: Collection[Section]) -> Section:
    return next(each for each in Section if each not in before)


def _steps(lines: Sequence[_Line], name: str) -> tuple[str, ...]:
    """Return the items of a numbered list; lines that belong to an item are indented."""
    steps: list[str] = []
    for line in lines:
        item = _STEP.fullmatch(line.text)
        if item:
            if int(item[1]) != len(steps) + 1:
                raise AdviceError(f"{name}:{line.number}: step {item[1]} must have the number {len(steps) + 1}")
            steps.append(item[2])
        elif steps and (not line.text or line.text.startswith("   ")):
            steps[-1] += "\n" + line.text.removeprefix("   ")
        else:
            raise AdviceError(f"{name}:{line.number}: what is to be done must be a numbered list, '1. …'")
    return tuple(step.strip() for step in steps)


def _trimmed(lines: Sequence[_Line]) -> list[_Line]:
    """Return lines without the empty ones at the beginning and the end."""
    filled = [index for index, line in enumerate(lines) if line.text]
    return list(lines[filled[0] : filled[-1] + 1]) if filled else []
