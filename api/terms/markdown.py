"""The Markdown that terms are written in, as HTML: paragraphs, headings, lists, emphasis. Nothing else means anything.

CommonMark is read by markdown-it-py with every other rule switched off, so that raw HTML, links and images are plain
text, which is escaped. Headings go down by one, as the title stands above them, and an article ("第3条", "Article 3")
can be linked to as `#article-3`.
"""

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from api.plaintext import has_control
from api.told import ToldError
from collectors.text import Text

MAX_LENGTH = 200_000
"""Characters of one text; the longest terms of service in the wild have about a tenth."""

_RULES = ("heading", "list", "emphasis", "newline", "escape")
_ARTICLE = re.compile(r"(?:第\s*([0-9０-９]{1,4})\s*条|Article\s+([0-9]{1,4})\b)")
_TITLE = re.compile(r"#[ \t]+(?P<title>[^\n]+?)[ \t#]*(?:\n|$)")
_LOWEST = 6


class InvalidTerms(ToldError, ValueError):
    """A text of terms cannot be used; the message says why."""


def checked(text: str) -> str:
    """Return a text with one form of line ends.

    Raises:
        InvalidTerms: it is empty, too long, or has control characters.
    """
    plain = "\n".join(line.rstrip() for line in text.splitlines()).strip("\n")
    if not plain.strip():
        raise InvalidTerms(Text("規約の本文が空です", "the text of the terms is empty"))
    if len(plain) > MAX_LENGTH:
        raise InvalidTerms(
            Text(
                f"規約の本文が{len(plain):,}文字あります。{MAX_LENGTH:,}文字までにしてください",
                f"the text of the terms has {len(plain):,} characters; at most {MAX_LENGTH:,} are possible",
            )
        )
    for number, line in enumerate(plain.split("\n"), 1):
        if has_control(line.replace("\t", " ")):
            raise InvalidTerms(
                Text(f"規約の{number}行目に制御文字があります", f"line {number} of the terms has control characters")
            )
    return plain + "\n"


def titled(text: str) -> tuple[str, str]:
    """Return title and text of a file that begins with its title as a heading.

    Raises:
        InvalidTerms: it does not.
    """
    found = _TITLE.match(text.lstrip("\n\ufeff"))
    if not found:
        raise InvalidTerms(
            Text("1行目を「# 題名」にしてください", "the first line must be the title, as a heading: # Title")
        )
    return found["title"], text.lstrip("\n\ufeff")[found.end() :]


def rendered(text: str) -> Markup:
    """Return a text as HTML that is safe to show."""
    reader = MarkdownIt("zero").enable(_RULES)
    tokens = reader.parse(text)
    _turn_down(tokens)
    return Markup(reader.renderer.render(tokens, reader.options, {}))  # noqa: S704  # the renderer escapes all text


def _turn_down(tokens: Sequence[Token]) -> None:
    used: set[str] = set()
    for place, token in enumerate(tokens):
        if token.type not in ("heading_open", "heading_close"):
            continue
        token.tag = f"h{min(int(token.tag[1:]) + 1, _LOWEST)}"
        article = _ARTICLE.match(tokens[place + 1].content) if token.type == "heading_open" else None
        if article:
            # int() takes full-width digits too.
            anchor = f"article-{int(article[1] or article[2])}"
            if anchor not in used:
                used.add(anchor)
                token.attrSet("id", anchor)
