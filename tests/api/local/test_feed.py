import threading
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from api.demo.office import HISTORY_DAYS
from api.local.feed import Feed, Stream
from api.local.gatewaywriter import BATCH_LINES, GatewayRefused, GatewayWriter
from api.local.ledger import Account, Ledger, open_ledger
from collectors.point import Point

NS = 10**9


class Gateway(ThreadingHTTPServer):
    """Takes writes as the gateway does; `answers` come first, then 204."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[tuple[int, dict[str, str]]] = []
        self.lines: list[str] = []
        self.tokens: set[str | None] = set()
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Gateway

    def do_POST(self) -> None:
        body = zlib.decompress(self.rfile.read(int(self.headers["Content-Length"])), 31)
        with self.server.lock:
            status, headers = self.server.answers.pop(0) if self.server.answers else (204, {})
            self.server.tokens.add(self.headers["Authorization"])
            if status == 204:
                self.server.lines += body.decode().splitlines()
        message = b"" if status == 204 else b'{"code":"x","message":"because"}'
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(message)))
        self.end_headers()
        self.wfile.write(message)

    def log_message(self, format: str, *args: object) -> None:
        """Be quiet."""


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    server = Gateway()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def every_second(after: int, until: int) -> Iterator[Point]:
    return (Point("cpu", {}, {"usage_idle": 1.0}, moment * NS) for moment in range(after + 1, until + 1))


def times(gateway: Gateway) -> list[int]:
    return sorted(int(line.rsplit(" ", 1)[1]) // NS for line in gateway.lines)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    made = open_ledger(tmp_path / "office.json", 100_000)
    made.add("a", Account("d-a", "okd_a", 80_000))
    made.add("b", Account("d-b", "okd_b", 95_000))
    return made


def feed(gateway: Gateway, ledger: Ledger, now: int, keys: str = "ab") -> Feed:
    streams = [Stream(key, every_second) for key in keys]
    return Feed(streams, ledger, GatewayWriter(gateway.url), now=lambda: now)


def test_it_sends_everything_once_and_then_what_is_new(gateway: Gateway, ledger: Ledger) -> None:
    progress: list[int] = []
    first = feed(gateway, ledger, 100_000)
    assert first.behind_s() == 25_000
    assert first.catch_up(progress.append) == 25_000
    assert sum(progress) == 25_000
    assert set(times(gateway)) == set(range(80_001, 100_001))
    assert gateway.tokens == {"Token okd_a", "Token okd_b"}
    assert feed(gateway, ledger, 100_000).catch_up(progress.append) == 0
    assert feed(gateway, ledger, 100_060).catch_up(progress.append) == 120


def test_it_goes_on_after_it_was_refused(gateway: Gateway, ledger: Ledger) -> None:
    gateway.answers = [(204, {}), (204, {}), (403, {})]
    with pytest.raises(GatewayRefused, match="because"):
        feed(gateway, ledger, 100_000, "a").catch_up(lambda _: None)
    assert len(gateway.lines) == 2 * BATCH_LINES
    again = open_ledger(ledger.path, 1)
    assert again.accounts["a"].sent_until == 80_000 + 2 * BATCH_LINES - 1
    feed(gateway, again, 100_000, "a").catch_up(lambda _: None)
    assert set(times(gateway)) == set(range(80_001, 100_001))
    assert len(gateway.lines) == 20_001  # the second at the seam came twice, which stores it once


def test_it_waits_where_the_gateway_is_busy(gateway: Gateway, ledger: Ledger) -> None:
    gateway.answers = [(503, {"Retry-After": "1"}), (429, {})]
    feed(gateway, ledger, 95_010, "b").catch_up(lambda _: None)
    assert times(gateway) == list(range(95_001, 95_011))


def test_it_sends_nothing_older_than_the_history(gateway: Gateway, ledger: Ledger) -> None:
    now = 100_000 + 2 * HISTORY_DAYS * 86_400
    stream = Stream("a", lambda after, _until: iter([Point("cpu", {}, {"usage_idle": 1.0}, (after + 1) * NS)]))
    Feed([stream], ledger, GatewayWriter(gateway.url), now=lambda: now).catch_up(lambda _: None)
    assert times(gateway) == [now - HISTORY_DAYS * 86_400 + 1]
