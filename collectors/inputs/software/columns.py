"""Tables with one row a product, as `snap list`, `wmic` and Format-Table print them."""

import re
import unicodedata
from bisect import bisect_right

from collectors.json_text import Record

_HEAD = re.compile(r"\S+(?: \S+)*")
_RULE = re.compile(r"\s*-+(?:\s+-+)*\s*")


def read_columns(lines: list[str]) -> list[Record]:
    """Return the rows below the heading, by the heading's words in lower case.

    A rule of dashes below the heading tells where columns begin; without one they are two spaces apart.
    """
    if not lines:
        return []
    head, body = lines[0], lines[1:]
    if body and _RULE.fullmatch(body[0]):
        starts = [found.start() for found in re.finditer("-+", body.pop(0))]
    else:
        starts = [found.start() for found in _HEAD.finditer(head)]
    names = [name.lower() for name in _cells(head, starts)]
    return [dict(zip(names, _cells(line, starts), strict=True)) for line in body]


def _cells(line: str, starts: list[int]) -> list[str]:
    """Cut a line; full-width characters take two columns of a terminal (UAX #11)."""
    cells = [""] * len(starts)
    column = 0
    for character in line:
        cells[max(bisect_right(starts, column) - 1, 0)] += character
        column += 2 if unicodedata.east_asian_width(character) in "WF" else 1
    return [cell.strip() for cell in cells]
