"""A real InfluxDB 2, set up for tests.

`KARTE_LIVE_INFLUXDB2` is the path of an `influxd` 2.x binary, or the URL of a server that has not been set up yet.
"""

import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from api.config import Config
from api.local.child import start_child, stop_child
from api.local.ports import free_port

TARGET = os.environ.get("KARTE_LIVE_INFLUXDB2", "")
ORG = "karte"
TOKEN = "live-test-operator-token"

MARKS = [
    pytest.mark.live,
    pytest.mark.skipif(not TARGET, reason="KARTE_LIVE_INFLUXDB2 names no influxd 2.x binary or URL"),
]


@contextmanager
def influxdb2(home: Path) -> Iterator[Config]:
    """Run InfluxDB 2, or use the one that is named, and give the settings of a service on it."""
    process = None
    url = TARGET
    if not TARGET.startswith("http"):
        url = f"http://127.0.0.1:{free_port()}"
        arguments = ["--bolt-path", f"{home}/influxd.bolt", "--engine-path", f"{home}/engine"]
        arguments += ["--sqlite-path", f"{home}/influxd.sqlite", "--http-bind-address", url.removeprefix("http://")]
        log = (home / "influxd.log").open("ab")
        process = start_child([TARGET, *arguments, "--reporting-disabled"], stdout=log, stderr=log)
        log.close()
    try:
        _set_up(url)
        yield Config("", "", influx_engine="influxdb2", influx_url=url, influx_token=TOKEN, influx_org=ORG)
    finally:
        if process is not None:
            stop_child(process)


def _set_up(url: str) -> None:
    body = {"username": "karte", "password": "live-test-password", "org": ORG, "bucket": "first", "token": TOKEN}
    request = urllib.request.Request(
        f"{url}/api/v2/setup", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    deadline = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(request, timeout=10).close()
            return
        except urllib.error.HTTPError as error:
            if error.code == 422:  # set up by an earlier run
                return
            raise
        except (urllib.error.URLError, OSError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
