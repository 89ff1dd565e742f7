"""On which line of a YAML file a key stands."""

import re
from collections.abc import Iterator

import yaml

_STEP = re.compile(r"\[(\d+)\]|\.(\w+)")


def line_of(text: str, path: str, key: str = "") -> int:
    """Return the line, from 1, of a place; where the place cannot be followed to its end, of the last known one.

    Args:
        text: the file.
        path: as msgspec names a place, `$.tables[0].columns`; `[...]` stands for any.
        key: a key within it; "" for the place itself.
    """
    node = yaml.compose(text, Loader=yaml.CSafeLoader)
    if node is None:
        return 1
    steps = [(int(found[1]) if found[1] else found[2]) for found in _STEP.finditer(path)]
    for step in steps:
        below = _below(node, step)
        if below is None:
            break
        node = below
    for name, line in _keys(node):
        if key and name == key:
            return line
    return int(node.start_mark.line) + 1


def _below(node: yaml.Node, step: int | str) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
        return node.value[step] if step < len(node.value) else None
    if isinstance(node, yaml.MappingNode):
        return next((value for name, value in node.value if name.value == step), None)
    return None


def _keys(node: yaml.Node) -> Iterator[tuple[str, int]]:
    """Return all keys at a place and below, with their lines."""
    if isinstance(node, yaml.MappingNode):
        yield from ((str(name.value), int(name.start_mark.line) + 1) for name, _value in node.value)
        for _name, value in node.value:
            yield from _keys(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _keys(value)
