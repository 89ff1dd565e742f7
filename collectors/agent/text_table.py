"""Columns that line up in a terminal, where a Japanese character takes two places."""

import unicodedata
from collections.abc import Sequence


def width(text: str) -> int:
    """Return how many places of a terminal a text takes."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as lines whose columns begin at the same place; nothing is padded behind the last column."""
    columns = [max(width(row[index]) for row in rows) for index in range(len(rows[0]))] if rows else []
    return "".join(_line(row, columns) for row in rows)


def _line(row: Sequence[str], columns: Sequence[int]) -> str:
    padded = [cell + " " * (columns[index] - width(cell)) for index, cell in enumerate(row)]
    return "  ".join(padded).rstrip() + "\n"
