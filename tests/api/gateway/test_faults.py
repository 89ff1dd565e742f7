"""What is confirmed is stored, whatever dies: the real service under gunicorn, a real influxd, kill -9."""

import random
import socket
import threading
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
import urllib3
from urllib3.exceptions import HTTPError

from api.config import Config
from api.db import open_database
from api.influx.registry import create_engine
from api.local.child import stop_child
from api.local.datadir import DataDir
from api.local.influxd import Influxd, start_influxd
from api.local.service import ANY_PORT, Deployment, listen, start_service
from api.schema import upgrade
from tests.api.office import make_office
from tests.serving import Served, serving

LINES = 200
GIB = 1024**3


@dataclass
class Sender:
    """A device that makes batches without pause and sends each again until it is confirmed."""

    url: str
    token: str
    start_ns: int
    produced: int = 0
    total: int = 0
    tries: int = 0
    put_off: list[str] = field(default_factory=list)
    surprises: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self) -> None:
        pool = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(connect=2, read=20))
        while not self.stop.is_set() and not self.surprises:
            numbers = range(self.produced, self.produced + LINES)
            body = "".join(f"mem,host=h used={n}i {self.start_ns + n}\n" for n in numbers).encode()
            self._send_until_confirmed(pool, body)
            self.produced += LINES
            self.total += sum(numbers)

    def _send_until_confirmed(self, pool: urllib3.PoolManager, body: bytes) -> None:
        headers = {"Authorization": f"Token {self.token}"}
        while not self.surprises:
            self.tries += 1
            try:
                answer = pool.request("POST", f"{self.url}/api/v2/write", body=body, headers=headers)
            except HTTPError:
                time.sleep(0.05)
                continue
            if answer.status == 204:
                return
            if answer.status == 503 and answer.headers.get("Retry-After"):
                self.put_off.append(answer.headers["Retry-After"])
                time.sleep(0.05)
            else:
                self.surprises.append(f"{answer.status} {answer.data[:300]!r}")


class Machine:
    """influxd and the service, each of which can die and be started again where it was."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.influxd = start_influxd(root / "influxd")
        self._port = urlsplit(self.influxd.url).port
        data = DataDir(root / "service")
        data.log.mkdir(parents=True)
        data.secret_key_path.write_text("a key for tests only, long enough to sign", encoding="utf-8")
        database = open_database(data.database_url)
        upgrade(database)
        office = make_office(database, "山田商事株式会社")
        self.tokens = [office.enrol(name).token for name in ("one", "two")]
        database.close()
        self.engine = create_engine(Config(data.database_url, "", influx_url=self.influxd.url))
        self.engine.ensure_database("karte", timedelta(days=35))
        self.listener = listen(ANY_PORT)
        self.deployment = Deployment(data, self.listener, self.influxd.url, raw_retention_days=35)
        self.service = start_service(self.deployment)

    def start_influxd(self) -> None:
        self.influxd = start_influxd(self._root / "influxd", self._port)

    def kill_influxd(self) -> None:
        self.influxd.process.kill()
        self.influxd.process.wait()

    def kill_service(self) -> None:
        """Kill gunicorn's master and its workers at once, as the end of a machine does."""
        master = psutil.Process(self.service.pid)
        for process in [master, *master.children(recursive=True)]:
            process.kill()
        self.service.wait()

    def start_service(self) -> None:
        self.service = start_service(self.deployment)

    def stored(self) -> tuple[int, int]:
        """How many points there are, and the sum of their values."""
        (series,) = self.engine.query("karte", "SELECT count(used) AS n, sum(used) AS total FROM mem")
        row = series.rows()[0]
        return row["n"], row["total"]

    def stop(self) -> None:
        stop_child(self.service)
        self.listener.close()
        self.influxd.stop()


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    made = Machine(tmp_path)
    yield made
    made.stop()


@pytest.fixture
def senders(machine: Machine) -> Iterator[list[Sender]]:
    """Two devices, sending from the moment the test begins."""
    start_ns = time.time_ns() - 86_400 * 10**9
    made = [Sender(machine.deployment.url, token, start_ns) for token in machine.tokens]
    yield made
    for sender in made:
        sender.stop.set()
        sender.thread.join(60)


def wait_until_more_is_confirmed(senders: list[Sender]) -> None:
    goals = [sender.produced + 2 * LINES for sender in senders]
    deadline = time.monotonic() + 60
    while any(s.produced < goal and not s.surprises for s, goal in zip(senders, goals, strict=True)):
        assert time.monotonic() < deadline, "nothing more is confirmed"
        time.sleep(0.02)


