"""One process brings Grafana in step at a time: two would give a data source two tokens and end the wrong one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import or_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.db import Database
from api.grafana.errors import GrafanaError
from api.models import GrafanaLease
from api.models.base import utc_now
from collectors.text import Text

LEASE = timedelta(minutes=5)
"""Longer than a run is ever without a sign of life, which it gives after each request that changes something."""

_RENEW_AFTER = timedelta(seconds=20)


class AlreadySyncing(GrafanaError):
    """Another process is at it."""


class Lease:
    """The right to change Grafana, held by one run."""

    def __init__(self, database: Database, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._now = now
        self._holder = str(uuid4())
        self._renewed_at = now()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lease.

        Raises:
            AlreadySyncing: another holds it.
        """
        self._ensure_row()
        now = self._now()
        with self._database.writing.begin() as session:
            free = or_(GrafanaLease.until.is_(None), GrafanaLease.until <= now)
            if not self._take(session, now, free):
                raise _already_syncing(session.get_one(GrafanaLease, 1).until or now)
        self._renewed_at = now
        try:
            yield
        finally:
            with self._database.writing.begin() as session:
                mine = update(GrafanaLease).where(GrafanaLease.holder == self._holder)
                session.execute(mine.values(holder=None, until=None))

    def renew(self) -> None:
        """Give a sign of life; cheap enough to be called for every step.

        Raises:
            AlreadySyncing: the lease was lost to another.
        """
        now = self._now()
        if now - self._renewed_at < _RENEW_AFTER:
            return
        with self._database.writing.begin() as session:
            if not self._take(session, now, GrafanaLease.holder == self._holder):
                raise _already_syncing(session.get_one(GrafanaLease, 1).until or now)
        self._renewed_at = now

    def _take(self, session: Session, now: datetime, where: object) -> bool:
        taken = update(GrafanaLease).where(GrafanaLease.id == 1, where)  # type: ignore[arg-type]  # a column's condition
        result = session.execute(
            taken.values(holder=self._holder, until=now + LEASE), execution_options={"synchronize_session": False}
        )
        return bool(result.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it

    def _ensure_row(self) -> None:
        with self._database.reading() as session:
            if session.get(GrafanaLease, 1) is not None:
                return
        try:
            with self._database.writing.begin() as session:
                session.add(GrafanaLease(id=1))
        except IntegrityError:
            pass  # another process was first


def _already_syncing(until: datetime) -> AlreadySyncing:
    at = until.astimezone().strftime("%H:%M:%S")
    return AlreadySyncing(
        Text(
            f"Grafana の設定は別のプロセスが実行中です。そのプロセスが止まっていれば {at} 以降に実行できます",
            f"another process is setting up Grafana; should it have died, this can run after {at}",
        )
    )
