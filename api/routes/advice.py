"""Pages of advice: what a finding means and what to do. Open to all, so that a link in a message just opens."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, render_template

from alert_rules.advice import AdviceError, Section, advice
from api.web.errors import status_error
from api.web.language import request_language

blueprint = Blueprint("advice", __name__)

_BULLET = re.compile(r"[-*] +")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or a list whose points are `lines`."""

    is_list: bool
    lines: tuple[str, ...]


def blocks(text: str) -> Iterator[Block]:
    """Yield the paragraphs and lists of a section, which has no other Markdown."""
    for part in re.split(r"\n\s*\n", text.strip()):
        lines = [line for line in part.splitlines() if line.strip()]
        if lines and all(_BULLET.match(line) for line in lines):
            yield Block(True, tuple(_BULLET.sub("", line, count=1) for line in lines))
        elif lines:
            yield Block(False, (" ".join(lines),))


@blueprint.get("/advice/<name>")
def page(name: str) -> str:
    """Show a page of advice."""
    lang = request_language()
    try:
        found = advice(name, lang)
    except AdviceError:
        raise status_error(404) from None
    sections = [
        (section, list(blocks(getattr(found, section.value)))) for section in Section if section is not Section.STEPS
    ]
    return render_template("advice.html", page=found, sections=sections, steps=Section.STEPS, lang_=lang)
