"""Notes of late points, kept in the relational database.

A note may be skipped shortly after one of the same contract. That loses nothing: the skipped note's points are in the
engine before it is skipped, so less than `SKIP_S` after the note that stands for it, and a run reads no raw point until
`SETTLED` has passed since the last note that it took on (`api.rollup.fill`).
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import bindparam, text
from sqlalchemy.exc import SQLAlchemyError

from api.db import Database
from api.gateway.late import NotNoted
from api.models.base import UtcDateTime, utc_now
from api.readings.scope import from_ns

SKIP_S = 2.0
"""How long a note stands for further ones of the same contract and the same or later hours."""

SETTLED = timedelta(seconds=5)
"""How old a note must be before raw points are read; `SKIP_S`, and what clocks of our machines may differ."""

# The same words to SQLite and PostgreSQL. SQLite needs a WHERE before ON CONFLICT after a SELECT.
_NOTE = text("""
    INSERT INTO rollup_pending (contract_id, since, fresh_since, version, noted_at)
    SELECT id, :since, :since, 1, :at FROM contract WHERE public_id = :contract
    ON CONFLICT (contract_id) DO UPDATE SET
        since = CASE WHEN excluded.since < rollup_pending.since THEN excluded.since ELSE rollup_pending.since END,
        fresh_since = CASE WHEN rollup_pending.fresh_since <= excluded.fresh_since THEN rollup_pending.fresh_since
            ELSE excluded.fresh_since END,
        version = rollup_pending.version + 1,
        noted_at = excluded.noted_at
""").bindparams(bindparam("since", type_=UtcDateTime), bindparam("at", type_=UtcDateTime))


class LateRecorder:
    """Keeps notes for one process."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database = database
        self._clock = clock
        self._now = now
        self._noted: dict[str, tuple[int, float]] = {}

    def note(self, contract: str, hour_ns: int) -> None:
        """Keep that a contract got points of an hour that was over; see `api.gateway.late.NoteLate`.

        Raises:
            NotNoted: the database does not answer.
        """
        began = self._clock()
        hour, noted = self._noted.get(contract, (0, float("-inf")))
        if hour <= hour_ns and began - noted < SKIP_S:
            return
        values = {"contract": contract, "since": from_ns(hour_ns), "at": self._now()}
        try:
            with self._database.writing.begin() as session:
                session.execute(_NOTE, values)
        except SQLAlchemyError as error:
            # Only the kind: the text of a database error holds the statement's values.
            raise NotNoted(type(error).__name__) from error
        # Since before it was written: however long that took, a run counts from then.
        self._noted[contract] = (hour_ns, began)
