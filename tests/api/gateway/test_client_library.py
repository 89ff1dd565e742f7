"""influxdb-client as its own examples use it; only URL and token are ours."""

import asyncio
import time
from collections.abc import Iterator

import pytest
from influxdb_client import InfluxDBClient, Point, WritePrecision
from influxdb_client.client.influxdb_client_async import InfluxDBClientAsync
from influxdb_client.client.write_api import SYNCHRONOUS
from influxdb_client.rest import ApiException

from api.local.influxd import Influxd
from tests.serving import Served, serving


@pytest.fixture(scope="module")
def served(influxd: Influxd, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("client") / "data", influxd.url) as running:
        yield running


def _stored(served: Served, device: str) -> list[dict[str, object]]:
    condition = f"\"contract\" = '{served.office.contract}' AND \"device\" = '{device}'"
    series = served.engine.query("karte", f'SELECT * FROM "mem" WHERE {condition}')
    return [row for each in series for row in each.rows()]


def test_it_takes_a_point_from_the_batching_example(served: Served) -> None:
    device = served.office.enrol("batching")
    with (
        InfluxDBClient(url=served.url, token=device.token, org="-") as client,
        client.write_api() as write_api,
    ):
        point = Point("mem").tag("host", "host1").field("used_percent", 25.43234543)
        write_api.write(bucket="telegraf/autogen", record=point)
    (row,) = _stored(served, device.device)
    assert (row["host"], row["used_percent"], row["site"]) == ("host1", 25.43234543, served.office.site)


def test_it_takes_lines_points_dictionaries_and_bytes_from_the_synchronous_example(served: Served) -> None:
    device = served.office.enrol("synchronous")
    now = time.time_ns()
    with InfluxDBClient(url=served.url, token=device.token, org="my-org", enable_gzip=True) as client:
        write_api = client.write_api(write_options=SYNCHRONOUS)
        write_api.write("my-bucket", "my-org", f"mem,host=host1 used_percent=23.43234543 {now}")
        write_api.write("my-bucket", "my-org", f"mem,host=host1 used_percent=24.5 {now + 1}".encode())
        write_api.write("my-bucket", "my-org", [Point("mem").tag("host", "host1").field("used", 5).time(now + 2)])
        dictionary = {"measurement": "mem", "tags": {"host": "host1"}, "fields": {"free": 7}, "time": now // 10**9}
        write_api.write("my-bucket", "my-org", dictionary, write_precision=WritePrecision.S)
    rows = _stored(served, device.device)
    assert sorted(str(row["used_percent"]) for row in rows if row["used_percent"]) == ["23.43234543", "24.5"]
    assert [row["used"] for row in rows if row["used"]] == [5]
    assert [row["free"] for row in rows if row["free"]] == [7]


def test_it_takes_points_from_the_asynchronous_example(served: Served) -> None:
    device = served.office.enrol("asynchronous")

    async def write() -> bool:
        async with InfluxDBClientAsync(url=served.url, token=device.token, org="my-org") as client:
            points = [Point("mem").tag("host", name).field("used_percent", 25.3) for name in ("one", "two")]
            return bool(await client.write_api().write(bucket="my-bucket", record=points))

    assert asyncio.run(write())
    assert {row["host"] for row in _stored(served, device.device)} == {"one", "two"}


def test_it_tells_the_library_why_a_token_is_refused(served: Served) -> None:
    device = served.office.enrol("revoked")
    served.office.revoke(device.device)
    with (
        InfluxDBClient(url=served.url, token=device.token, org="my-org") as client,
        pytest.raises(ApiException, match="revoked") as refused,
    ):
        client.write_api(write_options=SYNCHRONOUS).write("my-bucket", "my-org", "mem used=1i")
    assert refused.value.status == 403


def test_it_tells_the_library_which_line_was_bad(served: Served) -> None:
    device = served.office.enrol("partial")
    lines = f"mem,host=a used=1i {time.time_ns()}\nmy_measurement value=1\n"
    with (
        InfluxDBClient(url=served.url, token=device.token, org="my-org") as client,
        pytest.raises(ApiException, match="line 2") as refused,
    ):
        client.write_api(write_options=SYNCHRONOUS).write("my-bucket", "my-org", lines)
    assert refused.value.status in {400, 422}
    assert len(_stored(served, device.device)) == 1
