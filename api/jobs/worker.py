"""The process that runs the jobs: a scheduler that queues them by the clock, and a thread that does them in turn.

Beside them run loops, each in a thread of its own: what must not wait until a job is done.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress

import huey
from huey.consumer import Consumer

from api.config import Config
from api.db import Database
from api.influx.engine import Engine
from api.jobs.job import Job, Tools
from api.jobs.queue import open_queue
from api.models.base import utc_now
from api.standing.service import job_point
from api.standing.store import NotStored, store
from api.told import ToldError
from collectors.point import Point

ENDS_WITHIN_S = 10.0
"""How long a job has to end once the worker is asked to; a job that does not is cut off, which it must bear."""

_LOOK_EVERY_S = 5.0
_ERROR_LENGTH = 500

_log = logging.getLogger(__name__)

Loop = Callable[[threading.Event], None]
"""Something that goes on until the event is set."""


class Worker:
    """Runs jobs until it is asked to end.

    Args:
        config: the service's settings.
        database: the relational database.
        engine: the time-series engine.
        jobs: what is run by the clock.
        loops: what runs all the time, each until the event that it is given is set.

    Raises:
        QueueError: the queue of jobs cannot be used.
    """

    def __init__(
        self,
        config: Config,
        database: Database,
        engine: Engine,
        jobs: Iterable[Job],
        loops: Iterable[Loop] = (),
    ) -> None:
        self._stop = threading.Event()
        self._tools = Tools(config, database, engine, lambda: not self._stop.is_set())
        self._queue = open_queue(config)
        self._begin = [self._scheduled(job) for job in jobs]
        # Daemons: one that does not end in time must not keep the process; what it does bears to be cut off.
        self._loops = [threading.Thread(target=loop, args=(self._stop,), daemon=True) for loop in loops]

    def run(self) -> None:
        """Run each job once now, and from then on by its schedule, until `stop`."""
        for begin in self._begin:
            begin()
        for loop in self._loops:
            loop.start()
        consumer = _Consumer(self._queue, workers=1, scheduler_interval=1, max_delay=2.0)
        consumer.shutdown_timeout = ENDS_WITHIN_S
        consumer.start()
        while not self._stop.wait(_LOOK_EVERY_S):
            consumer.check_worker_health()
        consumer.stop(graceful=True)
        for loop in self._loops:
            loop.join(ENDS_WITHIN_S)

    def stop(self) -> None:
        """Ask the worker to end; may be called from a signal's handler."""
        self._stop.set()

    def _scheduled(self, job: Job) -> Callable[[], object]:
        def run() -> None:
            at, begun, error = utc_now(), time.monotonic(), "it was cut off"
            try:
                job.run(self._tools)
                error = ""
            except ToldError as told:
                error = told.text.en
                _log.warning("%s: %s", job.name, told)
            except Exception as unforeseen:
                error = type(unforeseen).__name__
                raise
            finally:
                self._note(job_point(job.name, at, time.monotonic() - begun, error[:_ERROR_LENGTH]))

        by_the_clock = self._queue.periodic_task(
            huey.crontab(minute=job.minutes, strict=True), name=job.name, expires=job.expires_s
        )
        begin: Callable[[], object] = by_the_clock(run)
        return begin

    def _note(self, point: Point) -> None:
        with suppress(NotStored):  # whatever the engine's absence stops is told by the jobs themselves
            store(self._tools.engine, self._tools.config.influx_database, [point])


class _Consumer(Consumer):  # type: ignore[misc]  # huey has no type information
    """Huey's consumer without its own signal handlers: the command that runs the worker has them."""

    def _set_signal_handlers(self) -> None:
        return
