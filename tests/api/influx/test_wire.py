"""Kept connections against servers that behave, and servers that do not."""

import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from api.influx.connection import Connection
from api.influx.engine import EngineUnavailable

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"

Serve = Callable[[socket.socket], None]


class Server:
    """Accepts connections on the loopback and serves each as it is told.

    Attributes:
        url: where it is.
        accepted: connections so far.
    """

    def __init__(self, serve: Serve, context: ssl.SSLContext | None = None) -> None:
        self._serve = serve
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.accepted = 0
        scheme = "http" if context is None else "https"
        self.url = f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                plain, _peer = self._listener.accept()
            except OSError:
                return
            self.accepted += 1
            threading.Thread(target=self._one, args=(plain,), daemon=True).start()

    def _one(self, plain: socket.socket) -> None:
        try:
            with plain, plain if self._context is None else self._context.wrap_socket(plain, server_side=True) as made:
                self._serve(made)
        except OSError:
            pass

    def close(self) -> None:
        """Accept no more."""
        self._listener.close()


@contextmanager
def serving(serve: Serve, context: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Run a server until the block ends."""
    server = Server(serve, context)
    try:
        yield server
    finally:
        server.close()


def answering(*answers: bytes) -> Serve:
    """Answer one request after the other on a connection, then close it."""

    def serve(made: socket.socket) -> None:
        for answer in answers:
            if not _request(made):
                return
            made.sendall(answer)

    return serve


def _request(made: socket.socket) -> bytes:
    got = b""
    while b"\r\n\r\n" not in got:
        piece = made.recv(65536)
        if not piece:
            return b""
        got += piece
    return got


def test_it_keeps_a_connection_for_the_next_request() -> None:
    with serving(answering(OK, OK, OK)) as server:
        connection = Connection(server.url, {})
        assert [connection.send("GET", "/").body for _number in range(3)] == [b"{}"] * 3
        assert server.accepted == 1


def test_it_sends_the_path_the_headers_and_the_body() -> None:
    got: list[bytes] = []

    def serve(made: socket.socket) -> None:
        got.append(_request(made))
        made.sendall(OK)

    with serving(serve) as server:
        address = server.url.removeprefix("http://")
        sent = Connection(f"http://someone:secret@{address}/influx/", {"Authorization": "Token x"})
        sent.send("POST", "/write?db=karte", body=b"m f=1", headers={"X-More": "1"})
    head, _end, body = got[0].partition(b"\r\n\r\n")
    first, *headers = head.decode().split("\r\n")
    assert first == "POST /influx/write?db=karte HTTP/1.1"
    assert sorted(headers) == ["Authorization: Token x", "Content-Length: 5", f"Host: {address}", "X-More: 1"]
    assert body == b"m f=1"


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", b"abcde"),
        (b"HTTP/1.1 200 OK\r\n\r\nuntil it closes", b"until it closes"),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nold", b"old"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
    ],
)
def test_it_reads_every_form_of_a_body_to_its_end(answer: bytes, body: bytes) -> None:
    with serving(answering(answer)) as server:
        assert Connection(server.url, {}).send("GET", "/").body == body


def test_it_hands_on_what_comes_before_the_rest_is_there() -> None:
    more = threading.Event()

    def serve(made: socket.socket) -> None:
        _request(made)
        made.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")
        more.wait(30)
        made.sendall(b"4\r\nlast\r\n0\r\n\r\n")

    with serving(serve) as server:
        answer = Connection(server.url, {}).open("GET", "/", headers={}, timeout_s=30)
        pieces = answer.chunks()
        assert next(pieces) == b"first"
        more.set()
        assert list(pieces) == [b"last"]


def test_it_takes_a_new_connection_where_the_kept_one_was_closed() -> None:
    with serving(answering(OK)) as server:
        connection = Connection(server.url, {})
        for _number in range(3):
            assert connection.send("GET", "/").status == 200
            _until_closed(connection)
        assert server.accepted == 3


def _until_closed(connection: Connection) -> None:
    (wire,) = connection._idle.wires
    for _attempt in range(1_000):
        if wire.dropped:
            return
        threading.Event().wait(0.01)
    raise AssertionError("the server did not close the connection")


def test_it_keeps_no_connection_whose_answer_was_left_unread() -> None:
    closed = threading.Event()

    def serve(made: socket.socket) -> None:
        _request(made)
        made.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")
        if not made.recv(1):
            closed.set()

    with serving(serve) as server:
        connection = Connection(server.url, {})
        connection.open("GET", "/", headers={}, timeout_s=30).close()
        assert closed.wait(30)
        assert connection._idle.wires == []


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"", "no answer from the engine at .*: the connection was closed"),
        (b"HTTP/1.1 200", "no answer from the engine at .*: the connection was closed"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "no answer from the engine at .*: what came is no HTTP answer"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20_000, "no answer from the engine at .*: headers without an end"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", "broke off its answer: the connection was closed"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n",
            "broke off its answer: the connection was closed",
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "engine at .* what came is no HTTP answer",
        ),
    ],
)
def test_it_says_what_was_wrong_with_an_answer(answer: bytes, told: str) -> None:
    with serving(answering(answer)) as server:
        connection = Connection(server.url, {})
        with pytest.raises(EngineUnavailable, match=told):
            connection.send("GET", "/")
        assert connection._idle.wires == []


def test_it_waits_no_longer_than_it_is_told() -> None:
    def silent(made: socket.socket) -> None:
        _request(made)
        made.recv(1)

    with serving(silent) as server, pytest.raises(EngineUnavailable, match="no answer in time"):
        Connection(server.url, {}).open("GET", "/", headers={}, timeout_s=0.05)


@pytest.mark.parametrize("url", ["ftp://127.0.0.1", "http://", "127.0.0.1:8086"])
def test_it_refuses_an_address_that_is_none(url: str) -> None:
    with pytest.raises(ValueError, match="is no http or https URL"):
        Connection(url, {})


def test_it_refuses_a_header_that_says_two_things() -> None:
    with pytest.raises(ValueError, match="line break"):
        Connection("http://127.0.0.1", {"Authorization": "Token x\r\nX-Other: y"})


def test_it_speaks_tls_and_checks_whom_it_speaks_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate, key = _certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with serving(answering(OK, OK), context) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
        with pytest.raises(EngineUnavailable, match="certificate"):
            Connection(server.url, {}).send("GET", "/")
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        connection = Connection(server.url, {})
        assert connection.send("GET", "/").body == b"{}"
        assert connection.send("GET", "/").body == b"{}"
        assert server.accepted == 2


def _certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "engine")])
    begin = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=1)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, secret
