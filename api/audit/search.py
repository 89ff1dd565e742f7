"""Finding entries of the audit log."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, or_, select

from api.models import AuditEntry


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries are looked for; what is empty does not matter.

    Attributes:
        contract: public id of the contract that they concern.
        actor: public id or name of who did it.
        action: what was done: "contract.suspend", or "contract" for all that begins with "contract.".
        since: from this moment on.
        until: before this moment.
    """

    contract: str = ""
    actor: str = ""
    action: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return what holds for every entry that is wanted."""
        found: list[ColumnElement[bool]] = []
        if self.contract:
            found.append(AuditEntry.contract == self.contract)
        if self.actor:
            found.append(or_(AuditEntry.actor_id == self.actor, AuditEntry.actor_name == self.actor))
        if self.action:
            below = AuditEntry.action.startswith(f"{self.action}.", autoescape=True)
            found.append(or_(AuditEntry.action == self.action, below))
        if self.since is not None:
            found.append(AuditEntry.at >= self.since)
        if self.until is not None:
            found.append(AuditEntry.at < self.until)
        return found


def newest_first(wanted: Wanted) -> Select[AuditEntry]:
    """Return the query of the entries that are wanted, for lists."""
    return select(AuditEntry).where(*wanted.conditions()).order_by(AuditEntry.id.desc())


def oldest_first(wanted: Wanted) -> Select[AuditEntry]:
    """Return the query of the entries that are wanted, in the order in which they were written."""
    return select(AuditEntry).where(*wanted.conditions()).order_by(AuditEntry.id)
