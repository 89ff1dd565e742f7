"""Tables with one row a product, as `snap list`, `wmic` and Format-Table print them."""

import re
import unicodedata
from bisect import bisect_right

from collectors.json_text import Record

_HEAD = re.compile(r"\S+(?: \S+)*")
_WORD = re.compile(r"\S+")
_RULE = re.compile(r"\s*-+(?:\s+-+)*\s*")


def read_columns(lines: list[str]) -> list[Record]:
    """Return the rows below the heading, by the heading's words in lower case.

    A rule of dashes below the heading tells where columns begin; without one they are two spaces apart. An unbroken
    rule, as `winget list` draws, goes with headings of one word each.
    """
    if not lines:
        return []
    head, body = lines[0], lines[1:]
    if body and _RULE.fullmatch(body[0]):
        starts = [found.start() for found in re.finditer("-+", body.pop(0))]
        if len(starts) == 1:
            starts = _starts(head, _WORD)
    else:
        starts = _starts(head, _HEAD)
    names = [name.lower() for name in _cells(head, starts)]
    return [dict(zip(names, _cells(line, starts), strict=True)) for line in body]


def _starts(head: str, title: re.Pattern[str]) -> list[int]:
    """Return the column of a terminal in which each title begins."""
    return [sum(map(_width, head[: found.start()])) for found in title.finditer(head)]


def _width(character: str) -> int:
    """Return how many columns a character takes: full-width ones take two (UAX #11)."""
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _cells(line: str, starts: list[int]) -> list[str]:
    cells = [""] * len(starts)
    column = 0
    for character in line:
        cells[max(bisect_right(starts, column) - 1, 0)] += character
        column += _width(character)
    return [cell.strip() for cell in cells]
