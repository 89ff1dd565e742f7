"""The read side on a real InfluxDB 2."""

import time
from collections.abc import Iterator

import pytest

from api.config import Config
from api.local.influxd import Influxd
from tests.live.influxdb2 import MARKS, influxdb2
from tests.live.query_checks import (
    FAULTS,
    GENERATED,
    PARTLY,
    ROLLED,
    SELECTS,
    SHOWS,
    Place,
    check_fault,
    check_forms,
    check_generated,
    check_rolled,
    check_same,
    databases,
    place,
)

pytestmark = MARKS


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with influxdb2(tmp_path_factory.mktemp("server")) as config:
        yield place(databases(config, f"live_{time.time_ns()}"), tmp_path_factory.mktemp("influxdb2"))


@pytest.fixture(scope="module")
def there(influxd: Influxd, tmp_path_factory: pytest.TempPathFactory) -> Place:
    config = databases(Config("", "", influx_url=influxd.url), "live_influxdb2")
    return place(config, tmp_path_factory.mktemp("influxdb1"))


@pytest.mark.parametrize("query", SELECTS + PARTLY + SHOWS)
def test_it_answers_as_influxdb_1_does(here: Place, there: Place, query: str) -> None:
    check_same(here, there, query)


@pytest.mark.parametrize("query", FAULTS)
def test_it_tells_faults(here: Place, query: str) -> None:
    check_fault(here, query)


def test_it_gives_every_form(here: Place, there: Place) -> None:
    check_forms(here, there)


@pytest.mark.parametrize("query", ROLLED)
def test_the_rollup_answers_as_the_raw_points_do(here: Place, query: str) -> None:
    check_rolled(here, query)


def test_it_tells_nothing_of_another_contract(here: Place) -> None:
    outcomes = check_generated(here)
    assert outcomes["data"] > GENERATED // 5, outcomes
