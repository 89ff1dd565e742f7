"""Guessing what kind of device it is, with the reason; the table is `kinds.yaml`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import msgspec
import yaml

from collectors.text import Text

UNKNOWN: Final = "unknown"

KINDS: Final = frozenset(
    {
        "printer",
        "router",
        "switch",
        "access_point",
        "nas",
        "pbx",
        "phone",
        "ups",
        "server",
        "pc",
        "camera",
        "media",
        UNKNOWN,
    }
)

_BY_SNMP: Final = Text("SNMPで機器自身が示す種類", "the device tells its kind over SNMP")
_NOTHING: Final = Text("種類が分かる手がかりがない", "nothing tells what kind it is")


class Clue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of the table; see there."""

    kind: str
    weight: int
    ja: str
    en: str
    service: tuple[str, ...] = ()
    port: tuple[int, ...] = ()
    text: tuple[str, ...] = ()
    vendor: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS or not 0 < self.weight < 100:
            raise ValueError(f"{self.kind!r} with weight {self.weight} is no kind with a weight from 1 to 99")
        if not (self.service or self.port or self.text or self.vendor):
            raise ValueError(f"a clue for {self.kind!r} has no condition")
        for pattern in (*self.text, *self.vendor):
            re.compile(pattern)


@dataclass(frozen=True, slots=True)
class Traits:
    """What is known of a device, as far as it tells of its kind."""

    snmp_kind: str = ""
    services: frozenset[str] = frozenset()
    ports: frozenset[int] = frozenset()
    texts: tuple[str, ...] = ()
    vendors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Guess:
    """A kind, and why; `is_sure` where the device was asked and told."""

    kind: str
    reason: Text
    is_sure: bool = False


NO_GUESS: Final = Guess(UNKNOWN, _NOTHING)


@cache
def clues() -> tuple[Clue, ...]:
    """Return the table, the heaviest first.

    Raises:
        msgspec.ValidationError: an entry of the file cannot be used.
    """
    data = yaml.safe_load(Path(__file__).with_name("kinds.yaml").read_text(encoding="utf-8"))
    return tuple(sorted(msgspec.convert(data, tuple[Clue, ...]), key=lambda each: -each.weight))


def guess(traits: Traits, table: Sequence[Clue] | None = None) -> Guess:
    """Return the kind that the traits speak for; what a device says of itself over SNMP goes before all else."""
    if traits.snmp_kind and traits.snmp_kind != UNKNOWN:
        return Guess(traits.snmp_kind, _BY_SNMP, is_sure=True)
    for clue in clues() if table is None else table:
        if _holds(clue, traits):
            return Guess(clue.kind, Text(clue.ja, clue.en))
    return NO_GUESS


def _holds(clue: Clue, traits: Traits) -> bool:
    return (
        (not clue.service or not traits.services.isdisjoint(clue.service))
        and (not clue.port or not traits.ports.isdisjoint(clue.port))
        and (not clue.text or _any(clue.text, traits.texts))
        and (not clue.vendor or _any(clue.vendor, traits.vendors))
    )


def _any(patterns: Sequence[str], texts: Sequence[str]) -> bool:
    return any(re.search(pattern, text) for pattern in patterns for text in texts)
