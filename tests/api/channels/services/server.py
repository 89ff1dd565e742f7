"""A local server that speaks a service's contract over TLS, and that fails as services fail."""

import socket
import ssl
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """What came."""

    target: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class Fault(StrEnum):
    """How a server fails without an answer that is one."""

    HANG = "hang"
    """It takes the request and is silent."""

    TRICKLE = "trickle"
    """It answers a byte at a time, and never ends."""

    CLOSE = "close"
    """It hangs up in place of an answer."""

    CUT = "cut"
    """It hangs up within the head of its answer."""

    NOISE = "noise"
    """It answers what is no HTTP."""


Contract = Callable[[Request], Reply]


class Service:
    """A running server.

    Attributes:
        requests: what came, in order.
        next: what is answered first, in place of what the contract says.
    """

    def __init__(self, contract: Contract, tls: ssl.SSLContext | None) -> None:
        self.contract = contract
        self.requests: list[Request] = []
        self.next: deque[Reply | Fault] = deque()
        self.ending = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.service = self
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def stop(self) -> None:
        self.ending.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    service: Service

    def handle_error(self, _request: Any, _client: Any) -> None:
        """A client that goes away is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        service = self.server.service
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        request = Request(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
        service.requests.append(request)
        reply = service.next.popleft() if service.next else service.contract(request)
        if isinstance(reply, Reply):
            self._answer(reply)
        else:
            self.close_connection = True
            self._fail(reply)

    def _answer(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if "Content-Length" not in reply.headers:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)
        if "Content-Length" in reply.headers:
            self.close_connection = True

    def _fail(self, fault: Fault) -> None:
        if fault is Fault.HANG:
            self.server.service.ending.wait(20)
        elif fault is Fault.TRICKLE:
            for byte in _endless(b"HTTP/1.1 200 OK\r\nX: "):
                if self.server.service.ending.wait(0.05):
                    break
                self.wfile.write(byte)
        elif fault is Fault.CUT:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Le")
        elif fault is Fault.NOISE:
            self.wfile.write(b"220 mail.example.jp ESMTP\r\n")

    def log_message(self, *_args: Any) -> None:
        """Tests read `requests`."""


def _endless(start: bytes) -> Iterator[bytes]:
    yield from (bytes([each]) for each in start)
    while True:
        yield b"x"


@contextmanager
def serving(contract: Contract, tls: ssl.SSLContext | None) -> Iterator[Service]:
    """Run a service for a while."""
    service = Service(contract, tls)
    try:
        yield service
    finally:
        service.stop()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
