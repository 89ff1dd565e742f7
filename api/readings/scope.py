"""The one place where a read statement about a contract is built.

Source: InfluxQL specification, https://docs.influxdata.com/influxdb/v1/query_language/spec/
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from api.influx.influxql import quote_identifier, quote_string

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

DAY_OFFSET = "-9h"
"""Where a day begins in Asia/Tokyo, as InfluxQL's offset from midnight UTC; Japan has no summer time."""


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time, `start` included and `end` not; both aware of their time zone."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("a window needs times with a time zone")
        if self.start > self.end:
            raise ValueError(f"the window ends ({self.end}) before it starts ({self.start})")


@dataclass(frozen=True, slots=True)
class Scope:
    """What may be read: the points of one contract within a window.

    Attributes:
        contract: public id of the contract. An empty one is refused: to InfluxQL it would mean "no such tag".
        window: the time that is read; every statement is bounded by it.
    """

    contract: str
    window: Window

    def __post_init__(self) -> None:
        if not self.contract:
            raise ValueError("a scope needs the id of a contract")

    def condition(self, where: Mapping[str, str]) -> str:
        """Return the WHERE clause: the contract, the window, and further tags that must have a value."""
        tags = {**where, "contract": self.contract}
        equal = [f"{quote_identifier(name)} = {quote_string(value)}" for name, value in sorted(tags.items())]
        return " AND ".join([*equal, f"time >= {to_ns(self.window.start)}", f"time < {to_ns(self.window.end)}"])


@dataclass(frozen=True, slots=True)
class Source:
    """What is read of a measurement.

    Attributes:
        measurement: its name.
        fields: fields wanted.
        tags: tags that tell the series apart, e.g. ("device", "path").
        where: tags that must have a value, e.g. {"cpu": "cpu-total"}.
    """

    measurement: str
    fields: Sequence[str]
    tags: Sequence[str]
    where: Mapping[str, str]


def latest_statement(scope: Scope, source: Source) -> str:
    """Return a SELECT of the newest point of every series.

    `ORDER BY time DESC LIMIT 1` and not `last()`: with several fields `last()` gives the newest value of each, whatever
    its age, and no time with it.
    """
    fields = ", ".join(quote_identifier(name) for name in source.fields)
    return f"{_head(scope, source, fields)} GROUP BY {_list(source.tags)} ORDER BY time DESC LIMIT 1"


def daily_statement(scope: Scope, source: Source, aggregates: Sequence[str]) -> str:
    """Return a SELECT of aggregates per day of Asia/Tokyo; the columns are named `<aggregate>_<field>`.

    Args:
        scope: what may be read.
        source: what is read.
        aggregates: InfluxQL functions: "mean", "min", "max", "first", "last".
    """
    fields = ", ".join(
        f"{aggregate}({quote_identifier(name)}) AS {quote_identifier(f'{aggregate}_{name}')}"
        for name in source.fields
        for aggregate in aggregates
    )
    return f"{_head(scope, source, fields)} GROUP BY time(1d, {DAY_OFFSET}), {_list(source.tags)} fill(none)"


def hourly_statement(scope: Scope, source: Source) -> str:
    """Return a SELECT of how often the source's first field was told in each hour, as the column `count`."""
    fields = f'count({quote_identifier(source.fields[0])}) AS "count"'
    return f"{_head(scope, source, fields)} GROUP BY time(1h), {_list(source.tags)} fill(none)"


def _head(scope: Scope, source: Source, fields: str) -> str:
    measurement = quote_identifier(source.measurement)
    return f"SELECT {fields} FROM {measurement} WHERE {scope.condition(source.where)}"  # noqa: S608  # all is quoted


def _list(names: Sequence[str]) -> str:
    return ", ".join(quote_identifier(name) for name in names)


def to_ns(moment: datetime) -> int:
    """Return Unix nanoseconds; exact, which a float of seconds is not."""
    return (moment - _EPOCH) // timedelta(microseconds=1) * 1000


def from_ns(time_ns: int) -> datetime:
    """Return a time in UTC, cut to microseconds."""
    return _EPOCH + timedelta(microseconds=time_ns // 1000)
