"""The dashboards' queries on a real openGemini; see `tests/live/test_query_opengemini.py`."""

import os
import time

import pytest

from api.config import Config
from api.local.influxd import Influxd
from tests.api.gateway.query.reading import Reading
from tests.live.board_checks import Question, check_answered, filled, questions
from tests.live.query_checks import databases

URL = os.environ.get("KARTE_LIVE_OPENGEMINI_URL", "")

pytestmark = [
    pytest.mark.live,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not URL, reason="KARTE_LIVE_OPENGEMINI_URL names no running openGemini"),
]


@pytest.fixture(scope="module")
def now() -> int:
    return int(time.time())


@pytest.fixture(scope="module")
def here(now: int) -> Reading:
    config = Config("", "", influx_engine="opengemini", influx_url=URL)
    return filled(databases(config, f"boards_{now}"), now)


@pytest.fixture(scope="module")
def there(now: int, influxd: Influxd) -> Reading:
    return filled(databases(Config("", "", influx_url=influxd.url), "boards_opengemini"), now)


@pytest.mark.parametrize("question", questions())
def test_it_answers_what_dashboards_ask(here: Reading, there: Reading, question: Question, now: int) -> None:
    check_answered(here, there, question, now)
