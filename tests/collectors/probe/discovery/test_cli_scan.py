"""`karte probe scan` on loopback addresses: snmpsim, a SIP endpoint, a web server."""

import json
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from collectors.probe.cli import probe
from collectors.probe.discovery import sip_options, tcp
from tests.collectors.probe.conftest import Snmpsim
from tests.collectors.probe.discovery import responder

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="127.0.0.0/8 is all on the loopback on Linux only")


def scan(*arguments: str, env: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(probe, ["scan", *arguments], env=env)


@pytest.fixture
def sip_endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A SIP endpoint at 127.0.91.3 on a free port."""
    own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    own.bind(("127.0.91.3", 0))
    stopped = threading.Event()

    def serve() -> None:
        while True:
            data, source = own.recvfrom(65535)
            if stopped.is_set():
                return
            for each in responder.sip(data, source):
                own.sendto(each, source)

    thread = threading.Thread(target=serve)
    thread.start()
    question = sip_options.QUESTION
    moved = type(question)(question.source, own.getsockname()[1], question.request, question.parse, wait_s=0.5)
    monkeypatch.setattr("collectors.probe.discovery.scan.QUESTIONS", (moved,))
    yield "127.0.91.3"
    stopped.set()
    own.sendto(b"", own.getsockname())
    thread.join(5)
    own.close()


def test_it_finds_what_answers_on_loopback_addresses(
    snmpsim: Snmpsim, sip_endpoint: str, web_server: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, port = web_server
    monkeypatch.setattr(tcp, "PORTS", (port,))
    monkeypatch.setattr("collectors.probe.discovery.http.PORTS", {port: False})
    arguments = ["127.0.91.0/29", "127.0.0.1/32", "--json", "--rate", "2000", "--snmp-port", str(snmpsim.port)]
    result = scan(*arguments, "--community", "mfp_color")
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    found = {each["ip"]: (each["kind"], each["how"]) for each in document["assets"]}
    assert found == {
        "127.0.0.1": ("printer", ["self", "snmp"]),
        sip_endpoint: ("pbx", ["sip"]),
        address: ("server", ["http", "tcp"]),
    }
    assert document["assets"][0]["serial"] == "3089X900123"
    assert document["addresses"] == 7
    assert "asking 7 addresses" in result.stderr or "7個のアドレス" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["8.8.8.0/24"], "8.8.8.0/24 is refused"),
        (["100.64.1.0/24"], "carrier"),
        (["10.0.0.0/16"], "name subnets of /22 or smaller"),
        (["192.168.1.1/24"], "did you mean 192.168.1.0/24"),
        (["printer"], "is no subnet"),
        (["127.0.0.0/30", "1.1.1.1/32"], "1.1.1.1/32 is refused"),
        (["127.0.0.0/30", "--rate", "0"], "--rate"),
        ([], "CIDR"),
    ],
)
def test_it_tells_wrong_use_apart_and_sends_nothing(
    arguments: list[str], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket.socket, "sendto", lambda *_call: pytest.fail("sent something"))
    result = scan(*arguments)
    assert result.exit_code == 2
    assert why in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(("lang", "words"), [("ja", "1台を見つけました"), ("en", "devices found: 1 ")])
def test_it_says_what_it_did_and_what_comes_next(lang: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collectors.probe.discovery.scan.QUESTIONS", ())
    result = scan("127.0.0.1/32", "--rate", "5000", "--lang", lang)
    assert result.exit_code == 0
    assert words in result.stdout
    assert 'subnets = ["127.0.0.1/32"]' in result.stdout
    assert result.stderr.count("\n") == 3


def test_it_fails_where_time_runs_out_and_still_says_what_it_found() -> None:
    result = scan("127.0.0.1/32", "--rate", "1", "--limit", "1", "--lang", "en", "--json")
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert (document["complete"], document["partial"][0]["en"]) == (False, "out of time after 1 s")
    assert "out of time" in result.stderr


def test_it_takes_communities_from_file_and_environment(tmp_path: Path, snmpsim: Snmpsim) -> None:
    secret = tmp_path / "communities"
    secret.write_text("wrong\nups_on_battery\n")
    arguments = ["127.0.0.1/32", "--rate", "5000", "--snmp-port", str(snmpsim.port), "--json"]
    for env in ({"KARTE_SNMP_COMMUNITY_FILE": str(secret)}, {"KARTE_SNMP_COMMUNITY": "ups_on_battery"}):
        assert json.loads(scan(*arguments, env=env).stdout)["assets"][0]["kind"] == "ups"
