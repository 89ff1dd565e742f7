"""Adding to the audit log, and looking whether it is whole.

Each entry holds the hash of the one before, so that an entry that is changed, taken out or put in breaks the chain at
its place. Entries cut off at the end leave no break: whoever keeps the newest hash elsewhere (`karte audit verify`
prints it) sees that too.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from api.audit.actor import Actor
from api.models.audit_entry import NAME_LENGTH, TARGET_LENGTH, AuditEntry

FIRST = "0" * 64
"""Stands for the entry before the first."""

_LOCK = 0x6B6175646974
"""Any number that no other program takes; this is "kaudit"."""

_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the chain breaks.

    Attributes:
        id: of the entry whose hash or predecessor does not fit.
        at: its time.
    """

    id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Verified:
    """What a look at the whole log found.

    Attributes:
        entries: how many were read.
        newest: hash of the last one; `FIRST` if there is none.
        broken: the first break; None if there is none.
    """

    entries: int
    newest: str
    broken: Broken | None


def record(
    session: Session,
    actor: Actor,
    action: str,
    *,
    at: datetime,
    contract: str = "",
    target: str = "",
    details: Mapping[str, object] | None = None,
) -> AuditEntry:
    """Add an entry, as part of the session's transaction: what is undone with it is not in the log either.

    Args:
        session: one that writes.
        actor: who did it.
        action: what, e.g. "contract.suspend".
        at: when.
        contract: public id of the contract that it concerns; "" if none or many.
        target: what was acted upon, where that is not the contract.
        details: what the action calls for; plain JSON values.
    """
    # One writer at a time, or two entries would follow the same one. SQLite's transactions of writers are that already.
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    previous = session.scalar(select(AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)) or FIRST
    made = AuditEntry(
        at=at.astimezone(UTC),
        actor_kind=actor.kind.value,
        actor_id=actor.id,
        actor_name=actor.name[:NAME_LENGTH],
        action=action,
        contract=contract,
        target=target[:TARGET_LENGTH],
        details=dict(details or {}),
        previous=previous,
    )
    made.hash = entry_hash(made)
    session.add(made)
    session.flush()
    return made


def entry_hash(entry: AuditEntry) -> str:
    """Return the hash that an entry must have, by what it says and by the hash of the one before."""
    said = [
        entry.previous,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.actor_kind,
        entry.actor_id,
        entry.actor_name,
        entry.action,
        entry.contract,
        entry.target,
        entry.details,
    ]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def verify(session: Session) -> Verified:
    """Read the whole log and look at every link of its chain."""
    previous, entries, after = FIRST, 0, 0
    while True:
        batch = session.scalars(
            select(AuditEntry).where(AuditEntry.id > after).order_by(AuditEntry.id).limit(_BATCH)
        ).all()
        if not batch:
            return Verified(entries, previous, None)
        for entry in batch:
            if entry.previous != previous or entry.hash != entry_hash(entry):
                return Verified(entries, previous, Broken(entry.id, entry.at))
            previous, entries, after = entry.hash, entries + 1, entry.id
        session.expunge_all()
