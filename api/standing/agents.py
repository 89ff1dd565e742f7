"""How far the agents that report are behind the service's own version."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from api.influx.engine import Engine, Series
from api.readings.scope import to_ns
from collectors.point import FieldValue, Point
from collectors.service.agent import AGENT_STATUS

WINDOW_S = 3600
"""An agent tells its version every few minutes while its machine is on; the job looks once an hour."""

_TAGS = ("contract", "site", "device", "host")


def read_versions(engine: Engine, database: str, at: datetime) -> list[Series]:
    """Return the newest version that each agent has told within the hour before a moment.

    Raises:
        EngineError: the engine refused or did not answer.
    """
    until = to_ns(at)
    grouped = ", ".join(f'"{tag}"' for tag in _TAGS)
    within = f"time >= {until - WINDOW_S * 10**9} AND time < {until}"
    asked = f'SELECT last("version") AS "version" FROM "agent" WHERE {within} GROUP BY {grouped}'  # noqa: S608  # our own
    return engine.query(database, asked)


def agent_points(told: Iterable[Series], current: str, at: datetime) -> Iterator[Point]:
    """Yield a point of each agent; `current` is the version of the service."""
    for series in told:
        for row in series.rows():
            fields: dict[str, FieldValue] = {"version": row["version"]}
            lag = behind(row["version"], current)
            if lag is not None:
                fields["behind"] = lag
            tags = {tag: series.tags[tag] for tag in _TAGS if series.tags.get(tag)}
            yield Point(AGENT_STATUS.name, tags, fields, to_ns(at))


def behind(version: str, current: str) -> int | None:
    """Return which part of a version is behind another: 3 the first, 2 the second, 1 the third, 0 none.

    None where one of them is not of three numbers: a version that somebody built for a trial is neither old nor new.
    """
    mine, other = _parts(version), _parts(current)
    if mine is None or other is None:
        return None
    for place, (one, another) in enumerate(zip(mine, other, strict=True)):
        if one != another:
            return 3 - place if one < another else 0
    return 0


def _parts(version: str) -> tuple[int, ...] | None:
    found = re.fullmatch(r"([0-9]{1,6})\.([0-9]{1,6})\.([0-9]{1,6})", version)
    return tuple(map(int, found.groups())) if found else None
