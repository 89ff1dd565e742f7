"""On which line of a TOML file a key stands; Python's parser does not say."""

import tomllib
from collections.abc import Sequence
from typing import Any


def line_of(text: str, path: Sequence[str | int]) -> int:
    """Return the line, from 1, on which the value at `path` begins; 1 if it is not there.

    The parser itself is asked: the value begins after the last line up to which the file parses without it. So dotted
    keys, quoted keys, inline tables and arrays of tables need no second grammar here. The cost, one parse per line, is
    paid only for an error message.
    """
    lines = text.splitlines(keepends=True)
    begins = 1
    for count in range(1, len(lines) + 1):
        try:
            parsed = tomllib.loads("".join(lines[:count]))
        except tomllib.TOMLDecodeError:
            continue  # in the middle of a value of several lines
        if _holds(parsed, path):
            return begins
        begins = count + 1
    return 1


def _holds(value: Any, path: Sequence[str | int]) -> bool:
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return False
    return True
