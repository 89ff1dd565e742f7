"""One kept HTTP/1.1 connection to an engine: a request, and an answer that is read as it comes.

Every query and every write waits for what this costs. Measured with influxd on the same machine, urllib3's kept
connection takes 0.47 ms of CPU for a small request and its answer, this one 0.13 ms; the parsing is httptools' (llhttp,
as in Node.js).
"""

import select
import socket
import ssl
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

import httptools

CONNECT_S = 3.0
"""How long a new connection may take."""

_PIECE_BYTES = 128 * 1024
_HEAD_BYTES = 64 * 1024
"""Most that an answer's status and headers may be."""


class WireError(Exception):
    """A request that got no answer, or not all of it; the message says what happened."""


class Target:
    """Where an engine is.

    Attributes:
        prefix: path before every request's own.
        head: what every request has: the host, and headers of ours.
    """

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        """Take the engine's URL, http or https, and headers for every request.

        Raises:
            ValueError: the URL names no host, or a header has a line break.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{url} is no http or https URL")
        secure = parts.scheme == "https"
        self.prefix = parts.path.rstrip("/")
        self.head = _lines((("Host", parts.netloc.rpartition("@")[2]), *headers.items()))
        self._address = (parts.hostname, parts.port or (443 if secure else 80))
        self._context = ssl.create_default_context() if secure else None

    def connect(self) -> socket.socket:
        """Return a new connection.

        Raises:
            OSError: there is none.
        """
        plain = socket.create_connection(self._address, CONNECT_S)
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._context is None:
                return plain
            return self._context.wrap_socket(plain, server_hostname=self._address[0])
        except BaseException:
            plain.close()
            raise


class Wire:
    """A connection, which serves one request after the other.

    Attributes:
        status: HTTP status of the answer.
        headers: of the answer, names in lower case.
        reusable: whether the answer was read to its end and the connection may serve the next request.
    """

    def __init__(self, target: Target) -> None:
        """Connect.

        Raises:
            WireError: nobody answers there.
        """
        self._target = target
        try:
            self._socket = target.connect()
        except OSError as error:
            raise WireError(_reason(error)) from error
        self._readable = select.poll()
        self._readable.register(self._socket, select.POLLIN)
        self._begin()

    @property
    def dropped(self) -> bool:
        """Whether the engine has closed the connection, or sent what nobody asked for, since the last answer."""
        return bool(self._readable.poll(0))

    def send(
        self, method: str, path: str, headers: Iterable[tuple[str, str]], body: bytes | None, timeout_s: float
    ) -> None:
        """Send a request and wait for the status and the headers of its answer.

        Args:
            method: HTTP method.
            path: after the target's prefix, with the query.
            headers: besides the target's.
            body: what is sent.
            timeout_s: longest silence of the engine, now and while the answer is read.

        Raises:
            WireError: the answer did not begin.
        """
        self._begin()
        length = () if body is None else (("Content-Length", str(len(body))),)
        line = f"{method} {self._target.prefix}{path} HTTP/1.1\r\n".encode("ascii")
        try:
            self._socket.settimeout(timeout_s)
            self._socket.sendall(b"".join((line, self._target.head, _lines((*headers, *length)), b"\r\n", body or b"")))
        except OSError as error:
            raise WireError(_reason(error)) from error
        while True:
            self._receive()
            if self._has_head:
                return
            if self._received > _HEAD_BYTES:
                raise WireError("headers without an end")

    def read(self) -> bytes:
        """Return what came next of the answer's body, as soon as there is something; nothing at its end.

        Raises:
            WireError: it broke off, or nothing came for too long.
        """
        while not self._pieces and not self._ended:
            self._receive()
        found = b"".join(self._pieces)
        self._pieces.clear()
        return found

    def close(self) -> None:
        """Close the connection; an engine that is still at the answer stops."""
        self.reusable = False
        self._socket.close()

    def _begin(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.reusable = False
        self._pieces: list[bytes] = []
        self._received = 0
        self._has_head = self._ended = False
        self._parser = httptools.HttpResponseParser(self)

    def _receive(self) -> None:
        try:
            data = self._socket.recv(_PIECE_BYTES)
        except OSError as error:
            raise WireError(_reason(error)) from error
        if not data:
            self._end_by_closing()
            return
        self._received += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            raise WireError(f"what came is no HTTP answer: {error}") from error

    def _end_by_closing(self) -> None:
        """Take the connection's end as the body's, where the answer told no length (RFC 9112, section 6.3).

        Raises:
            WireError: more was to come.
        """
        if not self._has_head or "content-length" in self.headers or "transfer-encoding" in self.headers:
            raise WireError("the connection was closed")
        self._ended = True

    # What httptools calls.

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        """Take the status."""
        self.status = self._parser.get_status_code()
        self._has_head = True

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        self._pieces.append(body)

    def on_message_complete(self) -> None:
        """Note the end."""
        self._ended = True
        self.reusable = self._parser.should_keep_alive()


def _lines(headers: Iterable[tuple[str, str]]) -> bytes:
    """Return headers as they are sent.

    Raises:
        ValueError: one has a line break, with which it could say more than one thing.
    """
    lines = [f"{name}: {value}" for name, value in headers]
    if any("\n" in line or "\r" in line for line in lines):
        raise ValueError("a header has a line break")
    return "".join([f"{line}\r\n" for line in lines]).encode("latin-1")


def _reason(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return error.strerror or type(error).__name__
