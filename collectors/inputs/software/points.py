"""A list to the device's point."""

from collectors.inputs.software.declaration import SUMMARY
from collectors.inputs.software.reading import Reading
from collectors.inputs.software.wording import REASONS
from collectors.inventory import SoftwareItem
from collectors.inventory.changes import Change, ChangeKind, counts
from collectors.inventory.register import Listed
from collectors.point import FieldValue, Point
from collectors.reasons import UNREADABLE, because, known
from collectors.scalar import as_text
from collectors.text import Text
from collectors.verdict import Verdict

_MAX_NAMES = 20
_MARKS = {ChangeKind.ADDED: "+", ChangeKind.REMOVED: "-", ChangeKind.UPDATED: "^"}


def to_points(reading: Reading, listed: Listed[SoftwareItem]) -> list[Point]:
    """Return the point of a list."""
    values: dict[str, FieldValue | None] = {
        **_judge(reading, listed).fields(),
        "source": reading.source,
        "installed": listed.document.total,
        "list_hash": listed.document.hash,
    }
    if listed.changes is not None:
        found = counts(listed.changes)
        values |= {
            "added": found[ChangeKind.ADDED],
            "removed": found[ChangeKind.REMOVED],
            "updated": found[ChangeKind.UPDATED],
            "changed_names": _names(listed.changes),
        }
    return [Point(SUMMARY.name, {}, known(values))]


def unreadable(why: Text) -> list[Point]:
    """Return the point of a device whose software could not be read at all."""
    return [Point(SUMMARY.name, {}, dict(REASONS.verdict(UNREADABLE, why=why).fields()))]


def _judge(reading: Reading, listed: Listed[SoftwareItem]) -> Verdict:
    total, kept = listed.document.total, len(listed.document.items)
    if not listed.is_kept:
        return REASONS.verdict("not_kept", count=total)
    if reading.unread:
        return REASONS.verdict("incomplete", why=because(reading.unread))
    if kept < total:
        return REASONS.verdict("too_many", count=total, kept=kept)
    found = counts(listed.changes or ())
    changed = {str(kind): found[kind] for kind in _MARKS}
    return REASONS.verdict("changed" if any(changed.values()) else "listed", count=total, **changed)


def _names(changes: list[Change[SoftwareItem]]) -> str | None:
    told = [f"{_MARKS[each.kind]}{_name(each)}" for each in changes if each.kind in _MARKS]
    return as_text("; ".join(told[:_MAX_NAMES]), limit=4000)


def _name(change: Change[SoftwareItem]) -> str:
    before, after = change.before, change.after
    if before and after:
        return f"{after.name} {before.version} -> {after.version}"
    item = after or before
    return f"{item.name} {item.version}".rstrip() if item else ""
