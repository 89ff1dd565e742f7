"""What the service needs of a time-series engine; one class per engine implements it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

Precision = str
"""Of a write: "ns", "us", "ms" or "s"."""


class EngineError(Exception):
    """The engine refused a statement or gave an answer that is not understood; the message is the engine's own."""


class EngineUnavailable(EngineError):
    """The engine cannot be reached or says it is too busy; the same call may succeed later."""


@dataclass(frozen=True, slots=True)
class WriteOutcome:
    """The engine's answer to a write.

    Attributes:
        status: HTTP status; 204 where all lines are stored.
        message: the engine's error text; "" if none.
        retry_after_s: seconds after which to try again, where the engine says so.
    """

    status: int
    message: str = ""
    retry_after_s: int | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """One series of a query's answer.

    Attributes:
        name: measurement.
        tags: values of the GROUP BY tags.
        columns: names of the columns, "time" first for a SELECT.
        values: rows; time is Unix nanoseconds (int).
    """

    name: str
    tags: Mapping[str, str]
    columns: list[str]
    values: list[list[Any]] = field(default_factory=list)

    def rows(self) -> list[dict[str, Any]]:
        """Return each row as column -> value, with the series' tags."""
        return [{**self.tags, **dict(zip(self.columns, row, strict=True))} for row in self.values]


class Engine(Protocol):
    """A time-series engine that speaks InfluxQL and line protocol."""

    def ping(self) -> str:
        """Return the engine's version.

        Raises:
            EngineUnavailable: no answer.
        """
        ...

    def ensure_database(self, name: str, retention: timedelta) -> None:
        """Create a database, or set the retention of an existing one. Points older than `retention` are dropped.

        Raises:
            EngineError: refused or unreachable.
        """
        ...

    def write(self, database: str, lines: bytes, precision: Precision) -> WriteOutcome:
        """Store line protocol.

        Raises:
            EngineUnavailable: no answer, or the connection broke; whether the lines are stored is not known.
        """
        ...

    def query(self, database: str, statement: str) -> list[Series]:
        """Run one InfluxQL read statement; an answer without series is an empty list.

        Raises:
            EngineError: the engine refused the statement.
            EngineUnavailable: no answer.
        """
        ...
