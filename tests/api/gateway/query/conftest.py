"""The read side on a real influxd: two contracts' points in one database, and a client that asks with their tokens."""

from datetime import timedelta

import pytest

from api.config import Config
from api.influx.registry import create_engine
from api.local.influxd import Influxd
from tests.api.gateway.query.reading import NOW_S, Reading, client_for, points


@pytest.fixture(scope="module")
def settings(influxd: Influxd, request: pytest.FixtureRequest) -> Config:
    """Settings of a service with databases of the test module's own."""
    name = "read_" + request.module.__name__.rpartition(".")[2]
    return Config("", "", influx_url=influxd.url, influx_database=name, influx_rollup_database=f"{name}_1h")


@pytest.fixture(scope="module")
def stored(settings: Config) -> Config:
    """The same, with the points of both contracts."""
    engine = create_engine(settings)
    for name in (settings.influx_database, settings.influx_rollup_database):
        engine.ensure_database(name, timedelta(days=36_500))
    outcome = engine.write(settings.influx_database, "\n".join(points()).encode(), "s")
    assert (outcome.status, outcome.message) == (204, "")
    return settings


@pytest.fixture
def reading(stored: Config) -> Reading:
    """Asks as the customers and the staff do."""
    return client_for(stored, clock_ns=lambda: NOW_S * 10**9)
