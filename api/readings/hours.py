"""Reading from the hourly rollup as if it were raw points, and both together.

Raw points are gone after some weeks, and days of them are many; the rollup has each hour's partials
(`api.rollup.fields`). Both readers answer as `Reader` does, with the fields' own names, so that what is made of rows
need not know.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from api.display.tokyo import TOKYO
from api.influx.influxql import quote_identifier
from api.readings.reader import Reader, Row, to_rows
from api.readings.scope import DAY_OFFSET, Source, Window
from api.rollup.fields import stored_name

_OF_DAY = {
    "mean": 'sum({sum}) / sum({count}) AS "{name}"',
    "min": 'min({min}) AS "{name}"',
    "max": 'max({max}) AS "{name}"',
    "last": 'last({last}) AS "{name}"',
    # Of a counter, the only kind of field of which the first value is asked: its lowest in the day's first hour.
    "first": 'first({min}) AS "{name}"',
}
"""InfluxQL function over points -> the same over the partials of hours."""


@dataclass(frozen=True, slots=True)
class HourReader(Reader):
    """Reads the hourly rollup of one contract; the time of a row is the start of its hour."""

    def latest(self, source: Source) -> list[Row]:
        """Return what each field was last in the newest hour of every series; see `Reader.latest`."""
        fields = ", ".join(
            f"{quote_identifier(stored_name(name, 'last'))} AS {quote_identifier(name)}" for name in source.fields
        )
        return self._rows(f"{self._head(source, fields)} GROUP BY {_tags(source)} ORDER BY time DESC LIMIT 1")

    def daily(self, source: Source, aggregates: Sequence[str]) -> list[Row]:
        """Return one row for every series and day that has data; see `Reader.daily`."""
        fields = ", ".join(_of_day(name, aggregate) for name in source.fields for aggregate in aggregates)
        return self._rows(f"{self._head(source, fields)} GROUP BY time(1d, {DAY_OFFSET}), {_tags(source)} fill(none)")

    def hours(self, source: Source) -> list[Row]:
        """Return for every series and day in how many hours the source's first field was told, as `hours`."""
        counted = quote_identifier(stored_name(source.fields[0], "count"))
        fields = f'count({counted}) AS "hours"'
        return self._rows(f"{self._head(source, fields)} GROUP BY time(1d, {DAY_OFFSET}), {_tags(source)} fill(none)")

    def _head(self, source: Source, fields: str) -> str:
        measurement = quote_identifier(source.measurement)
        return f"SELECT {fields} FROM {measurement} WHERE {self.scope.condition(source.where)}"  # noqa: S608  # quoted

    def _rows(self, statement: str) -> list[Row]:
        return to_rows(self.engine.query(self.database, statement))


@dataclass(frozen=True, slots=True)
class SplicedReader(Reader):
    """Reads whole days from the rollup as far as it has them, and what is newer from raw points.

    `engine`, `database` and `scope` are those of the raw points.

    Attributes:
        rollup: database of the hourly rollup.
        rolled_until: every hour before it is rolled up; None where none is, so that all is read from raw points.
        kept_since: from when on the engine still keeps raw points.
    """

    rollup: str
    rolled_until: datetime | None
    kept_since: datetime

    def latest(self, source: Source) -> list[Row]:
        """Return the newest point of every series; where raw points of the window are gone, its newest hour."""
        raw = self._raw.latest(source)
        if self.kept_since <= self.scope.window.start or self.rolled_until is None:
            return raw
        newest: dict[tuple[tuple[str, str], ...], Row] = {}
        for row in [*self._hours(self.scope.window).latest(source), *raw]:
            key = tuple(sorted(row.tags.items()))
            if key not in newest or row.time >= newest[key].time:
                newest[key] = row
        return list(newest.values())

    def daily(self, source: Source, aggregates: Sequence[str]) -> list[Row]:
        """Return one row for every series and day that has data."""
        return [
            *(row for part in self._old for row in part.daily(source, aggregates)),
            *(row for part in self._new for row in part.daily(source, aggregates)),
        ]

    def hours(self, source: Source) -> list[Row]:
        """Return for every series and day in how many hours the source's first field was told, as `hours`."""
        counted = [row for part in self._old for row in part.hours(source)]
        return [*counted, *(row for part in self._new for row in _counted(part.hourly(source), source))]

    @property
    def _raw(self) -> Reader:
        return Reader(self.engine, self.database, self.scope)

    def _hours(self, window: Window) -> HourReader:
        return HourReader(self.engine, self.rollup, replace(self.scope, window=window))

    @property
    def _border(self) -> datetime:
        """Where raw points take over: the start of the first day of Tokyo that is not all rolled up."""
        window = self.scope.window
        if self.rolled_until is None or self.rolled_until <= window.start:
            return window.start
        local = min(self.rolled_until, window.end).astimezone(TOKYO)
        if self.rolled_until >= window.end:
            return window.end
        return max(window.start, local.replace(hour=0, minute=0, second=0, microsecond=0))

    @property
    def _old(self) -> list[HourReader]:
        window = self.scope.window
        return [self._hours(Window(window.start, self._border))] if self._border > window.start else []

    @property
    def _new(self) -> list[Reader]:
        window = self.scope.window
        span = Window(self._border, window.end)
        return [replace(self._raw, scope=replace(self.scope, window=span))] if self._border < window.end else []


def _of_day(name: str, aggregate: str) -> str:
    parts = {each: quote_identifier(stored_name(name, each)) for each in ("sum", "count", "min", "max", "last")}
    return _OF_DAY[aggregate].format(**parts, name=f"{aggregate}_{name}")


def _tags(source: Source) -> str:
    return ", ".join(quote_identifier(name) for name in source.tags)


def _counted(rows: Iterable[Row], source: Source) -> list[Row]:
    """Return how many rows, one an hour, each series has on each day."""
    found: dict[tuple[tuple[tuple[str, str], ...], datetime], int] = {}
    for row in rows:
        day = row.time.astimezone(TOKYO).replace(hour=0, minute=0, second=0, microsecond=0)
        key = (tuple((tag, row.tags[tag]) for tag in source.tags if tag in row.tags), day)
        found[key] = found.get(key, 0) + 1
    return [Row(day, dict(tags), {"hours": hours}) for (tags, day), hours in found.items()]
