"""The simulated office in a real influxd."""

import time

import pytest

from api.config import Config
from api.local.influxd import Influxd
from tests.dashboards.office import store_office


@pytest.fixture(scope="session")
def office_stored(influxd: Influxd) -> Config:
    """Settings of a service whose raw database holds the office's points up to this moment."""
    settings = Config("", "", influx_url=influxd.url, influx_database="office", influx_rollup_database="office_1h")
    store_office(settings, int(time.time()))
    return settings