def finish(senders: list[Sender]) -> tuple[int, int]:
    """Let each sender confirm its last batch, and return what was produced in all."""
    for sender in senders:
        sender.stop.set()
    for sender in senders:
        sender.thread.join(60)
        assert not sender.thread.is_alive()
    assert [sender.surprises for sender in senders] == [[], []]
    return sum(sender.produced for sender in senders), sum(sender.total for sender in senders)


def test_every_point_arrives_when_influxd_was_stopped_under_load(machine: Machine, senders: list[Sender]) -> None:
    wait_until_more_is_confirmed(senders)
    machine.influxd.stop()
    deadline = time.monotonic() + 30
    while not all(sender.put_off for sender in senders):
        assert time.monotonic() < deadline, "nobody was asked to come later"
        time.sleep(0.02)
    machine.start_influxd()
    wait_until_more_is_confirmed(senders)
    assert finish(senders) == machine.stored()


def test_every_point_arrives_when_gateway_and_influxd_are_killed(machine: Machine, senders: list[Sender]) -> None:
    rnd = random.Random(20_260_401)
    kills = [(machine.kill_service, machine.start_service), (machine.kill_influxd, machine.start_influxd)] * 2
    rnd.shuffle(kills)
    for kill, start in kills:
        wait_until_more_is_confirmed(senders)
        time.sleep(rnd.uniform(0, 0.3))
        kill()
        time.sleep(rnd.uniform(0, 0.3))
        start()
    wait_until_more_is_confirmed(senders)
    assert finish(senders) == machine.stored()
    assert all(sender.tries > sender.produced // LINES for sender in senders), "no batch was sent again"


@pytest.fixture(scope="module")
def served(influxd: Influxd, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("limits") / "data", influxd.url) as running:
        yield running


def peak_memory(url: str) -> int:
    """The largest resident set so far of the processes that serve a URL, bytes."""
    port = urlsplit(url).port
    serving_it = {
        c.pid
        for c in psutil.net_connections("tcp")
        if getattr(c.laddr, "port", 0) == port and c.status == "LISTEN" and c.pid
    }
    pids = serving_it | {child.pid for pid in serving_it for child in psutil.Process(pid).children()}
    status = [Path(f"/proc/{pid}/status").read_text(encoding="utf-8") for pid in pids]
    assert status
    return max(int(text.split("VmHWM:")[1].split()[0]) * 1024 for text in status)


def _stream(url: str, headers: str, piece: bytes, pieces: int) -> bytes:
    """Send a body piece by piece until the other side has had enough, and return its answer."""
    target = urlsplit(url)
    with socket.create_connection((target.hostname or "", target.port or 0), timeout=60) as connection:
        connection.sendall(
            f"POST /api/v2/write HTTP/1.1\r\nHost: karte\r\nConnection: close\r\n{headers}\r\n\r\n".encode()
        )
        try:
            for _ in range(pieces):
                connection.sendall(piece)
        except ConnectionError:
            pass  # it hung up, as it may
        answer = b""
        try:
            while part := connection.recv(65536):
                answer += part
        except ConnectionError:
            pass
        return answer


def test_it_refuses_a_line_of_a_gigabyte_without_growing(served: Served) -> None:
    token = f"Authorization: Token {served.office.enrol('huge').token}\r\n"
    small = urllib3.request(
        "POST",
        f"{served.url}/api/v2/write",
        body=b"mem used=1i",
        headers={"Authorization": token.split(": ")[1].strip()},
    )
    assert small.status == 204
    before = peak_memory(served.url)
    piece = b"1" * 2**20
    chunk = b"%x\r\n%b\r\n" % (len(piece), piece)
    answers = [
        _stream(served.url, f"{token}Content-Length: {GIB}", piece, 1024),
        _stream(served.url, f"{token}Transfer-Encoding: chunked", chunk, 1024),
    ]
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(piece) for _ in range(1024)) + packer.flush()
    answers.append(_stream(served.url, f"{token}Content-Encoding: gzip\r\nContent-Length: {len(bomb)}", bomb, 1))
    assert b"after gzip is undone" in answers[2]
    # Who goes on sending a gigabyte to a closed connection may lose the answer on the way.
    assert all(b"413" in answer.split(b"\r\n")[0] for answer in answers if answer)
    assert all(b"limit of 8388608 bytes" in answer for answer in answers[:2] if answer)
    assert peak_memory(served.url) - before < 100 * 2**20
    again = urllib3.request(
        "POST",
        f"{served.url}/api/v2/write",
        body=b"mem used=1i",
        headers={"Authorization": token.split(": ")[1].strip()},
    )
    assert again.status == 204
