"""Assets and what happened to them as points."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from collectors.point import FieldValue, Point
from collectors.probe.discovery.known import Change, Event, Known, Memory
from collectors.probe.discovery.plan import Scan
from collectors.text import Text

_WORDS: Final[Mapping[Event, Text]] = {
    Event.NEW: Text("新しい機器が見つかりました: {who}", "a new device was found: {who}"),
    Event.VANISHED: Text(
        "{missed}回続けて見つからないため、なくなったとみなします: {who}",
        "not found {missed} times in a row, counted as gone: {who}",
    ),
    Event.RETURNED: Text("なくなっていた機器が戻りました: {who}", "a device that was gone is back: {who}"),
    Event.MOVED: Text("アドレスが{before}から{after}に変わりました: {who}", "moved from {before} to {after}: {who}"),
}


def to_points(scan: Scan, memory: Memory, changes: Sequence[Change], now: int) -> list[Point]:
    """Return the points of one scan.

    Args:
        scan: what it found.
        memory: what is remembered after it.
        changes: what happened.
        now: when it was, Unix seconds.
    """
    there = [each for each in memory.known.values() if not each.is_gone]
    kinds = Counter(each.asset.guess.kind for each in there)
    return [
        _summary(scan, there, changes),
        *(Point("asset_kind", {"kind": kind}, {"total": total}) for kind, total in sorted(kinds.items())),
        *(_seen(each, now) for each in memory.known.values()),
        *(_event(each) for each in changes),
    ]


def _summary(scan: Scan, there: Sequence[Known], changes: Sequence[Change]) -> Point:
    happened = Counter(each.event for each in changes)
    fields: dict[str, FieldValue] = {
        "total": len(there),
        "seen": len(scan.assets),
        **{event.value: happened[event] for event in Event},
        "addresses": scan.addresses,
        "packets": scan.packets,
        "duration": scan.duration_s,
        "complete": scan.is_complete,
        "partial": "; ".join(each.en for each in scan.partial),
    }
    return Point("assets", {}, fields)


def _who(known: Known) -> dict[str, FieldValue]:
    asset = known.asset
    told = {
        "ip": asset.addresses[0],
        "mac": asset.mac,
        "vendor": asset.vendor,
        "name": asset.names[0] if asset.names else "",
        "maker": asset.maker,
        "model": asset.model,
        "serial": asset.serial,
    }
    return {name: text for name, text in told.items() if text}


def _seen(known: Known, now: int) -> Point:
    asset = known.asset
    fields: dict[str, FieldValue] = {
        "seen": known.last_seen == now,
        "present": not known.is_gone,
        "missed": known.missed,
        **_who(known),
        "reason": asset.guess.reason.ja,
        "reason_en": asset.guess.reason.en,
        "how": ", ".join(asset.sources),
        "addresses": len(asset.addresses),
        "first_seen": known.first_seen,
        "last_seen": known.last_seen,
    }
    return Point("asset_seen", {"asset": asset.id, "kind": asset.guess.kind}, fields)


def _event(change: Change) -> Point:
    asset = change.known.asset
    words = _WORDS[change.event]
    values = {
        "who": describe(change.known),
        "missed": change.known.missed,
        "before": ", ".join(change.before),
        "after": ", ".join(asset.addresses),
    }
    fields = {**_who(change.known), "detail": words.ja.format(**values), "detail_en": words.en.format(**values)}
    return Point("asset_event", {"asset": asset.id, "kind": asset.guess.kind, "event": change.event.value}, fields)


def describe(known: Known) -> str:
    """Return an asset in a few words: name or model, address, and who made it."""
    asset = known.asset
    product = " ".join(dict.fromkeys(each for each in (asset.maker or asset.vendor, asset.model) if each))
    parts = [each for each in (asset.names[0] if asset.names else "", asset.addresses[0], product) if each]
    return " / ".join(parts)
