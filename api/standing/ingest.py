"""How many points agents measured and lost within a day, from the hourly rollup."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from api.influx.engine import Engine, Series
from api.readings.scope import to_ns
from collectors.point import Point
from collectors.service.ingest import AGENT_LOSS, CONTRACT_INGEST

SPAN_H = 24

LOST = {"dropped": "dropped_points_last", "rejected": "rejected_points_last"}
"""What is stored -> the counter of the agents, as the rollup has it."""

_AGENT = ("contract", "site", "device", "host")
_NS = 10**9


@dataclass(frozen=True, slots=True)
class Told:
    """What agents told of a day.

    Attributes:
        measured: the points that each contract's agents measured.
        rises: what each agent's counter rose by each hour, by the name under which that is stored.
    """

    measured: list[Series]
    rises: Mapping[str, list[Series]]


def read_ingest(engine: Engine, rollup: str, until: datetime) -> Told:
    """Return what agents told of the day before a moment.

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
    within = f"time >= {begin - 3600 * _NS} AND {within}"
    by = ", ".join(f'"{tag}"' for tag in _AGENT)
    rises = {
        name: f'SELECT non_negative_difference("{counter}") AS "{name}" FROM "agent" WHERE {within} GROUP BY {by}'  # noqa: S608  # our own
        for name, counter in LOST.items()
    }
    return Told(engine.query(rollup, measured), {name: engine.query(rollup, asked) for name, asked in rises.items()})


def ingest_points(told: Told, at: datetime) -> Iterator[Point]:
    """Yield a point of each contract of which anything is known, and of each agent that lost anything.

    What is not told is left out.
    """
    contracts: defaultdict[str, dict[str, int]] = defaultdict(dict)
    agents: defaultdict[tuple[str, ...], dict[str, int]] = defaultdict(dict)
    for series in told.measured:
        for row in series.rows():
            contracts[series.tags["contract"]]["points"] = int(row["points"])
    for name, rises in told.rises.items():
        for series in rises:
            lost = sum(int(row[name]) for row in series.rows())
            mine = contracts[series.tags["contract"]]
            mine[name] = mine.get(name, 0) + lost
            agents[tuple(series.tags.get(tag, "") for tag in _AGENT)][name] = lost
    for contract, fields in sorted(contracts.items()):
        yield Point(CONTRACT_INGEST.name, {"contract": contract}, dict(fields), to_ns(at))
    for agent, fields in sorted(agents.items()):
        if any(fields.values()):
            tags = {tag: value for tag, value in zip(_AGENT, agent, strict=True) if value}
            yield Point(AGENT_LOSS.name, tags, dict(fields), to_ns(at))
