"""How far a version is behind another, and what is told of it."""

from datetime import UTC, datetime

import pytest

from api.influx.engine import Series
from api.standing.agents import agent_points, behind

AT = datetime(2026, 11, 25, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("version", "current", "expected"),
    [
        ("1.2.3", "1.2.3", 0),
        ("1.2.2", "1.2.3", 1),
        ("1.1.9", "1.2.0", 2),
        ("0.9.9", "1.0.0", 3),
        ("1.10.0", "1.9.0", 0),
        ("1.9.0", "1.10.0", 2),
        ("2.0.0", "1.9.9", 0),
        ("1.2", "1.2.3", None),
        ("1.2.3rc1", "1.2.3", None),
        ("１.2.3", "1.2.3", None),
        ("", "1.2.3", None),
        ("1.2.2", "trial", None),
    ],
)
def test_it_tells_which_part_of_a_version_is_behind(version: str, current: str, expected: int | None) -> None:
    assert behind(version, current) == expected


def test_it_tells_no_lag_where_versions_cannot_be_compared() -> None:
    tags = {"contract": "c-1", "site": "s-1", "device": "d-1", "host": ""}
    point = next(agent_points([Series("agent", tags, ["time", "version"], [[0, "trial"]])], "1.2.3", AT))

    assert point.tags == {"contract": "c-1", "site": "s-1", "device": "d-1"}
    assert point.fields == {"version": "trial"}
