"""What changed between two lists of one kind."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic

from collectors.inventory.kind import ItemT, Kind

_PARTS = re.compile(r"\d+|[a-z]+")


class ChangeKind(StrEnum):
    """What happened to a thing."""

    ADDED = "added"
    """It is new in the list: installed, or found for the first time."""

    REMOVED = "removed"
    """It is no longer in the list: uninstalled, or vanished."""

    UPDATED = "updated"
    """It has another version."""

    CHANGED = "changed"
    """Something else of it is different: an address, a name, a date."""


@dataclass(frozen=True, slots=True)
class Change(Generic[ItemT]):
    """One change.

    Attributes:
        kind: what happened.
        before: the thing as it was; None if it is new.
        after: the thing as it is; None if it is gone.
    """

    kind: ChangeKind
    before: ItemT | None
    after: ItemT | None


def compare(kind: Kind[ItemT], old: Iterable[ItemT], new: Iterable[ItemT]) -> list[Change[ItemT]]:
    """Return what leads from one list to the other, in the order of products.

    Versions side by side: what stands in both lists stays. Of what is left of a product, an old and a new version
    are one update where no version that stays lies between them: {3.11, 3.12} to {3.11, 3.13} updates 3.12, while
    {5, 6} to {6, 7} removes 5 and adds 7.
    """
    before, after = _by_product(kind, old), _by_product(kind, new)
    found: list[Change[ItemT]] = []
    for product in {**before, **after}:
        found += _compare_product(kind, before.get(product, {}), after.get(product, {}))
    return found


def apply(kind: Kind[ItemT], changes: Iterable[Change[ItemT]], old: Iterable[ItemT]) -> list[ItemT]:
    """Return the list that changes make of another."""
    items = {kind.key(item): item for item in old}
    changes = list(changes)
    for change in changes:
        if change.before is not None:
            del items[kind.key(change.before)]
    for change in changes:
        if change.after is not None:
            items[kind.key(change.after)] = change.after
    return sorted(items.values(), key=kind.content)


def counts(changes: Iterable[Change[Any]]) -> dict[ChangeKind, int]:
    """Return how many changes there are of each kind."""
    found = dict.fromkeys(ChangeKind, 0)
    for change in changes:
        found[change.kind] += 1
    return found


_Keyed = dict[tuple[str, ...], ItemT]


def _by_product(kind: Kind[ItemT], items: Iterable[ItemT]) -> dict[Hashable, _Keyed[ItemT]]:
    found: dict[Hashable, _Keyed[ItemT]] = defaultdict(dict)
    for item in items:
        found[kind.product(item)][kind.key(item)] = item
    return found


def _compare_product(kind: Kind[ItemT], old: _Keyed[ItemT], new: _Keyed[ItemT]) -> list[Change[ItemT]]:
    staying = old.keys() & new.keys()
    found = [
        Change(ChangeKind.CHANGED, old[key], new[key])
        for key in sorted(staying)
        if kind.content(old[key]) != kind.content(new[key])
    ]
    between = sorted(_order(kind.version(old[key])) for key in staying)
    gone = _by_place(kind, [old[key] for key in old.keys() - staying], between)
    come = _by_place(kind, [new[key] for key in new.keys() - staying], between)
    for place in sorted({**gone, **come}):
        found += _pair(kind, gone.get(place, []), come.get(place, []))
    return found


def _by_place(kind: Kind[ItemT], items: list[ItemT], between: Sequence[Any]) -> dict[int, list[ItemT]]:
    """Return items by how many of the staying versions lie below them, each place in the order of versions."""
    found: dict[int, list[ItemT]] = defaultdict(list)
    for item in sorted(items, key=lambda each: (_order(kind.version(each)), kind.content(each))):
        found[bisect_left(between, _order(kind.version(item)))].append(item)
    return found


def _pair(kind: Kind[ItemT], gone: list[ItemT], come: list[ItemT]) -> list[Change[ItemT]]:
    pairs = min(len(gone), len(come))
    # The newest of the old became the newest of the new.
    left, right = len(gone) - pairs, len(come) - pairs
    found = [Change(ChangeKind.REMOVED, item, None) for item in gone[:left]]
    for before, after in zip(gone[left:], come[right:], strict=True):
        same = kind.version(before) == kind.version(after)
        found.append(Change(ChangeKind.CHANGED if same else ChangeKind.UPDATED, before, after))
    return found + [Change(ChangeKind.ADDED, None, item) for item in come[:right]]


def _order(version: str) -> tuple[tuple[int, int, str], ...]:
    """Return a version as people order them: numbers as numbers, and before them what words mark as not final."""
    parts = _PARTS.findall(version.lower())
    # int() of thousands of digits is refused by Python; no version has them.
    return tuple((1, int(part[:18]), "") if part[0].isdecimal() else (0, 0, part) for part in parts)
