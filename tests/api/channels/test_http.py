"""One request: to the checked address, encrypted, bounded, and nowhere else."""

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.channels.connect import NotReached, Patience
from api.channels.guard import Allowance, Forbidden, Guard, read_allowance
from api.channels.http import MAX_ANSWER, Client, InvalidUrl, Url, read_url
from tests.api.channels.pki import Pki
from tests.api.channels.places import PATIENT, leading_to
from tests.api.channels.services.server import Reply, Request, free_port, serving


def ok(_request: Request) -> Reply:
    return Reply(200, b"ok", {"X-Told": "yes"})


@pytest.mark.parametrize(
    "entered",
    [
        "",
        "hooks.example.jp",
        "ftp://hooks.example.jp/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_x",
        "https://",
        "https:///path",
        "https://hooks.example.jp:0/",
        "https://hooks.example.jp:99999/",
        "https://hooks.example.jp:x/",
        "https://user:password@hooks.example.jp/",
        "https://hooks.example.jp@evil.example/",
        "https://hooks.example.jp\\@evil.example/",
        "https://hooks.example.jp/a b",
        "https://hooks.example.jp/\r\nHost: evil.example",
        "https://hooks.example.jp/\x00",
        "https://[::1/",
        "https://日本.example/",
        "https://" + "a" * 64 + ".example/",
        "https://hooks.example.jp/" + "x" * 3000,
    ],
)
def test_what_is_no_url_is_refused(entered: str) -> None:
    with pytest.raises(InvalidUrl):
        read_url(entered)


def test_a_url_is_read() -> None:
    assert read_url("https://Hooks.Example.jp/a?b=c%20d#e") == Url(True, "hooks.example.jp", 443, "/a?b=c%20d")
    assert read_url("http://[2001:db8::1]:8080") == Url(False, "2001:db8::1", 8080, "/")
    assert "secret" not in repr(read_url("https://hooks.example.jp/secret"))


@given(st.text(alphabet=st.characters(), max_size=80))
def test_no_text_makes_it_stumble(entered: str) -> None:
    for text in (entered, f"https://{entered}", f"https://hooks.example.jp/{entered}"):
        try:
            read = read_url(text)
        except InvalidUrl:
            continue
        assert read.host
        assert read.target.isascii()
        assert read.target.isprintable()
        assert " " not in read.target


def test_it_names_host_and_length_and_closes(pki: Pki) -> None:
    with serving(ok, pki.server) as service:
        client = Client(leading_to({"hooks.example.jp": service.port}), pki.trusting, PATIENT)
        answer = client.post("https://hooks.example.jp/a?b=c", b"body", {"X-Own": "1"})
    assert (answer.status, answer.body, answer.headers["x-told"]) == (200, b"ok", "yes")
    (request,) = service.requests
    assert (request.target, request.body) == ("/a?b=c", b"body")
    assert request.headers["host"] == "hooks.example.jp"
    assert request.headers["x-own"] == "1"
    assert request.headers["connection"] == "close"
    assert request.headers["user-agent"].startswith("OfficeKarte/")


def test_of_an_answer_only_the_beginning_is_kept(pki: Pki) -> None:
    with serving(lambda _request: Reply(400, b"x" * 5_000_000), pki.server) as service:
        client = Client(leading_to({"hooks.example.jp": service.port}), pki.trusting, PATIENT)
        answer = client.post("https://hooks.example.jp/", b"", {})
    assert (answer.status, answer.body) == (400, b"x" * MAX_ANSWER)


def test_a_port_is_part_of_the_host(pki: Pki) -> None:
    with serving(ok, pki.server) as service:
        client = Client(leading_to({"hooks.example.jp": service.port}), pki.trusting, PATIENT)
        client.post("https://hooks.example.jp:8443/", b"", {})
    assert service.requests[0].headers["host"] == "hooks.example.jp:8443"


def test_the_certificate_must_name_the_host(pki: Pki) -> None:
    with serving(ok, pki.server) as service:
        guard = Guard(
            Allowance(frozenset({"other.example"})),
            lambda _host, _port: [(socket.AF_INET, ("127.0.0.1", service.port))],
        )
        with pytest.raises(NotReached, match=r"other\.example"):
            Client(guard, pki.trusting, PATIENT).post("https://other.example/", b"", {})
    assert service.requests == []


def test_no_proxy_of_the_environment_is_used(pki: Pki, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "https_proxy", "http_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    with serving(ok, pki.server) as service:
        client = Client(leading_to({"hooks.example.jp": service.port}), pki.trusting, PATIENT)
        assert client.post("https://hooks.example.jp/", b"", {}).status == 200


def test_without_encryption_it_goes_only_where_the_settings_allow(pki: Pki) -> None:
    with serving(ok, None) as service:
        url = f"http://127.0.0.1:{service.port}/"
        allowed = Client(Guard(read_allowance("127.0.0.0/8")), pki.trusting, PATIENT)
        assert allowed.post(url, b"", {}).status == 200
        with pytest.raises(Forbidden):
            Client(Guard(Allowance()), pki.trusting, PATIENT).post(url, b"", {})
        # A public address, as far as the guard can tell; what it leads to here stands for any web server.
        public = Guard(Allowance(), lambda _host, _port: [(socket.AF_INET, ("8.8.8.8", 80))])
        there = _Diverted(public, service.port)
        with pytest.raises(Forbidden, match="without encryption"):
            Client(there, pki.trusting, PATIENT).post("http://plain.example/", b"secret", {})
    assert len(service.requests) == 1


class _Diverted(Guard):
    """Leads to this machine what was judged by another address."""

    def __init__(self, judge: Guard, port: int) -> None:
        self._judge, self._port = judge, port
        self.allowance = judge.allowance

    def targets(self, host: str, port: int):  # type: ignore[no-untyped-def]
        from dataclasses import replace

        return [replace(each, address=("127.0.0.1", self._port)) for each in self._judge.targets(host, port)]


def test_the_next_address_is_tried_where_one_does_not_answer(pki: Pki) -> None:
    with serving(ok, pki.server) as service:
        addresses = [("127.0.0.1", free_port()), ("127.0.0.1", service.port)]
        guard = Guard(
            Allowance(frozenset({"hooks.example.jp"})), lambda _host, _port: [(socket.AF_INET, a) for a in addresses]
        )
        assert Client(guard, pki.trusting, PATIENT).post("https://hooks.example.jp/", b"", {}).status == 200


def test_a_host_that_takes_no_connection_is_given_up_on() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(8)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(("127.0.0.1", port))
        client = Client(Guard(read_allowance("127.0.0.1")), None, Patience(0.3, 0.3, 0.8))
        with pytest.raises(NotReached):
            client.post(f"http://127.0.0.1:{port}/", b"", {})
        for each in waiting:
            each.close()
