"""Fills the hourly rollup: all hours that are over, and once more those of contracts that got points of them later.

Killed at any moment it loses nothing: what it writes is the same every time, and how far it is it keeps only after the
engine has stored it.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from api.config import Config
from api.db import Database
from api.influx.chunks import read_chunks
from api.influx.engine import Engine, EngineError, EngineUnavailable, Series
from api.models.base import utc_now
from api.readings.scope import Window
from api.rollup.fold import fold_hours
from api.rollup.hours import HOUR, days, due_until, first_hour_from, halves, hour_of
from api.rollup.late import SETTLED
from api.rollup.lines import line_maker
from api.rollup.progress import Lease, Pending, RollupError
from api.rollup.statement import contracts_statement, raw_statement
from collectors.catalogue import measurements
from collectors.declaration import Measurement
from collectors.text import Text

BATCH_LINES = 5_000
_BATCH_BYTES = 4 * 1024 * 1024
"""InfluxDB 1 takes 25 MB at once by default; an hour of a wide measurement is a line of some kilobytes."""

_log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
"""Called with the hours that are done and the hours that are due, those of contracts that are done again included."""


class Stopped(RollupError):
    """The run was asked to end before it was through."""

    def __init__(self) -> None:
        super().__init__(
            Text(
                "集計を途中で終えました。次回は続きから始めます",
                "the rollup was stopped; the next run goes on from where it was",
            )
        )


@dataclass(frozen=True, slots=True)
class Filled:
    """What a run did.

    Attributes:
        done_until: every hour before it is rolled up now; None where none is.
        hours: hours that were rolled up for the first time.
        contracts: contracts of which hours were rolled up again.
        points: points written to the rollup.
        refused: what the engine said of points that it did not take; "" where it took all.
    """

    done_until: datetime | None
    hours: int
    contracts: int
    points: int
    refused: str


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a run has to do.

    Attributes:
        again: spans of contracts, in order; `Pending` is what is settled after the last of its windows.
        all_again: the span that was asked for by hand, of all contracts.
        new: the hours that were never rolled up.
        done_until: where the run begins.
    """

    again: tuple[tuple[Pending, Window], ...]
    all_again: Window
    new: Window
    done_until: datetime | None

    @property
    def hours(self) -> int:
        """How many hours that is, each contract's own counted apart."""
        return sum(map(_hours, (self.all_again, self.new, *(window for _pending, window in self.again))))


