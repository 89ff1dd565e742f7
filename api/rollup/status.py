"""How far the rollup is, for people and programs."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.models import Contract, RollupPending, RollupProgress
from api.rollup.hours import HOUR, due_until


@dataclass(frozen=True, slots=True)
class PendingContract:
    """A contract that got points of hours that were over.

    Attributes:
        contract: its public id.
        name: the customer's name.
        since: the first hour that the rollup may lack points of.
        noted_at: when such points last came.
    """

    contract: str
    name: str
    since: datetime
    noted_at: datetime


@dataclass(frozen=True, slots=True)
class Status:
    """How far the rollup is.

    Attributes:
        done_until: every hour before it is rolled up; None where none is.
        behind_hours: hours that are over and not rolled up yet; None where none ever was.
        running_until: a filler works, and has until then to give its next sign of life; None where none does.
        pending: contracts of which hours are to be rolled up again, the longest noted first.
    """

    done_until: datetime | None
    behind_hours: int | None
    running_until: datetime | None
    pending: tuple[PendingContract, ...]


def read_status(session: Session, now: datetime) -> Status:
    """Return how far the rollup is at a moment."""
    row = session.get(RollupProgress, 1)
    done_until = row.done_until if row else None
    leased = row.leased_until if row else None
    pending = session.execute(
        select(Contract.public_id, Contract.name, RollupPending.since, RollupPending.noted_at)
        .join(Contract, Contract.id == RollupPending.contract_id)
        .order_by(RollupPending.noted_at, RollupPending.contract_id)
    )
    return Status(
        done_until,
        max(0, (due_until(now) - done_until) // HOUR) if done_until else None,
        leased if leased and leased > now else None,
        tuple(PendingContract(*each) for each in pending),
    )
