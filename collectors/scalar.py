"""Single values out of JSON and console text, read strictly: what does not fit is None, never a guess."""

import math
import re

_TRUE = frozenset({"true", "yes", "on", "1"})
_FALSE = frozenset({"false", "no", "off", "0"})
_INTEGER = re.compile(r"[+-]?\d{1,18}")


def as_bool(value: object) -> bool | None:
    """Return a truth value that was written as a bool, as 1 or 0, or as true, yes, on, false, no, off; else None."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return {1: True, 0: False}.get(value)
    if isinstance(value, str):
        word = value.strip().lower()
        return True if word in _TRUE else False if word in _FALSE else None
    return None


def as_int(value: object) -> int | None:
    """Return a whole number that fits 63 bits, from an int, a whole float or digits; else None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if abs(value) < 2**63 else None
    if isinstance(value, float):
        return int(value) if math.isfinite(value) and value.is_integer() and abs(value) < 2**53 else None
    if isinstance(value, str) and _INTEGER.fullmatch(value.strip()):
        return int(value.strip())  # which strips more than int() does
    return None


def in_brief(text: str, limit: int = 120) -> str:
    """Return text on one line of at most `limit` characters; "…" shows that there was more."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


def first_line(text: str, limit: int = 120) -> str:
    """Return the first line that says something, in brief: tools put their complaint there, and advice below it."""
    return in_brief(next((line for line in text.splitlines() if line.strip()), ""), limit)


def as_text(value: object, limit: int = 200) -> str | None:
    """Return text on one line without control characters, cut to `limit` characters; None if nothing is left."""
    if not isinstance(value, str):
        return None
    printable = "".join(character if character.isprintable() else " " for character in value[: limit * 4])
    return " ".join(printable.split())[:limit] or None
