"""How many points each contract's agents measured and dropped within a day, from the hourly rollup."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from api.influx.engine import Engine, Series
from api.readings.scope import to_ns
from collectors.point import Point
from collectors.service.ingest import CONTRACT_INGEST

SPAN_H = 24

_NS = 10**9


def read_ingest(engine: Engine, rollup: str, until: datetime) -> tuple[list[Series], list[Series]]:
    """Return the points that each contract's agents measured, and what each agent's counter of drops rose by each hour.

    Args:
        engine: the time-series engine.
        rollup: database of the hourly rollup.
        until: a full hour up to which it has everything.

    Raises:
        EngineError: the engine refused or did not answer.
    """
    end = to_ns(until)
    begin = end - SPAN_H * 3600 * _NS
    within = f"time < {end} AND \"contract\" != ''"
    measured = (
        f'SELECT sum("points_sum") AS "points" FROM "collector_run" WHERE time >= {begin} AND {within}'  # noqa: S608  # our own
        ' GROUP BY "contract"'
    )
    # One hour more: what rose in the first hour shows only against the one before.
    rises = (
        f'SELECT non_negative_difference("dropped_points_last") AS "dropped" FROM "agent"'  # noqa: S608  # our own
        f' WHERE time >= {begin - 3600 * _NS} AND {within} GROUP BY "contract", "site", "device", "host"'
    )
    return engine.query(rollup, measured), engine.query(rollup, rises)


def ingest_points(measured: Iterable[Series], rises: Iterable[Series], at: datetime) -> Iterator[Point]:
    """Yield a point of each contract of which anything is known; what is not told is left out."""
    fields: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for series in measured:
        for row in series.rows():
            fields[series.tags["contract"]]["points"] = int(row["points"])
    for series in rises:
        mine = fields[series.tags["contract"]]
        mine["dropped"] = mine.get("dropped", 0) + sum(int(row["dropped"]) for row in series.rows())
    for contract, told in sorted(fields.items()):
        yield Point(CONTRACT_INGEST.name, {"contract": contract}, dict(told), to_ns(at))
