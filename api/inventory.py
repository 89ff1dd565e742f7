"""Keeping what devices list: the current state of each device, and the log of changes.

Rules, in this order:
1. Whose list it is says the token alone; a document names no device.
2. The list that is there already, come again, changes nothing (`known`), or only when it was taken (`unchanged`).
3. A list that was taken before the current one is left out (`outdated`): documents may arrive in any order.
4. Otherwise the changes between the two are worked out here, from what is stored, applied to the current state and
   added to the log (`stored`). A device's first list is where its log begins, so nothing in it is a change.

All of it is one transaction that holds the device's row (PostgreSQL) or the write lock (SQLite), so two documents of
one device that come at once are taken one after the other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.db import Database
from api.gateway.grant import WriteGrant
from api.models import Asset, AssetChange, Contract, Device, InventoryList, Software, SoftwareChange
from collectors.inventory import ASSETS, SOFTWARE, Document, Kind, kind_of
from collectors.inventory.changes import Change, ChangeKind, compare, counts
from collectors.inventory.kind import ItemT


class Outcome(StrEnum):
    """What became of a document."""

    STORED = "stored"
    UNCHANGED = "unchanged"
    KNOWN = "known"
    OUTDATED = "outdated"


@dataclass(frozen=True, slots=True)
class Stored:
    """The answer to a document.

    Attributes:
        outcome: what became of it.
        items: how many things the current list has.
        changes: how many changes were recorded, by kind.
    """

    outcome: Outcome
    items: int
    changes: Mapping[ChangeKind, int] = field(default_factory=lambda: dict.fromkeys(ChangeKind, 0))


@dataclass(frozen=True, slots=True)
class Shelf(Generic[ItemT]):
    """Where one kind of list is kept.

    Attributes:
        kind: the kind.
        entity: the current state, one row a thing.
        log: what changed, one row a change.
    """

    kind: Kind[ItemT]
    entity: type[Software] | type[Asset]
    log: type[SoftwareChange] | type[AssetChange]


SHELVES: dict[str, Shelf[Any]] = {
    SOFTWARE.name: Shelf(SOFTWARE, Software, SoftwareChange),
    ASSETS.name: Shelf(ASSETS, Asset, AssetChange),
}
"""Every kind of `collectors.inventory.KINDS` has its tables here."""


def store(database: Database, grant: WriteGrant, document: Document, now: datetime) -> Stored:
    """Take up a document of the device that a token stands for.

    Args:
        database: where devices are kept.
        grant: what the token opened.
        document: the list.
        now: this moment; a list cannot have been taken later than that, whatever the device's clock says.
    """
    shelf = SHELVES[kind_of(document).name]
    new = shelf.kind.listed(document.items)
    taken_at = min(document.taken_at, now)
    with database.writing.begin() as session:
        device = _device(session, grant)
        owner = {"contract_id": device.contract_id, "device_id": device.id}
        which = (InventoryList.device_id == device.id, InventoryList.kind == shelf.kind.name)
        current = session.scalar(select(InventoryList).where(*which))
        same = current is not None and current.content_hash == document.hash
        if current is not None and taken_at <= current.taken_at:
            return Stored(Outcome.KNOWN if same else Outcome.OUTDATED, _count(session, shelf, device))
        changes = _bring_up(session, shelf, owner, new, taken_at)
        recorded = changes if current is not None else []
        for change in recorded:
            entry = shelf.log(**owner, at=taken_at, recorded_at=now)
            entry.tell(change)
            session.add(entry)
        listed = current or InventoryList(**owner, kind=shelf.kind.name)
        listed.taken_at, listed.received_at = taken_at, now
        listed.content_hash, listed.total = document.hash, document.total
        listed.tell(document.device)
        session.add(listed)
        return Stored(Outcome.UNCHANGED if same else Outcome.STORED, len(new), counts(recorded))


def _device(session: Session, grant: WriteGrant) -> Device:
    return session.scalars(
        select(Device)
        .join(Contract, Contract.id == Device.contract_id)
        .where(Device.public_id == grant.device, Contract.public_id == grant.contract)
        .with_for_update(of=Device)
    ).one()


def _bring_up(
    session: Session, shelf: Shelf[Any], owner: Mapping[str, int], new: Sequence[Any], taken_at: datetime
) -> list[Change[Any]]:
    """Make the current state that of a list, and return what changed."""
    kind, entity = shelf.kind, shelf.entity
    stored: Sequence[Any] = session.scalars(select(entity).where(entity.device_id == owner["device_id"])).all()
    rows: dict[tuple[str, ...], Any] = {kind.key(row.item): row for row in stored}
    changes = compare(kind, [row.item for row in stored], new)
    for change in changes:
        row = rows.pop(kind.key(change.before)) if change.before is not None else None
        if change.after is None:
            session.delete(row)
            continue
        row = row or entity(**owner)
        session.add(row)
        row.take(change.after)
        if change.kind is not ChangeKind.CHANGED:
            row.since = taken_at
        rows[kind.key(change.after)] = row
    for item in new:
        row = rows[kind.key(item)]
        # What is no content (last seen) comes anew with every list, changed or not.
        if row.item != item:
            row.take(item)
    return changes


def _count(session: Session, shelf: Shelf[Any], device: Device) -> int:
    rows = select(func.count()).select_from(shelf.entity).where(shelf.entity.device_id == device.id)
    return session.scalar(rows) or 0
