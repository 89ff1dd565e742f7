"""Rules, and what else is written in YAML beside them, from their files, with the place of whatever is wrong."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec
import yaml

from alert_rules.rule import RuleFile

Form = TypeVar("Form")


class RuleFileError(Exception):
    """A file of rules cannot be used; the message says where and why."""


def read_file(path: Path) -> RuleFile:
    """Return the rules of a file.

    Raises:
        RuleFileError: it cannot be read, is no YAML, or does not have the form of `RuleFile`; with line and column.
    """
    return read_form(path, RuleFile)


def read_form(path: Path, form: type[Form]) -> Form:
    """Return what a file of another form holds.

    Raises:
        RuleFileError: as `read_file`.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RuleFileError(f"{path}: cannot be read: {error}") from None
    return _read(text, str(path), form)


def read_text(text: str, name: str) -> RuleFile:
    """Return the rules of a file's text; `name` is for the message.

    Raises:
        RuleFileError: as `read_file`.
    """
    return _read(text, name, RuleFile)


def _read(text: str, name: str, form: type[Form]) -> Form:
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        _no_key_twice(node, name)
        plain = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        raise RuleFileError(f"{_place(name, error.problem_mark)}: {error.problem or 'is no YAML'}") from None
    except yaml.YAMLError as error:
        raise RuleFileError(f"{name}: is no YAML: {error}") from None
    try:
        return msgspec.convert(plain, form)
    except msgspec.ValidationError as error:
        said, _, where = str(error).partition(" - at `")
        where = where.removeprefix("key` in `")
        raise RuleFileError(f"{_place(name, _mark(node, where.rstrip('`')))}: {_told(said, where)}") from None


def _told(said: str, where: str) -> str:
    path = where.rstrip("`").removeprefix("$").removeprefix(".")
    return f"{path}: {said}" if path else said


def _place(name: str, mark: yaml.Mark | None) -> str:
    return name if mark is None else f"{name}:{mark.line + 1}:{mark.column + 1}"


def _mark(node: yaml.Node | None, path: str) -> yaml.Mark | None:
    """Return where the value of a path such as `$.rules[3].margin` begins; as deep as it can be followed."""
    for step in re.findall(r"\.([A-Za-z_0-9]+)|\[(\d+)\]", path):
        inner = _member(node, step[0]) if step[0] else _item(node, int(step[1]))
        if inner is None:
            break
        node = inner
    return None if node is None else node.start_mark


def _member(node: yaml.Node | None, name: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for key, value in node.value if key.value == name), None)


def _item(node: yaml.Node | None, index: int) -> yaml.Node | None:
    if not isinstance(node, yaml.SequenceNode) or index >= len(node.value):
        return None
    item: yaml.Node = node.value[index]
    return item


def _no_key_twice(node: yaml.Node | None, name: str) -> None:
    """PyYAML takes the last of two equal keys without a word, and half a rule would be lost."""
    for mapping in _mappings(node):
        seen: set[str] = set()
        for key, _value in mapping.value:
            if key.value in seen:
                raise RuleFileError(f"{_place(name, key.start_mark)}: {key.value!r} is given twice")
            seen.add(key.value)


def _mappings(node: yaml.Node | None) -> Iterator[yaml.MappingNode]:
    if isinstance(node, yaml.MappingNode):
        yield node
        for _key, value in node.value:
            yield from _mappings(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _mappings(item)
