"""Checks against real endpoints on the loopback: what is reached, what is not, and what cannot be told."""

import datetime
import http.server
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from collectors.catalogue import problems
from collectors.input import NothingToReport, ToolMissing
from collectors.point import FieldValue
from collectors.probe.ping import Pinger, Pong
from collectors.probe.reachability.check import Check, make_check
from collectors.probe.reachability.input import Reachability, longest_s, reachability_input
from tests.collectors.probe.discovery import responder


class FixedPinger:
    """Answers from a list of times in milliseconds; None is silence."""

    def __init__(self, *times: float | None) -> None:
        self._times = list(times)

    async def ping(self, address: str, timeout_s: float) -> Pong | None:
        assert (address, timeout_s > 0) == ("127.0.0.1", True)
        time = self._times.pop(0)
        return None if time is None else Pong(time, 64)

    def close(self) -> None:
        """Nothing is held."""


def no_pinger() -> Pinger:
    raise ToolMissing("no permission for ICMP sockets, and no ping program")


def check(kind: str, target: str, server: str = "", count: int = 2, timeout_s: float = 3.0) -> Check:
    return make_check("a check", kind, target, server, count, timeout_s)


def outcome(made: Check, pinger: Callable[[], Pinger] = no_pinger) -> dict[str, FieldValue]:
    points = Reachability([made], pinger, pause_s=0.0).gather()
    assert problems(points) == []
    assert dict(points[0].tags) == {"check": "a check", "type": made.type.value, "target": made.target}
    return dict(points[0].fields)


@pytest.fixture
def udp() -> Iterator[Callable[[Callable[[bytes], list[bytes]]], int]]:
    """Serves an answering function on a free UDP port of the loopback."""
    sockets: list[tuple[socket.socket, threading.Thread]] = []

    def start(answer: Callable[[bytes], list[bytes]]) -> int:
        own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        own.bind(("127.0.0.1", 0))

        def serve() -> None:
            while True:
                data, source = own.recvfrom(65535)
                if data == b"end":
                    return
                for each in answer(data):
                    own.sendto(each, source)

        thread = threading.Thread(target=serve)
        thread.start()
        sockets.append((own, thread))
        port: int = own.getsockname()[1]
        return port

    yield start
    for own, thread in sockets:
        own.sendto(b"end", own.getsockname())
        thread.join(5)
        own.close()


def closed_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def test_it_measures_pings_and_tells_them_telegrafs_way_too() -> None:
    points = Reachability(
        [replace(check("icmp", "127.0.0.1", count=4))], lambda: FixedPinger(10.0, None, 16.0, 12.0), pause_s=0.0
    ).gather()
    assert problems(points) == []
    ours, telegraf = (each.fields for each in points)
    assert (ours["state"], ours["reason_code"]) == ("ok", "reached_with_loss")
    assert (ours["sent"], ours["received"], ours["loss_percent"]) == (4, 3, 25.0)
    assert (ours["minimum_ms"], ours["maximum_ms"], ours["jitter_ms"]) == (10.0, 16.0, 5.0)
    assert ours["average_ms"] == pytest.approx(38 / 3)
    assert (telegraf["packets_transmitted"], telegraf["packets_received"], telegraf["result_code"]) == (4, 3, 0)
    assert (telegraf["percent_packet_loss"], telegraf["ttl"]) == (25.0, 64)
    assert dict(points[1].tags) == {"url": "127.0.0.1"}


def test_it_says_that_nothing_came_back() -> None:
    points = Reachability([check("icmp", "127.0.0.1")], lambda: FixedPinger(None, None), pause_s=0.0).gather()
    assert (points[0].fields["state"], points[0].fields["reason_code"]) == ("bad", "no_answer")
    assert points[0].fields["loss_percent"] == 100.0
    assert "average_ms" not in points[0].fields
    assert points[1].fields["result_code"] == 1


def test_it_does_not_blame_the_target_where_this_machine_cannot_ask() -> None:
    points = Reachability([check("icmp", "127.0.0.1")], no_pinger, pause_s=0.0).gather()
    assert (points[0].fields["state"], points[0].fields["reason_code"]) == ("unknown", "cannot_check")
    assert points[0].fields["sent"] == 0
    assert "loss_percent" not in points[0].fields
    assert dict(points[1].fields) == {"result_code": 2}


def test_it_connects_or_says_that_nobody_listens() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        found = outcome(check("tcp", f"127.0.0.1:{server.getsockname()[1]}"))
    assert (found["state"], found["received"], found["address"]) == ("ok", 2, "127.0.0.1")
    found = outcome(check("tcp", f"127.0.0.1:{closed_port(socket.SOCK_STREAM)}"))
    assert (found["state"], found["reason_code"], found["loss_percent"]) == ("bad", "refused", 100.0)


def test_it_says_that_there_is_no_such_name() -> None:
    found = outcome(check("tcp", "no-such-host.invalid:80"))
    assert found["state"] == "bad"
    assert found["reason_code"] in ("no_such_host", "dns_failed")


