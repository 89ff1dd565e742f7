"""Unmodified clients of InfluxDB 1 against the running service; only address and token are ours."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from influxdb import InfluxDBClient
from influxdb.exceptions import InfluxDBClientError
from sqlalchemy import select

from api.identity.reading import issue_read_token
from api.local.influxd import Influxd
from api.models import Contract, ContractEvent, ReadToken
from api.models.base import utc_now
from tests.serving import Served, serving


@dataclass(frozen=True, slots=True)
class Reader:
    """A service with points, and a read token for them."""

    served: Served
    token: str
    started_ns: int

    @property
    def address(self) -> tuple[str, int]:
        parts = urlsplit(self.served.url)
        return parts.hostname or "", parts.port or 0

    def client(self, token: str | None = None) -> InfluxDBClient:
        host, port = self.address
        return InfluxDBClient(host, port, "anything", token or self.token, "karte", timeout=30)


@pytest.fixture(scope="module")
def reader(influxd: Influxd, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    with serving(tmp_path_factory.mktemp("read") / "data", influxd.url) as served:
        own, other = f"contract={served.office.contract}", "contract=c-other"
        now = time.time_ns()
        lines = [f"mem,{own},host=pc1 used_percent={i} {now - i * 10**9}" for i in range(500)]
        lines += [f"mem,{other},host=secret used_percent=99 {now}", f"swap,{other},host=secret used_percent=1 {now}"]
        assert served.engine.write(served.database_name, "\n".join(lines).encode(), "ns").status == 204
        yield Reader(served, _issue(served), now)


def _issue(served: Served) -> str:
    with served.office.database.writing.begin() as session:
        contract = session.scalars(select(Contract).where(Contract.public_id == served.office.contract)).one()
        return issue_read_token(session, contract, "test", utc_now())[1]


def test_the_python_client_reads_and_lists(reader: Reader) -> None:
    client = reader.client()
    assert client.ping().startswith("karte-")
    assert client.get_list_database() == [{"name": "karte"}, {"name": "karte_1h"}]
    assert client.get_list_measurements() == [{"name": "mem"}]
    assert client.get_list_retention_policies()[0]["default"] is True
    found = client.query("SELECT used_percent FROM mem WHERE host = $h", bind_params={"h": "pc1"})
    assert len(list(found.get_points())) == 500


def test_the_python_client_reads_in_chunks(reader: Reader) -> None:
    chunks = list(reader.client().query("SELECT used_percent FROM mem", chunked=True, chunk_size=100))
    assert sum(len(list(chunk.get_points())) for chunk in chunks) == 500


def test_the_python_client_is_told_what_is_refused(reader: Reader) -> None:
    with pytest.raises(InfluxDBClientError, match="DROP is not allowed"):
        reader.client().drop_database("karte")
    with pytest.raises(InfluxDBClientError, match="read token is not known"):
        reader.client("okr_nonsense").get_list_database()


@pytest.mark.skipif(shutil.which("influx") is None, reason="the influx shell is not installed")
def test_the_influx_shell_connects_and_reads(reader: Reader) -> None:
    host, port = reader.address
    command = ["influx", "-host", host, "-port", str(port), "-username", "x", "-password", reader.token]
    command += ["-database", "karte", "-format", "csv"]
    executed = [*command, "-execute", "SHOW DATABASES; SELECT count(used_percent) FROM mem"]
    done = subprocess.run(executed, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "databases,karte_1h" in done.stdout
    assert done.stdout.rstrip().endswith(",500")
    piped = subprocess.run(command, input="SHOW MEASUREMENTS", capture_output=True, text=True, timeout=60, check=False)
    assert "measurements,mem" in piped.stdout
    assert "swap" not in piped.stdout


def refused(client: InfluxDBClient) -> str:
    """Ask until a client is refused, and return the reason; what a token opens is remembered for half a second."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            client.get_list_measurements()
        except InfluxDBClientError as error:
            return str(error)
    raise AssertionError("it is not refused")


def test_a_suspended_contract_is_cut_off_and_told_why(reader: Reader) -> None:
    client = reader.client()
    assert client.get_list_measurements()
    reader.served.office.apply(ContractEvent.SUSPEND, "料金未払い")
    assert "料金未払い" in refused(client)
    reader.served.office.apply(ContractEvent.RESUME)
    assert client.get_list_measurements()


def test_a_revoked_token_opens_nothing_from_then_on(reader: Reader) -> None:
    client = reader.client(_issue(reader.served))
    assert client.get_list_measurements()
    with reader.served.office.database.writing.begin() as session:
        session.scalars(select(ReadToken).order_by(ReadToken.id.desc())).first().revoke(utc_now())  # type: ignore[union-attr]
    assert "revoked" in refused(client)
    assert "revoked" in refused(client)
