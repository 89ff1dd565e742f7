"""Two contracts with a device each, on a real engine, and who may read what."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from api.config import Config
from api.db import Database
from api.gateway.grant import ReadGrant
from api.influx.engine import Engine
from api.influx.registry import create_engine
from api.jobs.job import Tools
from api.local.influxd import Influxd
from api.models import DeviceKind
from tests.api.gateway.query.reading import Reading, client_for
from tests.api.office import Office


@dataclass(frozen=True, slots=True)
class Bench:
    """What jobs work with, and readers of what they stored."""

    tools: Tools
    engine: Engine
    raw: str
    office: Office
    other: Office
    device: str
    probe: str
    reading: Callable[[str | None], Reading]

    def rows(self, measurement: str) -> list[dict[str, object]]:
        found = self.engine.query(self.raw, f'SELECT * FROM "{measurement}"')
        return [row for series in found for row in series.rows()]


@pytest.fixture
def bench(
    influxd: Influxd, config: Config, database: Database, database_name: str, office: Office, other_office: Office
) -> Bench:
    settings = replace(config, influx_url=influxd.url, influx_database=database_name)
    engine = create_engine(settings)
    engine.ensure_database(database_name, timedelta(days=36_500))
    office.add_devices(5)
    device = office.enrol("1").device
    probe = office.enrol("p", kind=DeviceKind.PROBE).device
    other_office.enrol("2")

    def reading(contract: str | None) -> Reading:
        return client_for(settings, lookup=lambda _token: ReadGrant("r-1", contract))

    tools = Tools(settings, database, engine, lambda: True)
    return Bench(tools, engine, database_name, office, other_office, device, probe, reading)
