"""Work is claimed for a while: two workers never have the same at once, and a dead worker's comes free again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from api.db import Database
from api.models import ReportMail, ReportRun, ServiceMail

Row = TypeVar("Row", ReportRun, ReportMail, ServiceMail)

_WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that this worker has.

    Attributes:
        id: of the row.
        until: when the claim ends, by which it is known.
    """

    id: int
    until: datetime


def claim(database: Database, work: type[Row], most: int, lease: timedelta, now: datetime) -> list[Claimed]:
    """Claim what is due, the longest due first.

    Args:
        database: where it is.
        work: of which table.
        most: how many at most.
        lease: how long the claim holds.
        now: this moment.
    """
    asked = (
        select(work)
        .where(
            work.state == _WAITING,
            work.due_at <= now,
            or_(work.claimed_until.is_(None), work.claimed_until <= now),
        )
        .order_by(work.due_at, work.id)
        .limit(most)
    )
    with database.reading() as session:  # most looks find nothing, and need not keep others from writing
        if session.scalars(asked.limit(1)).first() is None:
            return []
    with database.writing.begin() as session:
        taken = session.scalars(asked.with_for_update(skip_locked=True)).all()
        for row in taken:
            row.claimed_until = now + lease
            row.attempts += 1
        return [Claimed(row.id, now + lease) for row in taken]


def held(session: Session, work: type[Row], claimed: Claimed) -> Row | None:
    """Return a claimed row to be settled; None where the claim ran out and another has it, or it is gone."""
    row = session.get(work, claimed.id, with_for_update=True)
    if row is None or row.state != _WAITING or row.claimed_until != claimed.until:
        return None
    row.claimed_until = None
    return row
