"""Finding entries of the audit log."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select

from api.models import AuditEntry

_PERSON = "u-"
"""How public ids of people begin."""


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
            # One of both and not either: an index finds each, and none finds both.
            by_id = self.actor.startswith(_PERSON)
            found.append((AuditEntry.actor_id if by_id else AuditEntry.actor_name) == self.actor)
        if self.action:
            found.append(AuditEntry.action.in_(_actions(self.action)))
        if self.since is not None:
            found.append(AuditEntry.at >= self.since)
        if self.until is not None:
            found.append(AuditEntry.at < self.until)
        return found


def _actions(wanted: str) -> Select[str]:
    """Return the query of the actions that there are and that are meant: a few words, found by one step of the index
    each, where a look for a beginning would read the whole log.
    """
    least = select(func.min(AuditEntry.action).label("action")).cte("actions", recursive=True)
    after = select(func.min(AuditEntry.action)).where(AuditEntry.action > least.c.action).scalar_subquery()
    each = least.union_all(select(after).where(least.c.action.is_not(None)))
    below = each.c.action.startswith(f"{wanted}.", autoescape=True)
    return select(each.c.action).where(or_(each.c.action == wanted, below))


def newest_first(wanted: Wanted) -> Select[AuditEntry]:
    """Return the query of the entries that are wanted, for lists."""
    return select(AuditEntry).where(*wanted.conditions()).order_by(AuditEntry.id.desc())


def oldest_first(wanted: Wanted) -> Select[AuditEntry]:
    """Return the query of the entries that are wanted, in the order in which they were written."""
    return select(AuditEntry).where(*wanted.conditions()).order_by(AuditEntry.id)
