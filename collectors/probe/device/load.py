"""Reading the files of kinds and standards, strictly: an error names file, line and the nearest valid key."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

import msgspec
import yaml

from collectors.probe.device import schema
from collectors.probe.device.declaration import NETWORK_DEVICE, PBX, UPS
from collectors.probe.device.schema import KindFile, Rules
from collectors.probe.device.yaml_lines import line_of

KINDS_DIRECTORY: Final = Path(__file__).with_name("kinds")
STANDARDS_DIRECTORY: Final = Path(__file__).with_name("standards")

BUILT_IN: Final = frozenset({"interfaces", "poe", "host_storage"})
"""Standards whose meaning needs more than a table: IF-MIB with EtherLike-MIB, POWER-ETHERNET-MIB, hrStorageTable."""

_JUDGED: Final = {"state", "state_code", "reason", "reason_en", "reason_code", "reachable"}
_DEVICE_ONLY: Final = {"memory_free", "memory_buffers", "memory_cached"}


def _targets() -> frozenset[str]:
    system = {"name", "maker", "model", "serial", "firmware", "mac"}
    device = {each.name for each in NETWORK_DEVICE.fields} - system - _JUDGED - {"description", "location"}
    groups = {
        "system": system,
        "device": device | _DEVICE_ONLY,
        "ups": {each.name for each in UPS.fields} - _JUDGED,
        "pbx": {each.name for each in PBX.fields} - _JUDGED,
    }
    return frozenset(f"{group}.{name}" for group, names in groups.items() for name in names)


TARGETS: Final = _targets()
"""Where a value can go."""

_UNKNOWN_KEY: Final = re.compile(r"unknown field `(?P<key>[^`]+)`(?: - at `(?P<path>[^`]+)`)?")
_PATH: Final = re.compile(r"at `(?P<path>[^`]+)`")

_Read = TypeVar("_Read", bound=Rules)


class KindError(Exception):
    """A file is not as it must be; the message says which, on which line, and what is nearest to what was meant."""


def load(path: Path, form: type[_Read]) -> _Read:
    """Return one file.

    Raises:
        KindError: an unknown key, a wrong type, a bad expression, a place that values cannot go to, or an id that is
            not the file's name.
    """
    text = path.read_text(encoding="utf-8")
    try:
        rules = msgspec.convert(yaml.load(text, Loader=yaml.CSafeLoader), type=form)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise KindError(f"{path.name}:{line}: {error.problem}") from None
    except msgspec.ValidationError as error:
        raise KindError(_explain(path.name, text, str(error))) from None
    if rules.id != path.stem:
        raise KindError(f"{path.name}:{line_of(text, '$.id')}: id {rules.id!r} is not the file's name")
    for place, problem in _problems(rules):
        raise KindError(f"{path.name}:{line_of(text, place)}: {problem}")
    return rules


def _explain(name: str, text: str, message: str) -> str:
    unknown = _UNKNOWN_KEY.search(message)
    if not unknown:
        place = _PATH.search(message)
        return f"{name}:{line_of(text, place['path'] if place else '$')}: {message}"
    key, path = unknown["key"], unknown["path"] or "$"
    near = get_close_matches(key, _all_keys(), n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"{name}:{line_of(text, path, key)}: unknown key {key!r}{hint}"


def _all_keys() -> list[str]:
    structs = [each for each in vars(schema).values() if isinstance(each, type) and issubclass(each, msgspec.Struct)]
    return sorted({name for each in structs for name in each.__struct_fields__})


def _problems(rules: Rules) -> Iterator[tuple[str, str]]:
    for place, node in _nodes(rules, "$"):
        if isinstance(node, schema.Value) and node.to not in TARGETS:
            near = get_close_matches(node.to, TARGETS, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            yield place, f"values cannot go to {node.to!r}{hint}"
        for pattern in _patterns(node):
            try:
                re.compile(pattern)
            except re.error as error:
                yield place, f"{pattern!r}: {error}"
        if isinstance(node, schema.Read) and node.pattern and not _has_group(node.pattern):
            yield place, f"{node.pattern!r} has no group named value, or number and unit"
        if isinstance(node, schema.Table):
            yield from ((place, f"no column {name!r} here") for name in sorted(_unknown_columns(node)))


def _nodes(value: object, place: str) -> Iterator[tuple[str, object]]:
    yield place, value
    if isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _nodes(getattr(value, name), f"{place}.{name}")
    elif isinstance(value, tuple):
        for number, each in enumerate(value):
            yield from _nodes(each, f"{place}[{number}]")


def _patterns(node: object) -> list[str]:
    if isinstance(node, schema.Match):
        return [*node.description, *node.values.values()]
    return [node.pattern] if isinstance(node, schema.Read) and node.pattern else []


def _has_group(pattern: str) -> bool:
    try:
        groups = re.compile(pattern).groupindex
    except re.error:
        return True  # told already
    return "value" in groups or {"number", "unit"} <= set(groups)


def _unknown_columns(table: schema.Table) -> set[str]:
    known = set(table.columns).union(*(join.columns for join in table.join))
    used: set[str] = {join.by for join in table.join if isinstance(join.by, str)}
    for _place, node in _nodes(table, "$"):
        if isinstance(node, schema.Read):
            used |= {each for each in (node.column, node.exponent, node.decimals) if each}
        used |= set(getattr(node, "where", ()))
        name = getattr(node, "name", "")
        if isinstance(name, str):
            used |= set(re.findall(r"\{(\w+)\}", name)) - {"index"}
    return used - known


@cache
def kinds() -> tuple[KindFile, ...]:
    """Return all kinds and makers, by file name.

    Raises:
        KindError: a file is not as it must be.
    """
    found = tuple(load(path, KindFile) for path in sorted(KINDS_DIRECTORY.glob("*.yaml")))
    known = set(standards()) | BUILT_IN
    for each in found:
        for name in (*each.reads, *each.skip):
            if name not in known:
                near = get_close_matches(name, known, n=1)
                hint = f"; did you mean {near[0]!r}?" if near else ""
                raise KindError(f"{each.id}.yaml: there is no standard {name!r}{hint}")
    return found


@cache
def standards() -> dict[str, Rules]:
    """Return the standards by id.

    Raises:
        KindError: a file is not as it must be.
    """
    return {path.stem: load(path, Rules) for path in sorted(STANDARDS_DIRECTORY.glob("*.yaml"))}


def json_schema() -> dict[str, object]:
    """Return the JSON schema of a file in `kinds/`."""
    return msgspec.json.schema(KindFile)
