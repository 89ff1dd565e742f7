"""What the time-series engine holds of a contract, asked of the engine itself and not of the catalogue.

So nothing is missed that was stored under a declaration that is no more.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from api.gateway.query.serieskey import read_key
from api.influx.chunks import read_chunks
from api.influx.engine import Engine, Series
from api.influx.influxql import quote_identifier, quote_string
from api.readings.scope import to_ns
from api.spreadsheet import csv_parts

_NS = 10**9


@dataclass(frozen=True, slots=True)
class Database:
    """One database of the engine.

    Attributes:
        name: of it.
        kept: how long points are kept.
        step: of how much time points are read at once.
    """

    name: str
    kept: timedelta
    step: timedelta


@dataclass(frozen=True, slots=True)
class Columns:
    """What a measurement has.

    Attributes:
        tags: its tag keys.
        fields: its field keys.
    """

    tags: Sequence[str]
    fields: Sequence[str]


def series_of(engine: Engine, database: str, contract: str) -> dict[str, int]:
    """Return how many series of each measurement are a contract's; measurements without any are left out.

    Raises:
        EngineError: the engine refused or could not be reached.
    """
    found: Counter[str] = Counter()
    where = f"{quote_identifier('contract')} = {quote_string(contract)}"
    for piece in read_chunks(engine, database, f"SHOW SERIES WHERE {where}"):
        found.update(read_key(str(row[0])).measurement for row in piece.values)
    return dict(sorted(found.items()))


def has_points(engine: Engine, database: str, measurement: str, contract: str) -> bool:
    """Tell whether there is any point of a contract in a measurement.

    Raises:
        EngineError: the engine refused or could not be reached.
    """
    where = f"{quote_identifier('contract')} = {quote_string(contract)}"
    asked = f"SELECT * FROM {quote_identifier(measurement)} WHERE {where} LIMIT 1"  # noqa: S608  # all is quoted
    return any(series.values for series in engine.query(database, asked))


def measurements(engine: Engine, database: str) -> list[str]:
    """Return the names of all measurements of a database, of whomever.

    Raises:
        EngineError: the engine refused or could not be reached.
    """
    return [str(row[0]) for series in engine.query(database, "SHOW MEASUREMENTS") for row in series.values]


def columns_of(engine: Engine, database: str, measurement: str) -> Columns:
    """Return tag and field keys of a measurement.

    Raises:
        EngineError: the engine refused or could not be reached.
    """
    name = quote_identifier(measurement)
    tags, fields = (
        sorted({str(row[0]) for series in engine.query(database, asked) for row in series.values})
        for asked in (f"SHOW TAG KEYS FROM {name}", f"SHOW FIELD KEYS FROM {name}")
    )
    return Columns(tags, fields)


def points(
    engine: Engine, database: Database, measurement: str, fields: Sequence[str], contract: str, now: datetime
) -> Iterator[Series]:
    """Yield all points of a contract in a measurement, a span of time after the other, in pieces of some thousand rows.

    Raises:
        EngineError: the engine refused or could not be reached.
    """
    wanted = ", ".join(quote_identifier(field) for field in fields)
    start = f"SELECT {wanted} FROM {quote_identifier(measurement)}"  # noqa: S608  # all is quoted
    mine = f"{quote_identifier('contract')} = {quote_string(contract)}"
    for span in spans(database, now):
        yield from read_chunks(engine, database.name, f"{start} WHERE {mine} AND {span} GROUP BY *")


def spans(database: Database, now: datetime) -> Iterator[str]:
    """Yield conditions on time that hold for every point there can be, each once: also for what is older than it
    should be, and for what a clock that is ahead dated into the future.
    """
    at, end = to_ns(now - database.kept), to_ns(now)
    step = int(database.step.total_seconds()) * _NS
    yield f"time < {at}"
    while at < end:
        yield f"time >= {at} AND time < {at + step}"
        at += step
    yield f"time >= {at}"


def as_csv(columns: Columns, found: Iterator[Series]) -> Iterator[bytes]:
    """Yield points as CSV for spreadsheets: time in UTC, tags, fields."""

    def rows() -> Iterator[list[object]]:
        for piece in found:
            tags = [piece.tags.get(tag, "") for tag in columns.tags]
            for row in piece.values:
                values = dict(zip(piece.columns, row, strict=True))
                yield [moment(row[0]), *tags, *(values.get(field) for field in columns.fields)]

    return csv_parts(["time", *columns.tags, *columns.fields], rows())


def moment(ns: int) -> str:
    """Return Unix nanoseconds as RFC 3339 in UTC, with as many digits as it needs."""
    seconds, rest = divmod(ns, _NS)
    text = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    fraction = f".{rest:09d}".rstrip("0") if rest else ""
    return f"{text}{fraction}Z"


def total(counted: Mapping[str, int]) -> int:
    """Return the sum of the series."""
    return sum(counted.values())