class Filler:
    """Fills the rollup from the raw data.

    Args:
        database: the relational database, where it is kept how far the rollup is.
        engine: the time-series engine.
        config: databases and retentions.
        progress: see `Progress`.
        going: asked often; where it says False the run ends.
        now: this moment.
        pause: waits so many seconds.
    """

    def __init__(
        self,
        database: Database,
        engine: Engine,
        config: Config,
        *,
        progress: Progress = lambda _done, _due: None,
        going: Callable[[], bool] = lambda: True,
        now: Callable[[], datetime] = utc_now,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._engine = engine
        self._config = config
        self._progress = progress
        self._going = going
        self._now = now
        self._pause = pause
        self._lease = Lease(database, now)
        self._declared: tuple[Measurement, ...] = ()
        self._hours_done = self._hours_due = self._points = 0
        self._refused = ""

    def run(self, since: datetime | None = None) -> Filled:
        """Roll up what is due.

        Args:
            since: roll up again all hours from this moment on; None where only what is due is wanted.

        Raises:
            AlreadyFilling: another filler works.
            Stopped: `going` said so.
            RollupError: an engine or the database is away or refused; what is done is kept.
        """
        with _told(), self._leased() as done_until:
            self._prepare()
            plan = self._plan(done_until, since)
            self._hours_due = plan.hours
            for pending, window in plan.again:
                self._span(window, pending.contract)
                self._lease.settle(pending)
            self._span(plan.all_again, None)
            return self._new(plan)

    @contextmanager
    def _leased(self) -> Iterator[datetime | None]:
        done_until = self._lease.acquire()
        try:
            yield done_until
        finally:
            with suppress(SQLAlchemyError):  # the lease ends by itself
                self._lease.release()

    def _prepare(self) -> None:
        kept = timedelta(days=self._config.rollup_retention_days)
        self._engine.ensure_database(self._config.influx_rollup_database, kept)

    def _plan(self, done_until: datetime | None, since: datetime | None) -> _Plan:
        pending = self._lease.take_pending()
        self._let_settle(pending)
        # From here on: what a note that was taken stands for is in the engine, so it may be read.
        now = self._now()
        oldest = first_hour_from(now - timedelta(days=self._config.raw_retention_days))
        begin = max(done_until or oldest, oldest)
        # An hour that is not rolled up yet will be read later than this anyway.
        again = tuple((each, _span(max(each.since, oldest), done_until or oldest)) for each in pending)
        all_again = _span(max(hour_of(since), oldest), done_until or oldest) if since else _span(begin, begin)
        self._declared = self._stored_measurements()
        return _Plan(again, all_again, _span(begin, due_until(now)), done_until)

    def _let_settle(self, pending: list[Pending]) -> None:
        if pending:
            wait = max(each.noted_at for each in pending) + SETTLED - self._now()
            # Never longer, whatever another machine's clock says.
            self._pause(min(max(wait, timedelta(0)), SETTLED).total_seconds())

    def _stored_measurements(self) -> tuple[Measurement, ...]:
        found = self._engine.query(self._config.influx_database, "SHOW MEASUREMENTS")
        names = {row["name"] for series in found for row in series.rows()}
        return tuple(each for name, each in measurements().items() if name in names)

    def _new(self, plan: _Plan) -> Filled:
        done_until = plan.done_until
        for window in days(plan.new.start, plan.new.end):
            self._span(window, None)
            self._lease.advance(window.end)
            done_until = window.end
        again = sum(1 for _pending, window in plan.again if _hours(window))
        return Filled(done_until, _hours(plan.new), again, self._points, self._refused)

    def _span(self, span: Window, contract: str | None) -> None:
        for window in days(span.start, span.end):
            for declared in self._declared:
                self._fill(declared, window, contract)
            self._hours_done += _hours(window)
            self._progress(self._hours_done, self._hours_due)

    def _fill(self, declared: Measurement, window: Window, contract: str | None) -> None:
        """Roll up one measurement.

        Where the engine cannot answer for the whole window, as its own limit of time is over, it is asked for less: for
        half of the window down to an hour, and then contract by contract.
        """
        try:
            hours = fold_hours(declared, self._pieces(declared, window, contract))
            self._write(map(line_maker(declared), hours))
        except EngineUnavailable:
            raise
        except EngineError:
            less = self._less(declared, window, contract)
            if not less:
                raise
            for part, only in less:
                self._fill(declared, part, only)

    def _less(self, declared: Measurement, window: Window, contract: str | None) -> list[tuple[Window, str | None]]:
        parts = halves(window)
        if parts is not None:
            return [(part, contract) for part in parts]
        if contract is not None:
            return []
        # Contracts without a point in the window cost next to nothing.
        found = self._engine.query(self._config.influx_database, contracts_statement(declared))
        return [(window, row["value"]) for series in found for row in series.rows()]

    def _pieces(self, declared: Measurement, window: Window, contract: str | None) -> Iterator[Series]:
        self._alive()
        for piece in read_chunks(self._engine, self._config.influx_database, raw_statement(declared, window, contract)):
            self._alive()
            yield piece

    def _alive(self) -> None:
        if not self._going():
            raise Stopped
        self._lease.renew()

    def _write(self, lines: Iterable[bytes]) -> None:
        for batch in _batches(lines):
            # Whoever lost the lease must not write: another may have read newer points meanwhile.
            self._alive()
            outcome = self._engine.write(self._config.influx_rollup_database, b"\n".join(batch), "s")
            if outcome.status in {400, 422}:
                # Points of one field whose type changed must not hold up all others for ever.
                self._refused = outcome.message or f"status {outcome.status}"
                _log.error("the time-series engine refused points of the rollup: %s", self._refused)
            elif outcome.status != 204:
                raise EngineUnavailable(f"the engine answered {outcome.status} {outcome.message}".rstrip())
            self._points += len(batch)


def _batches(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    size = 0
    for line in lines:
        batch.append(line)
        size += len(line)
        if len(batch) >= BATCH_LINES or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _span(start: datetime, end: datetime) -> Window:
    return Window(min(start, end), end)


def _hours(window: Window) -> int:
    return (window.end - window.start) // HOUR


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except EngineError as error:
        raise RollupError(
            Text(
                f"時系列データベースのため集計を続けられません。次回は続きから始めます: {error}",
                f"the time-series engine holds up the rollup; the next run goes on from where it was: {error}",
            )
        ) from error
    except SQLAlchemyError as error:
        said = str(error).splitlines()[0]
        raise RollupError(
            Text(
                f"データベースのため集計を続けられません。次回は続きから始めます: {said}",
                f"the database holds up the rollup; the next run goes on from where it was: {said}",
            )
        ) from error
