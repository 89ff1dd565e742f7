"""The read side on a real openGemini.

`KARTE_LIVE_OPENGEMINI_URL` is the URL of a running `ts-sql` (or `ts-server`) that asks for no user.
"""

import os
import time

import pytest

from api.config import Config
from api.local.influxd import Influxd
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
    check_same_or_refused,
    databases,
    place,
)

URL = os.environ.get("KARTE_LIVE_OPENGEMINI_URL", "")

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(not URL, reason="KARTE_LIVE_OPENGEMINI_URL names no running openGemini"),
]

ONE_MEASUREMENT = "reads one measurement at a time"
REFUSED = dict(
    zip(
        PARTLY,
        (
            "counts the rows of all series together",
            "SLIMIT and SOFFSET are not available",
            "counts the rows of all series together",
            ONE_MEASUREMENT,
            ONE_MEASUREMENT,
            "top() with a tag is not available",
            "mean() beside a transformation is not available",
            ONE_MEASUREMENT,
        ),
        strict=True,
    )
)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Place:
    config = Config("", "", influx_engine="opengemini", influx_url=URL)
    return place(databases(config, f"live_{time.time_ns()}"), tmp_path_factory.mktemp("opengemini"))


@pytest.fixture(scope="module")
def there(influxd: Influxd, tmp_path_factory: pytest.TempPathFactory) -> Place:
    config = databases(Config("", "", influx_url=influxd.url), "live_opengemini")
    return place(config, tmp_path_factory.mktemp("influxdb1"))


def test_it_tells_its_version(here: Place) -> None:
    assert here.engine.ping()


@pytest.mark.parametrize("query", SELECTS + SHOWS)
def test_it_answers_as_influxdb_1_does(here: Place, there: Place, query: str) -> None:
    check_same(here, there, query)


@pytest.mark.parametrize("query", PARTLY)
def test_it_refuses_what_would_be_answered_wrongly(here: Place, there: Place, query: str) -> None:
    check_same_or_refused(here, there, query, REFUSED)


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