class Pages(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:  # http.server's name
        assert self.headers["Host"]
        self.send_response(int(self.path.strip("/") or 200))
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


def serving(context: ssl.SSLContext | None) -> Iterator[int]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_request: None  # type: ignore[method-assign]  # clients that hang up are the test
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture
def web() -> Iterator[int]:
    yield from serving(None)


@pytest.mark.parametrize(
    ("path", "state", "code", "status"),
    [("/", "ok", "reached", 200), ("/302", "ok", "reached", 302), ("/503", "bad", "http_error", 503)],
)
def test_it_reads_the_status_of_a_page(web: int, path: str, state: str, code: str, status: int) -> None:
    found = outcome(check("http", f"http://127.0.0.1:{web}{path}"))
    assert (found["state"], found["reason_code"], found["http_status"]) == (state, code, status)
    assert (found["received"], "certificate_days_left" in found) == (2, False)


def test_it_says_that_what_answers_is_not_http() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()

        def greet() -> None:
            other, _address = server.accept()
            with other:
                other.recv(1000)
                other.sendall(b"220 mail.example.jp ESMTP\r\n")

        thread = threading.Thread(target=greet)
        thread.start()
        found = outcome(check("http", f"http://127.0.0.1:{server.getsockname()[1]}/", count=1))
        thread.join(5)
    assert (found["state"], found["reason_code"]) == ("bad", "bad_answer")


def certificate(directory: Path, days: float) -> ssl.SSLContext:
    """Make a certificate for localhost that ends in so many days, and a server's context with it."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=90))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = directory / "server.pem"
    plain = serialization.NoEncryption()
    pkcs8 = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (directory / "ca.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pem.write_bytes(pkcs8 + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


@pytest.mark.parametrize(
    ("days", "is_trusted", "state", "code"),
    [
        (20.5, True, "ok", "reached"),
        (20.5, False, "bad", "certificate_invalid"),
        (-3.5, True, "bad", "certificate_invalid"),
    ],
)
def test_it_tells_how_long_a_certificate_is_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: float, is_trusted: bool, state: str, code: str
) -> None:
    context = certificate(tmp_path, days)
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    for port in serving(context):
        found = outcome(check("http", f"https://localhost:{port}/"))
    assert (found["state"], found["reason_code"]) == (state, code)
    assert found["certificate_days_left"] == pytest.approx(days, abs=0.01)


def dns_answer(rcode: int, addresses: int) -> Callable[[bytes], list[bytes]]:
    def answer(asked: bytes) -> list[bytes]:
        records = (b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 60, 4) + b"\xc0\0\2\1") * addresses
        head = asked[:2] + struct.pack("!HHHHH", 0x8180 | rcode, 1, addresses, 0, 0)
        return [b"\0\0garbage", head + asked[12:] + records]

    return answer


@pytest.mark.parametrize(
    ("rcode", "addresses", "state", "code"),
    [(0, 2, "ok", "reached"), (3, 0, "bad", "no_such_host"), (2, 0, "bad", "dns_failed"), (0, 0, "bad", "dns_failed")],
)
def test_it_asks_a_name_server(
    udp: Callable[[Callable[[bytes], list[bytes]]], int], rcode: int, addresses: int, state: str, code: str
) -> None:
    port = udp(dns_answer(rcode, addresses))
    found = outcome(check("dns", "www.example.jp", f"127.0.0.1:{port}"))
    assert (found["state"], found["reason_code"]) == (state, code)
    assert found.get("dns_answers") == (addresses if code != "no_such_host" else None)
    assert "average_ms" in found


def test_it_asks_the_systems_resolver() -> None:
    found = outcome(check("dns", "localhost"))
    assert found["state"] == "ok"
    assert int(found["dns_answers"]) >= 1


def test_it_asks_a_sip_endpoint_and_takes_only_the_answer_to_its_own_question(
    udp: Callable[[Callable[[bytes], list[bytes]]], int],
) -> None:
    def answer(asked: bytes) -> list[bytes]:
        (right,) = responder.sip(asked, ("", 0))
        other = right.replace(b"Call-ID: ", b"Call-ID: x")
        trying = right.replace(b"200 OK", b"100 Trying")
        return [other.replace(b"200", b"500"), trying, b"\0" * 4, right]

    found = outcome(check("sip", f"127.0.0.1:{udp(answer)}"))
    assert (found["state"], found["sip_status"], found["received"]) == ("ok", 200, 2)
    silent = outcome(check("sip", f"127.0.0.1:{udp(lambda _asked: [])}", timeout_s=0.2))
    assert (silent["state"], silent["reason_code"]) == ("bad", "no_answer")
    nobody = outcome(check("sip", f"127.0.0.1:{closed_port(socket.SOCK_DGRAM)}"))
    assert (nobody["state"], nobody["reason_code"]) == ("bad", "refused")


def test_it_makes_all_checks_beside_each_other_and_in_order() -> None:
    checks = [check("tcp", f"127.0.0.1:{closed_port(socket.SOCK_STREAM)}") for _ in range(3)]
    made = reachability_input(checks, 60.0)
    points = made.create(made.settings).gather()
    assert [each.tags["target"] for each in points] == [each.target for each in checks]
    assert made.timeout_s == longest_s(checks)
    with pytest.raises(NothingToReport):
        reachability_input([], 60.0).create({}).gather()


def test_it_waits_no_longer_than_it_says() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()  # it takes connections and never says a word
        made = check("http", f"http://127.0.0.1:{server.getsockname()[1]}/", count=1, timeout_s=0.3)
        found = outcome(made)
    assert (found["reason_code"], found["state"]) == ("no_answer", "bad")
