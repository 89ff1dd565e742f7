"""The dashboards' queries on a real InfluxDB 2."""

import time
from collections.abc import Iterator

import pytest

from api.config import Config
from api.local.influxd import Influxd
from tests.api.gateway.query.reading import Reading
from tests.live.board_checks import Question, check_answered, filled, questions
from tests.live.influxdb2 import MARKS, influxdb2
from tests.live.query_checks import databases

pytestmark = MARKS


@pytest.fixture(scope="module")
def now() -> int:
    return int(time.time())


@pytest.fixture(scope="module")
def here(now: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reading]:
    with influxdb2(tmp_path_factory.mktemp("server")) as config:
        yield filled(databases(config, f"boards_{now}"), now)


@pytest.fixture(scope="module")
def there(now: int, influxd: Influxd) -> Reading:
    return filled(databases(Config("", "", influx_url=influxd.url), "boards_influxdb2"), now)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("question", questions())
def test_it_answers_what_dashboards_ask(here: Reading, there: Reading, question: Question, now: int) -> None:
    check_answered(here, there, question, now)
