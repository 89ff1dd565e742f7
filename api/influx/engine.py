"""What the service needs of a time-series engine; one class per engine implements it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from api.influxql.tree import Select

Precision = str
"""Of a write: "ns", "us", "ms" or "s"."""


class EngineError(Exception):
    """The engine refused a statement or gave an answer that is not understood; the message is the engine's own."""


class EngineUnavailable(EngineError):
    """The engine cannot be reached or says it is too busy; the same call may succeed later."""


class CannotDelete(EngineError):
    """The engine cannot delete some of the points of a measurement; they end with the database's retention."""


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


@dataclass(frozen=True, slots=True)
class Form:
    """In which form an answer is wanted, by InfluxDB's parameters of `/query`.

    Attributes:
        epoch: "ns", "u", "ms", "s", "m" or "h": times as numbers of it; "" for RFC 3339.
        chunk_size: rows of a chunk, one JSON document each; None for one document.
        csv: True for CSV instead of JSON.
    """

    epoch: str = ""
    chunk_size: int | None = None
    csv: bool = False

    def parameters(self) -> dict[str, str]:
        """Return the parameters of the request."""
        chunks = {} if self.chunk_size is None else {"chunked": "true", "chunk_size": str(self.chunk_size)}
        return {**({"epoch": self.epoch} if self.epoch else {}), **chunks}


class RawAnswer(Protocol):
    """An engine's answer to a query as it comes: InfluxDB's JSON or CSV."""

    status: int

    def chunks(self) -> Iterator[bytes]:
        """Yield the body in pieces.

        Raises:
            EngineUnavailable: it broke off.
        """
        ...

    def close(self) -> None:
        """End the request; an engine that is still at it stops."""
        ...


class Engine(Protocol):
    """A time-series engine that speaks InfluxQL and line protocol.

    Attributes:
        unites_sources: True where a SELECT may read from several subqueries at once, over several databases; the
            hourly rollup then answers queries over long ranges.
    """

    unites_sources: bool

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

    def adapt(self, select: Select) -> Select:
        """Return a SELECT that this engine answers as InfluxDB 1 answers the given one; what `ask` is given must be so.

        Raises:
            QueryRefused: it cannot answer that.
        """
        ...

    def ask(self, database: str, statement: str, form: Form, timeout_s: float) -> RawAnswer:
        """Run InfluxQL read statements and hand on the answer as it comes; whoever calls closes it.

        Args:
            database: which is read where a statement names none; "" for none.
            statement: one or more, already scoped.
            form: of the answer.
            timeout_s: longest silence of the engine, seconds.

        Raises:
            EngineUnavailable: no answer in time.
        """
        ...

    def delete_contract(self, database: str, contract: str) -> None:
        """Delete all points of one contract, of all measurements and times. Harmless where there are none.

        Args:
            database: where.
            contract: public id, the value of the tag `contract`.

        Raises:
            CannotDelete: the engine has no way to.
            EngineError: the engine refused.
            EngineUnavailable: no answer; whether they are deleted is not known.
        """
        ...
