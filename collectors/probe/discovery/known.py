"""What a site's discovery remembers from scan to scan, and what a new scan changes in it. Pure: no clock, no file."""

import ipaddress
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from collectors.probe.discovery.asset import Asset
from collectors.probe.discovery.fence import Fence
from collectors.probe.discovery.hardware import is_local, virtual
from collectors.probe.discovery.identity import Mark
from collectors.probe.discovery.kind import UNKNOWN

FORGET_AFTER_S: Final = 180 * 86400.0
FORGET_RANDOM_AFTER_S: Final = 14 * 86400.0
"""A telephone that takes a new random hardware address each day would fill the list with devices that never were."""

_STRENGTH: Final = {mark: len(Mark) - place for place, mark in enumerate(Mark)}
_MAX_NAMES: Final = 12
_MAX_ALIASES: Final = 8


class Event(StrEnum):
    """What happened to an asset."""

    NEW = "new"
    VANISHED = "vanished"
    RETURNED = "returned"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Known:
    """An asset as it is remembered; times are Unix seconds.

    Attributes:
        asset: as it was found last; its id stays, apart from one step up from an address, and its marks add up.
        first_seen: when it was first found.
        last_seen: when it was last found.
        missed: scans in a row that did not find it.
        is_gone: whether it counts as vanished.
        aliases: ids that it had before.
    """

    asset: Asset
    first_seen: int
    last_seen: int
    missed: int = 0
    is_gone: bool = False
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One event and the asset as it is after it; `before` are the addresses that a moved one had."""

    event: Event
    known: Known
    before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Memory:
    """All that is remembered.

    Attributes:
        known: the assets, by id.
        networks: subnets that were scanned to the end at least once: what is found there later is new.
    """

    known: Mapping[str, Known] = field(default_factory=dict)
    networks: frozenset[str] = frozenset()

    def within(self, fence: Fence) -> "Memory":
        """Return what is remembered of some subnets: others may have been scanned before, and are no longer."""
        inside = {name: each for name, each in self.known.items() if _is_within(each.asset, fence)}
        return Memory(inside, self.networks)


@dataclass(frozen=True, slots=True)
class Look:
    """One scan.

    Attributes:
        assets: what it found.
        fence: where it looked.
        time: when, Unix seconds.
        is_complete: whether it reached its end; only then is what it did not find counted as missed.
    """

    assets: Sequence[Asset]
    fence: Fence
    time: int
    is_complete: bool


def _is_within(asset: Asset, fence: Fence) -> bool:
    return any(address in fence for address in asset.addresses)


def learn(memory: Memory, look: Look, vanish_after: int) -> tuple[Memory, list[Change]]:
    """Return what is remembered after a scan, and what happened.

    Args:
        memory: what was remembered.
        look: the scan.
        vanish_after: scans in a row that may miss an asset before it counts as gone.
    """
    matcher = _Matcher(memory.known.values())
    after: dict[str, Known] = {}
    changes: list[Change] = []
    for asset in sorted(look.assets, key=_by_strength):
        matched = matcher.take(asset)
        known = _merged(asset, matched, look.time, taken=after.keys())
        after[known.asset.id] = known
        changes += _found(matched, known, baseline=not _was_scanned(asset, memory.networks))
    for left in matcher.rest():
        missed, change = _missed(left, look, vanish_after)
        if missed is not None and missed.asset.id not in after:
            after[missed.asset.id] = missed
        changes += change
    done = frozenset(map(str, look.fence.networks)) if look.is_complete else frozenset()
    return Memory(dict(sorted(after.items())), memory.networks | done), changes


def _by_strength(asset: Asset) -> tuple[int, str]:
    """Order assets so that those with strong marks choose first among what is remembered."""
    return -max((_STRENGTH[mark] for mark, values in asset.marks if values), default=0), asset.id


class _Matcher:
    """Finds who of the remembered an asset is; each of them is given away once."""

    def __init__(self, known: Iterable[Known]) -> None:
        # The oldest first, which an asset continues if it shows that several are one.
        self._left = {each.asset.id: each for each in sorted(known, key=lambda each: (each.first_seen, each.asset.id))}
        self._places = {name: place for place, name in enumerate(self._left)}
        self._by_mark: dict[tuple[Mark, str], list[str]] = defaultdict(list)
        self._by_address: dict[str, list[str]] = defaultdict(list)
        for name, each in self._left.items():
            for mark, values in each.asset.marks:
                for value in values:
                    self._by_mark[mark, value].append(name)
            for address in each.asset.addresses:
                self._by_address[address].append(name)

    def take(self, asset: Asset) -> list[Known]:
        """Return whom an asset continues, the oldest first; several where it shows that they are one."""
        marked = (self._by_mark.get((mark, value), ()) for mark, values in asset.marks for value in values)
        found = [each for each in self._named(marked) if _is_same(asset, each.asset)]
        if not found:
            placed = (self._by_address.get(address, ()) for address in asset.addresses)
            found = [each for each in self._named(placed) if _one_is_unmarked(asset, each.asset)][:1]
        for each in found:
            del self._left[each.asset.id]
        return found

    def _named(self, names: Iterable[Iterable[str]]) -> list[Known]:
        unique = {each for some in names for each in some if each in self._left}
        return [self._left[each] for each in sorted(unique, key=self._places.__getitem__)]

    def rest(self) -> list[Known]:
        """Return whom nobody continues."""
        return list(self._left.values())


def _is_same(asset: Asset, known: Asset) -> bool:
    """Tell whether the strongest kind of mark that both have agrees; what weaker ones say does not count then."""
    for mark in Mark:
        ours, theirs = asset.marked(mark), known.marked(mark)
        if ours and theirs:
            return bool(ours & theirs) and not (mark is Mark.SERIAL and _makers_differ(asset, known))
    return False


def _makers_differ(one: Asset, other: Asset) -> bool:
    return bool(one.maker and other.maker) and one.maker.casefold() != other.maker.casefold()


def _one_is_unmarked(asset: Asset, known: Asset) -> bool:
    """Tell whether an asset is likely the one remembered at its address: no mark tells the two apart."""
    return not _marks(asset) or not _marks(known)


def _marks(asset: Asset) -> bool:
    return any(values for _mark, values in asset.marks)


def _merged(asset: Asset, matched: Sequence[Known], now: int, taken: Iterable[str]) -> Known:
    if not matched:
        return Known(asset, first_seen=now, last_seen=now)
    ids = dict.fromkeys(each for known in matched for each in (known.asset.id, *known.aliases))
    chosen = _better_id(asset, matched[0].asset, set(taken))
    aliases = tuple(each for each in ids if each != chosen)[:_MAX_ALIASES]
    return Known(
        _completed(replace(asset, id=chosen), [each.asset for each in matched]),
        first_seen=min(each.first_seen for each in matched),
        last_seen=now,
        aliases=aliases,
    )


def _better_id(asset: Asset, before: Asset, taken: set[str]) -> str:
    """Return the id that an asset keeps; a serial number, once told, goes before a hardware or an IP address."""
    is_stronger = not _marks(before) or (asset.serial != "" and before.serial == "")
    first, second = (asset.id, before.id) if is_stronger else (before.id, asset.id)
    return next(each for each in (first, second, f"{asset.id} {asset.addresses[0]}") if each not in taken)


def _completed(asset: Asset, before: Sequence[Asset]) -> Asset:
    """Return an asset with what earlier scans knew and this one did not hear again."""
    last = before[0]
    marks = tuple((mark, _joined(mark, asset, before)) for mark in Mark)
    kept = asset.guess if asset.guess.kind != UNKNOWN or last.guess.kind == UNKNOWN else last.guess
    return replace(
        asset,
        mac=asset.mac or last.mac,
        marks=marks,
        vendor=asset.vendor or last.vendor,
        names=tuple(dict.fromkeys((*asset.names, *last.names)))[:_MAX_NAMES],
        maker=asset.maker or last.maker,
        model=asset.model or last.model,
        serial=asset.serial or last.serial,
        guess=kept if not _told_by_snmp_before(asset, last) else last.guess,
    )


def _told_by_snmp_before(asset: Asset, last: Asset) -> bool:
    """Tell whether the kind was known for sure, and this time is only guessed as the device did not answer SNMP."""
    return last.guess.is_sure and not asset.guess.is_sure


def _joined(mark: Mark, asset: Asset, before: Sequence[Asset]) -> frozenset[str]:
    found = asset.marked(mark)
    if mark is Mark.SERIAL and found:
        return found
    return found.union(*(each.marked(mark) for each in before))


def _found(matched: Sequence[Known], known: Known, baseline: bool) -> list[Change]:
    if not matched:
        return [] if baseline else [Change(Event.NEW, known)]
    found = [Change(Event.RETURNED, known)] if all(each.is_gone for each in matched) else []
    before = tuple(address for each in matched for address in each.asset.addresses)
    if set(before).isdisjoint(known.asset.addresses):
        found.append(Change(Event.MOVED, known, before))
    return found


def _was_scanned(asset: Asset, networks: frozenset[str]) -> bool:
    before = Fence(tuple(ipaddress.ip_network(each) for each in sorted(networks)))
    return _is_within(asset, before)


def _missed(left: Known, look: Look, vanish_after: int) -> tuple[Known | None, list[Change]]:
    if look.time - left.last_seen > _memory_s(left.asset):
        return None, []
    if not look.is_complete or not _is_within(left.asset, look.fence):
        return left, []
    missed = replace(left, missed=left.missed + 1)
    if missed.missed >= vanish_after and not left.is_gone:
        gone = replace(missed, is_gone=True)
        return gone, [Change(Event.VANISHED, gone)]
    return missed, []


def _memory_s(asset: Asset) -> float:
    by_random_address = is_local(asset.mac) and not virtual(asset.mac) and asset.id == asset.mac
    return FORGET_RANDOM_AFTER_S if by_random_address else FORGET_AFTER_S
