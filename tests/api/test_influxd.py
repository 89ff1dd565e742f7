import urllib.request
from pathlib import Path

import pytest

from api.local.influxd import Influxd, InfluxdError, start_influxd


def test_it_answers_and_tells_its_version(influxd: Influxd) -> None:
    with urllib.request.urlopen(f"{influxd.url}/ping") as answer:
        assert answer.headers["X-Influxdb-Version"].startswith("1.")


def test_it_does_not_mistake_another_server_for_its_own(influxd: Influxd, tmp_path: Path) -> None:
    taken = int(influxd.url.rsplit(":", 1)[1])
    with pytest.raises(InfluxdError, match="is taken"):
        start_influxd(tmp_path, port=taken, wait_s=10)
