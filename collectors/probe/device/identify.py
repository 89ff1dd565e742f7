"""Which kind of device it is, who made it, and which files tell what to read of it."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, get_args

import yaml

from collectors.probe.device import mib
from collectors.probe.device.convert import plain
from collectors.probe.device.load import BUILT_IN, kinds, standards
from collectors.probe.device.schema import Kind, KindFile, Match, Rules
from collectors.probe.octets import text_of
from collectors.probe.snmp import ObjectIdentifier, Value

UNKNOWN: Final = "unknown"

_KINDS: Final = frozenset(get_args(Kind))
_OF_UNKNOWN: Final = ("interfaces", "entity", "entity_sensor", "host_storage", "host_resources", "ucd", "lm_sensors")

_ENTERPRISES: Final = (1, 3, 6, 1, 4, 1)
_EVIDENCE: Final = {"has": 8, "values": 4, "description": 2, "object_id": 1}
"""What a device is able to tell weighs more than how it describes itself, and that more than the number of whoever
made its agent: many devices have another maker's agent, and some the number of another maker."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a device told about itself.

    Attributes:
        objects: single objects by dotted OID.
        columns: the columns asked for of which it has rows.
    """

    objects: Mapping[str, Value]
    columns: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Identification:
    """What a device is.

    Attributes:
        kind: router, switch, nas, pbx, ups, server, printer or unknown.
        maker: whom the deciding file names; "" if none does.
        agent_maker: whose enterprise number sysObjectID has; "" if it is not known.
        files: which tell what to read, the most trusted first.
        built_in: names of the built-in standards to read.
        certain: False if the device fell silent while it was asked, so that it may be something else.
    """

    kind: str
    maker: str
    agent_maker: str
    files: tuple[Rules, ...]
    built_in: frozenset[str]
    certain: bool = True


def deciding() -> tuple[KindFile, ...]:
    """Return the files of the highest rank: where one of them matches, nothing else counts."""
    highest = max(each.rank for each in kinds())
    return tuple(each for each in kinds() if each.rank == highest)


def objects_to_ask(files: Iterable[KindFile] | None = None) -> tuple[str, ...]:
    """Return the single objects that the files' ways to know a device ask for."""
    return tuple(each for each in _asked(files) if each.endswith(".0"))


def columns_to_ask(files: Iterable[KindFile] | None = None) -> tuple[str, ...]:
    """Return the columns that the files' ways to know a device ask for."""
    return tuple(each for each in _asked(files) if not each.endswith(".0"))


def _asked(files: Iterable[KindFile] | None) -> list[str]:
    matches = [match for file in (kinds() if files is None else files) for match in file.match]
    return sorted({each for match in matches for each in (*match.has, *match.values)})


def identify(evidence: Evidence, files: Sequence[KindFile] | None = None) -> Identification:
    """Return what a device is.

    Of the files that match, the one of the highest rank decides on the kind, then the one with the strongest evidence.
    """
    known = kinds() if files is None else files
    found = [(rank, each) for each in known for match in each.match if (rank := _rank(each, match, evidence))]
    found.sort(key=lambda each: each[0][:-1], reverse=True)
    kind = next((rank[-1] for rank, _file in found if rank[-1]), UNKNOWN)
    maker = next((file.maker for _rank, file in found if file.maker), "")
    of_kind = [each for each in known if each.id == kind]
    makers = {file.id: file for _rank, file in found if file.id not in _KINDS}
    ordered = [*makers.values(), *of_kind]
    return Identification(kind, maker, maker_by_number(evidence), *_with_standards(kind, ordered))


def _with_standards(kind: str, files: Sequence[KindFile]) -> tuple[tuple[Rules, ...], frozenset[str]]:
    skipped = {name for each in files for name in each.skip}
    wanted = list(dict.fromkeys(name for each in files for name in each.reads if name not in skipped))
    if kind == UNKNOWN:
        wanted = list(dict.fromkeys([*wanted, *_OF_UNKNOWN]))
    rules = [standards()[name] for name in wanted if name not in BUILT_IN]
    return (*files, *rules), frozenset(BUILT_IN & set(wanted))


_Rank = tuple[int, int, int, bool, str]


def _rank(file: KindFile, match: Match, evidence: Evidence) -> _Rank | None:
    """Return rank, strength of the evidence, length of the number, whether the way names the kind, and the kind.

    None if the way does not hold.
    """
    prefix = _prefix(match, evidence)
    description = text_of(evidence.objects.get(mib.SYS_DESCR))
    held = {
        "object_id": prefix > 0,
        "description": any(re.search(each, description) for each in match.description),
        "has": any(each in evidence.objects or each in evidence.columns for each in match.has),
        "values": all(_has_value(evidence, *each) for each in match.values.items()),
    }
    asked = [name for name in held if getattr(match, name)]
    if not asked or not all(held[name] for name in asked):
        return None
    return file.rank, sum(_EVIDENCE[name] for name in asked), prefix, bool(match.kind), match.kind or file.kind or ""


def _prefix(match: Match, evidence: Evidence) -> int:
    told = evidence.objects.get(mib.SYS_OBJECT_ID)
    if not isinstance(told, ObjectIdentifier):
        return 0
    wanted = [tuple(map(int, each.split("."))) for each in match.object_id]
    return max((len(each) for each in wanted if told[: len(each)] == each), default=0)


def _has_value(evidence: Evidence, oid_text: str, pattern: str) -> bool:
    told = plain(evidence.objects.get(oid_text))
    return told is not None and re.search(pattern, str(told)) is not None


def maker_by_number(evidence: Evidence) -> str:
    """Return the maker whose enterprise number sysObjectID has; "" if it is not known."""
    told = evidence.objects.get(mib.SYS_OBJECT_ID)
    if not isinstance(told, ObjectIdentifier) or told[:6] != _ENTERPRISES or len(told) < 7:
        return ""
    return enterprises().get(told[6], "")


@cache
def enterprises() -> Mapping[int, str]:
    """Return enterprise number to maker."""
    data: dict[int, str] = yaml.safe_load(Path(__file__).with_name("enterprises.yaml").read_text(encoding="utf-8"))
    return data
