"""The job that stores how long disks, supplies, batteries and SSDs will last."""

import time
from collections.abc import Callable
from datetime import datetime

from api.forecasts.make import active_contracts, days_before, has_forecasts, points_of
from api.jobs.job import Job, Tools
from api.models.base import utc_now
from api.rollup.late import LateRecorder
from api.standing.late import note_late
from api.standing.store import store
from collectors.text import Text

EVERY_HOURS = 6
"""What is left for days does not change within the hour."""

PAST_DAYS = 90
"""For so many days before a contract's first forecast others are made, as they would have been, so that rules can be
tried on its history."""

_LONGEST_S = 20.0
"""A run leaves the rest to the next one: rules must not wait for it."""


class Forecaster:
    """Forecasts each contract once in every span of hours; it remembers within its process which ones it has.

    Args:
        clock: seconds of a clock that is never set.
        past: whether a contract's first forecasts are made for the days before as well.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, *, past: bool = True) -> None:
        self._clock = clock
        self._with_past = past
        self._span: datetime | None = None
        self._done: set[str] = set()
        self._known: set[str] = set()

    def run(self, tools: Tools, now: datetime) -> None:
        """Forecast contracts that are due, for a while.

        Raises:
            NotForecast: the engine did not tell what was used.
            NotStored: the engine did not take the points.
            NotNoted: the relational database does not answer.
        """
        begun = self._clock()
        # The hour is open still, so that its rollup will have the points; two workers write the same.
        at = now.replace(minute=0, second=0, microsecond=0)
        span = at.replace(hour=at.hour - at.hour % EVERY_HOURS)
        if span != self._span:
            self._span, self._done = span, set()
        with tools.database.reading() as session:
            due = [each for each in active_contracts(session) if each not in self._done]
        past_done = False
        for contract in due:
            if not tools.going() or self._clock() - begun > _LONGEST_S:
                return
            if self._with_past and contract not in self._known and not past_done:
                past_done = self._past(tools, contract, at, now)
            engine, config = tools.engine, tools.config
            points = points_of(engine, config.influx_rollup_database, contract, (at,))
            # A contract that has nothing to be forecast yet may have it in five minutes.
            if store(engine, config.influx_database, points):
                self._done.add(contract)

    def _past(self, tools: Tools, contract: str, at: datetime, now: datetime) -> bool:
        """Forecast the days before the first forecast of a contract; return whether there was anything to do."""
        engine, config = tools.engine, tools.config
        if has_forecasts(engine, config.influx_database, contract):
            self._known.add(contract)
            return False
        days = days_before(at, min(PAST_DAYS, config.raw_retention_days - 1))
        points = list(points_of(engine, config.influx_rollup_database, contract, days))
        store(engine, config.influx_database, points)
        note_late(LateRecorder(tools.database), points, now)
        return bool(points)


_FORECASTER = Forecaster()


def _run(tools: Tools) -> None:
    _FORECASTER.run(tools, utc_now())


JOB = Job(
    name="forecast",
    text=Text(
        "ディスク、消耗品、バッテリー、SSDの残り日数の予測（契約ごとに6時間に1回）",
        "how long disks, supplies, batteries and SSDs will last: every six hours for each contract",
    ),
    # After the rollup of the hour; a run takes up what the one before it has left.
    minutes="4,9,14,19,24,29,34,39,44,49,54,59",
    run=_run,
    expires_s=240,
)
