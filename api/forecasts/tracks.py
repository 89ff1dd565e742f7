"""What was used day by day of everything that is forecast, read from the hourly rollup of one contract."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import numpy as np

from api.forecasts.kinds import Kind
from api.forecasts.trend import Values
from api.influx.chunks import read_chunks
from api.influx.engine import Engine, Series
from api.influx.influxql import quote_identifier
from api.readings.scope import DAY_OFFSET, Scope, Window, to_ns
from api.rollup.fields import stored_name

DAY_NS = 86_400 * 10**9


@dataclass(frozen=True, slots=True)
class Track:
    """One thing's days: those with a reading, and the last on which anything was told of it.

    Attributes:
        kind: what is forecast of it.
        tags: what tells it apart, without the contract.
        days: when each reading counts, days since 1970: the end of its day, or the moment of reading on the last one.
        used: what was used by then.
        end: what will be used at the end, as it was told then.
        heard: the last day on which the device told anything of it, as in `days`.
        step: in which steps readings move by the device's own word; None where it tells none.
        name: the thing's own name, "" if none.
    """

    kind: Kind
    tags: Mapping[str, str]
    days: Values
    used: Values
    end: Values
    heard: float
    step: float | None
    name: str


def read_tracks(
    engine: Engine, database: str, contract: str, kind: Kind, at: datetime, earlier: timedelta = timedelta(0)
) -> Iterator[Track]:
    """Yield all things of a kind that a contract has.

    Args:
        engine: the time-series engine.
        database: the hourly rollup.
        contract: public id.
        kind: what is forecast.
        at: this moment.
        earlier: how much further back to read than the kind looks.

    Raises:
        EngineError: the engine refused or could not be reached.
    """
    since = at - timedelta(days=kind.looks_back_days) - earlier
    pieces = read_chunks(engine, database, statement(kind, Scope(contract, Window(since, at))))
    for _, group in groupby(pieces, key=lambda piece: tuple(piece.tags.items())):
        yield track(kind, list(group), to_ns(at) / DAY_NS)


def statement(kind: Kind, scope: Scope) -> str:
    """Return the SELECT of the last value of each day of Asia/Tokyo."""
    columns = ", ".join(
        f"last({quote_identifier(stored_name(name, 'last'))}) AS {quote_identifier(name)}" for name in kind.fields
    )
    tags = ", ".join(map(quote_identifier, kind.tags))
    where = scope.condition({}) + (f" AND {kind.where}" if kind.where else "")
    source = quote_identifier(kind.measurement)
    # All names are quoted, and the conditions are our own.
    return f"SELECT {columns} FROM {source} WHERE {where} GROUP BY time(1d, {DAY_OFFSET}), {tags} fill(none)"  # noqa: S608


def track(kind: Kind, pieces: Sequence[Series], now: float) -> Track:
    """Return the track of one series, given in pieces, as of a moment in days since 1970."""
    columns = pieces[0].columns
    rows = [row for piece in pieces for row in piece.values]
    amounts = [columns.index(name) for name in kind.amount.fields]
    told = [row for row in rows if all(row[place] is not None for place in amounts)]
    readings = np.array([kind.amount.of(*(row[place] for place in amounts)) for row in told], np.float64)
    used, end = readings.reshape(-1, 2).T
    return Track(
        kind=kind,
        tags={name: value for name, value in pieces[0].tags.items() if value},
        days=np.minimum(np.array([row[0] / DAY_NS + 1.0 for row in told]), now),
        used=used,
        end=end,
        heard=min(rows[-1][0] / DAY_NS + 1.0, now),
        step=_newest(columns, rows, kind.step),
        name=_newest(columns, rows, kind.name_field) or "",
    )


def _newest(columns: Sequence[str], rows: Sequence[Sequence[Any]], name: str) -> Any:
    place = columns.index(name) if name else None
    return None if place is None else next((row[place] for row in reversed(rows) if row[place] is not None), None)
