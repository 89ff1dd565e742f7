"""An unmodified Telegraf, pointed at the gateway by URL and token alone.

`KARTE_LIVE_TELEGRAF` is the path of a `telegraf` binary.
"""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.local.influxd import Influxd
from tests.serving import Served, serving

TELEGRAF = os.environ.get("KARTE_LIVE_TELEGRAF", "")
INPUTS = ("cpu", "mem", "swap", "disk", "diskio", "net", "system", "processes", "temp")
CONFIG = """\
[agent]
  interval = "1s"
  flush_interval = "1s"
  omit_hostname = false
{inputs}
[[outputs.influxdb_v2]]
  urls = ["{url}"]
  token = "{token}"
  organization = "any"
  bucket = "any"
"""

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(not TELEGRAF, reason="KARTE_LIVE_TELEGRAF names no telegraf binary"),
]


@pytest.fixture(scope="module")
def served(influxd: Influxd, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("telegraf") / "data", influxd.url) as running:
        yield running


def test_its_points_arrive_stamped_and_beside_our_agents_own(served: Served, tmp_path: Path) -> None:
    device = served.office.enrol("telegraf")
    config = tmp_path / "telegraf.conf"
    inputs = "\n".join(f"[[inputs.{name}]]" for name in INPUTS)
    config.write_text(CONFIG.format(inputs=inputs, url=served.url, token=device.token), encoding="utf-8")
    done = subprocess.run(
        [TELEGRAF, "--config", str(config), "--once"], capture_output=True, text=True, timeout=90, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "E! " not in done.stderr
    found = {
        row["name"]
        for each in served.engine.query("karte", f"SHOW MEASUREMENTS WHERE \"device\" = '{device.device}'")
        for row in each.rows()
    }
    # This machine may have no sensors, swap or disks of its own to tell of.
    assert {"cpu", "mem", "net", "system", "processes"} <= found <= set(INPUTS)
    (point,) = served.engine.query("karte", f'SELECT * FROM "mem" WHERE "device" = \'{device.device}\' LIMIT 1')
    assert point.rows()[0]["contract"] == served.office.contract
    assert point.rows()[0]["total"] > 0
