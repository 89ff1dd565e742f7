"""An active contract with a real engine, its rollup, and things that are used up day by day."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from api.config import Config
from api.db import Database
from api.influx.engine import Engine
from api.influx.registry import create_engine
from api.jobs.job import Tools
from api.local.influxd import Influxd
from api.models.base import utc_now
from api.readings.scope import to_ns
from collectors import catalogue
from collectors.point import FieldValue, Point, to_lines
from tests.api.office import Office

NOW = utc_now().replace(hour=9, minute=30, second=0, microsecond=0)
EVER = timedelta(days=36_500)


@dataclass(frozen=True, slots=True)
class Place:
    """What the job works with, and short ways to store days and to see forecasts."""

    tools: Tools
    engine: Engine
    raw: str
    rollup: str
    office: Office
    other: Office

    def put(self, measurement: str, tags: dict[str, str], days: Callable[[int], dict[str, FieldValue]]) -> None:
        """Store the hour before midday (Tokyo) of each of 60 days in the rollup: `days` tells fields by days ago."""
        noon = datetime(NOW.year, NOW.month, NOW.day, 2, tzinfo=UTC)
        own = {"contract": self.office.contract, "site": self.office.site, **tags}
        points = [
            Point(measurement, own, {f"{name}_last": value for name, value in fields.items()}, to_ns(noon - ago))
            for ago, fields in ((timedelta(days=n), days(n)) for n in range(60))
            if fields
        ]
        self.write(self.rollup, points)

    def write(self, database: str, points: list[Point]) -> None:
        outcome = self.engine.write(database, to_lines(points).encode(), "ns")
        assert (outcome.status, outcome.message) == (204, "")

    def forecasts(self, contract: str | None = None) -> list[dict[str, object]]:
        """Return stored forecasts, without what is absent."""
        of = contract or self.office.contract
        found = self.engine.query(self.raw, f"SELECT * FROM \"forecast\" WHERE contract = '{of}'")
        return [{k: v for k, v in row.items() if v is not None} for series in found for row in series.rows()]

    def now(self) -> list[dict[str, object]]:
        """Return the forecasts as of this hour."""
        at = to_ns(NOW.replace(minute=0))
        return [row for row in self.forecasts() if row["time"] == at]


@pytest.fixture
def place(
    influxd: Influxd, config: Config, database: Database, database_name: str, office: Office, other_office: Office
) -> Place:
    rollup = f"{database_name}_1h"
    settings = replace(config, influx_url=influxd.url, influx_database=database_name, influx_rollup_database=rollup)
    engine = create_engine(settings)
    for name in (database_name, rollup):
        engine.ensure_database(name, EVER)
    return Place(Tools(settings, database, engine, lambda: True), engine, database_name, rollup, office, other_office)


def declared(rows: list[dict[str, object]]) -> list[str]:
    """Return what in stored forecasts is not declared."""
    tags = {tag.name for tag in catalogue.measurements()["forecast"].tags} | {"contract", "site", "device", "host"}
    fields = {field.name for field in catalogue.measurements()["forecast"].fields}
    return sorted({name for row in rows for name in row} - tags - fields - {"time"})
