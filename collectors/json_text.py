"""JSON from outside: decoded without surprises, and searched for the objects in it."""

import json
from collections.abc import Iterator

from collectors.input import BadOutput

Record = dict[str, object]


def load_json(text: str) -> object:
    """Return what a JSON text holds.

    Raises:
        BadOutput: the text is no JSON, is cut off, or is nested deeper than any tool writes.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise BadOutput("the JSON is damaged or cut off") from None


def objects_in(value: object, depth: int = 6) -> Iterator[Record]:
    """Yield every JSON object in a value, outer before inner, down to `depth` levels."""
    if isinstance(value, dict):
        yield value
        children: list[object] = list(value.values())
    elif isinstance(value, list):
        children = value
    else:
        return
    if depth:
        for child in children:
            yield from objects_in(child, depth - 1)
