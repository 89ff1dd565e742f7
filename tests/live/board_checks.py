"""What every engine must do for the dashboards: answer each of their queries, with data where InfluxDB 1.6 has some.

Both engines hold the same simulated office, up to the same moment.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from api.config import Config
from api.gateway.grant import ReadGrant
from api.grafana.check import queries_of, read
from dashboards.build import document
from dashboards.registry import BOARDS
from tests.api.gateway.query.reading import Reading, client_for
from tests.dashboards.office import store_office
from tests.dashboards.test_boards import as_sent

GRANTS = {"customer": ReadGrant("r-1", "c-office"), "staff": ReadGrant("r-2", None)}
_FOUND_WITHIN_S = 30.0


@dataclass(frozen=True, slots=True)
class Question:
    """A query of a dashboard.

    Attributes:
        audience: who asks.
        dashboard: it is of.
        text: InfluxQL as saved.
    """

    audience: str
    dashboard: Mapping[str, Any]
    text: str


def questions() -> list[Any]:
    """Return all queries of all dashboards, as parameters."""
    return [
        pytest.param(Question(entry.audience, dashboard, asked.text), id=f"{entry.name}-{number}")
        for entry in BOARDS
        for dashboard in [read(document(entry, "ja"))]
        for number, asked in enumerate(queries_of(dashboard))
    ]


def filled(settings: Config, now: int) -> Reading:
    """Store the office on an engine and return a client that reads it."""
    store_office(settings, now)
    reading = client_for(settings, lookup=lambda token: GRANTS[token])
    end = time.monotonic() + _FOUND_WITHIN_S
    while not reading.series('SELECT last("open") FROM "finding"', "staff") and time.monotonic() < end:
        time.sleep(0.2)
    return reading


def check_answered(here: Reading, there: Reading, question: Question, now: int) -> None:
    """See that an engine answers a query without an error, and tells of the same series as InfluxDB 1.6 does."""
    text = as_sent(question.dashboard, question.text, now)
    answered, expected = (_series(reading, text, question.audience) for reading in (here, there))
    assert answered == expected


def _series(reading: Reading, text: str, audience: str) -> set[tuple[str, ...]]:
    (result,) = reading.results(text, audience)
    assert "error" not in result, result["error"]
    return {
        (series["name"], *(f"{name}={value}" for name, value in sorted(series.get("tags", {}).items()) if value))
        for series in result.get("series", [])
    }
