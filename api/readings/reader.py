"""Rows from the engine, with typed access: a value that is absent or of another type is None, never 0."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from api.influx.engine import Engine, Series
from api.readings.scope import Scope, Source, daily_statement, from_ns, hourly_statement, latest_statement

PART_GONE_AFTER = timedelta(hours=24)
"""A disk, drive, sensor or supply that has told nothing for so long, while its device has, is no longer part of it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of an answer.

    Attributes:
        time: when it was measured, or when the day begins that it sums up.
        tags: tag -> value of the series, without the empty ones.
        values: column -> value as the engine gave it.
    """

    time: datetime
    tags: Mapping[str, str]
    values: Mapping[str, Any]

    def number(self, name: str) -> float | None:
        """Return a finite number, or None."""
        value = self.values.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return None
        return float(value)

    def integer(self, name: str) -> int | None:
        """Return a whole number, or None."""
        value = self.number(name)
        return None if value is None else int(value)

    def text(self, name: str) -> str | None:
        """Return text that is not empty, or None."""
        value = self.values.get(name)
        return value if isinstance(value, str) and value else None

    def flag(self, name: str) -> bool | None:
        """Return a boolean, or None."""
        value = self.values.get(name)
        return value if isinstance(value, bool) else None


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the stored points of one contract.

    Attributes:
        engine: the time-series engine.
        database: the database that is read.
        scope: the contract and the window.
    """

    engine: Engine
    database: str
    scope: Scope

    def latest(self, source: Source) -> list[Row]:
        """Return the newest point of every series.

        Raises:
            EngineError: the engine refused or could not be reached.
        """
        return to_rows(self.engine.query(self.database, latest_statement(self.scope, source)))

    def daily(self, source: Source, aggregates: Sequence[str]) -> list[Row]:
        """Return one row for every series and day that has data.

        Raises:
            EngineError: the engine refused or could not be reached.
        """
        return to_rows(self.engine.query(self.database, daily_statement(self.scope, source, aggregates)))

    def hourly(self, source: Source) -> list[Row]:
        """Return one row for every series and hour in which the source's first field was told, with how often.

        Raises:
            EngineError: the engine refused or could not be reached.
        """
        return to_rows(self.engine.query(self.database, hourly_statement(self.scope, source)))


def to_rows(answer: Sequence[Series]) -> list[Row]:
    """Return the rows of all series of an answer."""
    return [
        Row(from_ns(values["time"]), {k: v for k, v in series.tags.items() if v}, values)
        for series in answer
        for values in (dict(zip(series.columns, row, strict=True)) for row in series.values)
    ]
