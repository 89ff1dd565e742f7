"""How far the rollup is, kept in the relational database; each step is one short transaction.

One filler works at a time: it holds a lease, which it renews as it goes and which ends by itself if it is killed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.db import Database
from api.models import Contract, RollupPending, RollupProgress
from api.models.base import utc_now
from api.told import ToldError
from collectors.text import Text

LEASE = timedelta(minutes=5)
"""Longer than a filler is ever without a sign of life: one wait for the engine, 90 seconds, and one for its answer to
a write."""

_RENEW_AFTER = timedelta(seconds=20)


class RollupError(ToldError):
    """The rollup cannot go on now; what is done is kept, and the next run goes on from there."""


class AlreadyFilling(RollupError):
    """Another filler holds the lease; the message says until when at the longest."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A contract of which hours must be rolled up again.

    Attributes:
        contract_id: its row.
        contract: its public id.
        since: the first such hour.
        version: how often it was noted so far.
        noted_at: when it was last noted.
    """

    contract_id: int
    contract: str
    since: datetime
    version: int
    noted_at: datetime


class Lease:
    """The right to fill, from `acquire` on until it is released, or lost by being silent for too long."""

    def __init__(self, database: Database, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._now = now
        self._holder = str(uuid4())
        self._renewed_at = now()

    def acquire(self) -> datetime | None:
        """Take the lease and return the hour until which the rollup is done; None where it has not begun.

        Raises:
            AlreadyFilling: another holds it.
        """
        self._ensure_row()
        now = self._now()
        with self._database.writing.begin() as session:
            free = or_(RollupProgress.leased_until.is_(None), RollupProgress.leased_until <= now)
            taken = update(RollupProgress).where(RollupProgress.id == 1, free)
            if not _changed(session, taken.values(lease_holder=self._holder, leased_until=now + LEASE)):
                raise _already_filling(session.get_one(RollupProgress, 1).leased_until or now)
            self._renewed_at = now
            return session.get_one(RollupProgress, 1).done_until

    def renew(self) -> None:
        """Give a sign of life; cheap enough to be called for every piece of work.

        Raises:
            AlreadyFilling: the lease was lost to another.
        """
        now = self._now()
        if now - self._renewed_at >= _RENEW_AFTER:
            with self._database.writing.begin() as session:
                self._hold(session, leased_until=now + LEASE)
            self._renewed_at = now

    def advance(self, done_until: datetime) -> None:
        """Keep that every hour before `done_until` is rolled up.

        Raises:
            AlreadyFilling: the lease was lost to another.
        """
        with self._database.writing.begin() as session:
            self._hold(session, done_until=done_until)

    def take_pending(self) -> list[Pending]:
        """Return what must be rolled up again, and take note that what comes from now on is not among it.

        Raises:
            AlreadyFilling: the lease was lost to another.
        """
        with self._database.writing.begin() as session:
            self._hold(session)
            session.execute(update(RollupPending).values(fresh_since=None))
            rows = session.execute(
                select(RollupPending, Contract.public_id)
                .join(Contract, Contract.id == RollupPending.contract_id)
                .order_by(RollupPending.noted_at, RollupPending.contract_id)
            )
            return [
                Pending(each.contract_id, public_id, each.since, each.version, each.noted_at)
                for each, public_id in rows
            ]

    def settle(self, pending: Pending) -> None:
        """Keep that a contract's hours were rolled up again; what was noted meanwhile remains, and no more than that.

        Raises:
            AlreadyFilling: the lease was lost to another.
        """
        mine = RollupPending.contract_id == pending.contract_id
        with self._database.writing.begin() as session:
            self._hold(session)
            done = delete(RollupPending).where(mine, RollupPending.version == pending.version)
            if not _changed(session, done):
                later = update(RollupPending).where(mine, RollupPending.fresh_since.is_not(None))
                session.execute(later.values(since=RollupPending.fresh_since))

    def release(self) -> None:
        """Let another fill; harmless where the lease was lost."""
        with self._database.writing.begin() as session:
            mine = update(RollupProgress).where(RollupProgress.lease_holder == self._holder)
            session.execute(mine.values(lease_holder=None, leased_until=None))

    def _hold(self, session: Session, **values: object) -> None:
        # Also without values a change, which locks the row: nobody can take the lease within this transaction.
        held = update(RollupProgress).where(RollupProgress.lease_holder == self._holder)
        if not _changed(session, held.values(lease_holder=self._holder, **values)):
            raise _already_filling(session.get_one(RollupProgress, 1).leased_until or self._now())

    def _ensure_row(self) -> None:
        with self._database.reading() as session:
            if session.get(RollupProgress, 1) is not None:
                return
        try:
            with self._database.writing.begin() as session:
                session.add(RollupProgress(id=1))
        except IntegrityError:
            pass  # another process was first


def _changed(session: Session, statement: Any) -> bool:
    result: CursorResult[Any] = session.execute(statement, execution_options={"synchronize_session": False})  # type: ignore[assignment]
    return result.rowcount > 0


def _already_filling(until: datetime) -> AlreadyFilling:
    at = until.astimezone().strftime("%H:%M:%S")
    return AlreadyFilling(
        Text(
            f"集計は別のプロセスが実行中です。そのプロセスが止まっていれば {at} 以降に実行できます",
            f"another process is rolling up; should it have died, the rollup can run after {at}",
        )
    )
