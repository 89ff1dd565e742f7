"""When devices and tokens were last seen, written down beside the requests and not within them."""

import atexit
import os
import threading
from datetime import datetime

from sqlalchemy import Update, bindparam, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import InstrumentedAttribute

from api.db import Database
from api.models.base import utc_now

SEEN_EVERY_S = 60.0
"""How coarse the times are."""

_FLUSH_EVERY_S = 5.0

SeenColumn = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]


class SeenRecorder:
    """Writes the moment into columns of the rows that were seen together, e.g. of a device and of its token.

    A note costs a dictionary lookup; a thread, started by the first note of a process (gunicorn forks its workers),
    writes all that came together in one transaction. What a killed process had not written yet is a few seconds of
    a coarse time.
    """

    def __init__(self, database: Database, *columns: SeenColumn) -> None:
        self._database = database
        self._updates = [_update(column) for column in columns]
        self._lock = threading.Lock()
        self._noted: dict[tuple[int, ...], datetime] = {}
        self._waiting: dict[tuple[int, ...], datetime] = {}
        self._process = 0

    def note(self, *ids: int) -> None:
        """Remember that rows were just seen, one of each column's table; at most once a minute for the same rows."""
        now = utc_now()
        last = self._noted.get(ids)
        if last is not None and (now - last).total_seconds() < SEEN_EVERY_S:
            return
        with self._lock:
            self._noted[ids] = now
            self._waiting[ids] = now
            if self._process != os.getpid():
                self._process = os.getpid()
                threading.Thread(target=self._run, name="karte-seen", daemon=True).start()
                atexit.register(self.flush)

    def flush(self) -> None:
        """Write what waits; where the database is busy it waits on."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        if not waiting:
            return
        try:
            with self._database.writing.kw["bind"].begin() as connection:
                for place, statement in enumerate(self._updates):
                    connection.execute(statement, [{"which": ids[place], "at": at} for ids, at in waiting.items()])
        except SQLAlchemyError:
            with self._lock:
                self._waiting = waiting | self._waiting

    def _run(self) -> None:
        pause = threading.Event()
        while not pause.wait(_FLUSH_EVERY_S):
            self.flush()


def _update(column: SeenColumn) -> Update:
    entity = column.class_
    return update(entity).where(entity.id == bindparam("which")).values({column.key: bindparam("at")})
