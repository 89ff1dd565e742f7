"""A real engine with a database of the test's own, and a way to put declared points in."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from api.config import Config
from api.influx.engine import Engine
from api.influx.registry import create_engine
from api.local.influxd import Influxd
from api.readings.reader import Reader
from api.readings.scope import Scope, Window
from tests.api.readings.stored import NOW, Store

ReaderOf = Callable[[str], Reader]


@pytest.fixture
def engine(influxd: Influxd, database_name: str) -> Engine:
    """The session's influxd, with this test's database."""
    made = create_engine(Config(database_url="", secret_key="", influx_url=influxd.url))
    made.ensure_database(database_name, timedelta(days=4000))
    return made


@pytest.fixture
def store(engine: Engine, database_name: str) -> Store:
    """Stores points as the gateway does: checked against the catalogue, stamped with contract and site."""
    return Store(engine, database_name)


@pytest.fixture
def reader_of(engine: Engine, database_name: str) -> ReaderOf:
    """Return the reader of a contract over the 30 days before `NOW`."""

    def reader(contract: str, end: datetime = NOW) -> Reader:
        return Reader(engine, database_name, Scope(contract, Window(end - timedelta(days=30), end)))

    return reader
