"""A service with a past, for what tries rules on it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from api.app import create_app
from api.config import Config
from api.influx.registry import create_engine
from api.local.influxd import Influxd
from tests.api.office import Office
from tests.api.routes.tuned import Tuned, fill


@pytest.fixture
def tuned(config: Config, influxd: Influxd, database_name: str, office: Office) -> Iterator[Tuned]:
    """A service, and a contract with two PCs that have sent for a day."""
    settings = replace(config, influx_url=influxd.url, influx_database=database_name)
    engine = create_engine(settings)
    engine.ensure_database(database_name, timedelta(days=4_000))
    full, other = fill(engine, database_name, office)
    app = create_app(settings)
    app.testing = True
    yield Tuned(app.test_client(), office.contract, full, other)
    app.extensions["karte_database"].close()
