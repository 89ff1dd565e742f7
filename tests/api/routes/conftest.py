"""A service with a past, for what tries rules on it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from api.app import create_app
from api.config import Config
from api.influx.registry import create_engine
from api.local.influxd import Influxd
from tests.api.office import Office
from tests.api.routes.tuned import Tuned, fill


@pytest.fixture
def another_app() -> Iterator[Callable[[Config], Flask]]:
    """Make applications with other settings, e.g. as other workers; they are closed at the end."""
    made: list[Flask] = []

    def make(config: Config) -> Flask:
        made.append(create_app(config))
        return made[-1]

    yield make
    for app in made:
        app.extensions["karte_database"].close()


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
