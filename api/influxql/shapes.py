"""The shape of a query at a glance: its text with the literals taken out, without telling every token apart.

What is worked out of a query is kept by its shape, so this is all that a known query needs. It takes out what the
scanner takes for literals, in the places where it is sure of that. Whoever keeps something by such a shape first makes
sure that the scanner found the same literals (`Glance.agrees`); another text of the same shape differs in nothing but
literals of the same kinds.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from api.influxql.literals import check_duration, regex_literal
from api.influxql.tokens import REGEX, Scan, check_text, integer_literal, number_literal, pattern_of, string_literal

_SPAN = re.compile(
    rf"""
    (?P<other>"(?:[^"\\\n]|\\[n\\"'])*" | --[^\n]* | /\*(?s:.*?)\*/)
  | (?P<string>'(?:[^'\\\n]|\\[n\\"'])*')
  | (?<![A-Za-z0-9_.$\u0080-\U0010ffff])(?:
        (?P<duration>[0-9]+(?:[A-Za-zµ]+[0-9]*)+)
      | (?P<number>[0-9]*\.[0-9]+|[0-9]+\.(?![A-Za-z_"]))
      | (?P<integer>[0-9]+)
    )
  | (?P<matches>[=!]~[ \t\n\r]*)(?P<regex>{REGEX})
  | (?P<open>['"]|/\*)
    """,
    re.VERBOSE,
)

_SPELL: Mapping[str, Callable[[str], str]] = {
    "string": string_literal,
    "duration": check_duration,
    "number": number_literal,
    "integer": integer_literal,
    "regex": lambda text: regex_literal(pattern_of(text)),
}
"""Kind of literal -> its canonical spelling."""


@dataclass(frozen=True, slots=True)
class Glance:
    """What is seen of a query at a glance.

    Attributes:
        shape: the text with a mark in the place of each literal.
        kinds: of the literals.
        texts: of the literals, as sent.
        offsets: where the literals begin in the text, characters.
    """

    shape: str
    kinds: Sequence[str]
    texts: Sequence[str]
    offsets: Sequence[int]

    def literals(self) -> list[str]:
        """Return the canonical spelling of the literals.

        Raises:
            QueryRefused: one of them cannot be used, such as a duration that is too long.
        """
        return [_SPELL[kind](text) for kind, text in zip(self.kinds, self.texts, strict=True)]

    def agrees(self, scan: Scan) -> bool:
        """Tell whether the scanner found the same literals in the same text."""
        offsets = [token.offset for token in scan.tokens if token.slot >= 0]
        return list(self.offsets) == offsets and self.literals() == list(scan.literals)


def glance(text: str) -> Glance:
    """Return what is seen of a query at a glance.

    Raises:
        QueryRefused: the text is too long, or has a control character.
    """
    check_text(text)
    parts: list[str] = []
    kinds: list[str] = []
    texts: list[str] = []
    offsets: list[int] = []
    position = 0
    for found in _SPAN.finditer(text):
        kind = found.lastgroup
        if kind == "open":
            break  # quoted text without its end; the scanner says so
        if kind is None or kind == "other":
            continue
        start, end = found.span(kind)
        parts.append(text[position:start])
        parts.append(f"\0{kind}\0")
        kinds.append(kind)
        texts.append(found[kind])
        offsets.append(start)
        position = end
    parts.append(text[position:])
    return Glance("".join(parts), kinds, texts, offsets)
