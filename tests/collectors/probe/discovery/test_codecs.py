"""What comes over UDP and HTTP from strangers: right where it is right, nothing where it is garbage."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.probe.discovery import http, mdns, netbios, sip_options, ssdp
from collectors.probe.discovery.netbios import parse_node_status
from collectors.probe.discovery.sighting import Source
from collectors.probe.discovery.udp import UdpQuestion
from collectors.probe.discovery.words import MAX_CHARS
from tests.collectors.probe.discovery import responder

HERE = "192.168.10.7"
STATUS = responder.node_status(
    b"\x12\x34",
    (("経理-PC", 0x00, 0x0400), ("SOUMU", 0x00, 0x8400), ("SOUMU", 0x1C, 0x8400)),
    bytes.fromhex("0080770a0b0c"),
)
SIP = (
    b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP x;rport=5060\r\nv: SIP/2.0/UDP y\r\ni: abc\r\n"
    b"User-Agent: Yealink SIP-T46S 66.85.0.5\r\nAllow: INVITE, ACK, OPTIONS\r\n\r\n"
)
SSDP = (
    b"HTTP/1.1 200 OK\r\nST: urn:schemas-upnp-org:device:MediaRenderer:1\r\nUSN: uuid:1::urn\r\n"
    b"SERVER: Linux UPnP/1.0 TV/2\r\nLOCATION: http://192.168.10.7:80/d.xml\r\n\r\n"
)
MDNS = responder.mdns_response(
    b"\0\0", "受付 MFC-L8610", "_ipp._tcp", "BRW001122", ("ty=Brother MFC-L8610CDW", "product=(MFC)", "color=T")
)
EXAMPLES = {netbios.QUESTION: STATUS, sip_options.QUESTION: SIP, ssdp.QUESTION: SSDP, mdns.QUESTION: MDNS}


def test_it_reads_a_node_status() -> None:
    found = netbios.sighting(STATUS, HERE)
    assert found is not None
    assert found.names == ("経理-PC",)
    assert found.own_macs == {"00:80:77:0a:0b:0c"}
    assert found.services == {"nb:00", "nb:00g", "nb:1cg"}


def test_it_takes_sambas_zeros_for_no_hardware_address() -> None:
    status = parse_node_status(responder.node_status(b"ab", (("NAS", 0x20, 0x0400),), bytes(6)))
    assert status is not None
    assert status.mac == ""


def test_it_asks_as_rfc_1002_draws_it() -> None:
    asked = netbios.request(HERE, 0)
    assert asked[2:12] == struct.pack("!HHHHH", 0, 1, 0, 0, 0)
    assert asked[12:46] == b"\x20CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\0"
    assert asked[46:] == b"\0\x21\0\x01"
    assert parse_node_status(asked) is None


def test_it_reads_a_telephone_and_a_registrar() -> None:
    phone = sip_options.sighting(SIP, HERE)
    assert phone is not None
    assert phone.texts == ("Yealink SIP-T46S 66.85.0.5",)
    assert phone.services == {"sip"}
    pbx = sip_options.sighting(b"SIP/2.0 404 Not Found\nAllow: OPTIONS , register\n\n", HERE)
    assert pbx is not None
    assert pbx.services == {"sip", "sip:registrar"}
    assert sip_options.sighting(sip_options.request(HERE, 5), HERE) is None


def test_it_asks_a_sip_endpoint_as_rfc_3261_wants_it() -> None:
    lines = sip_options.request("fd00::7", 40000).decode().split("\r\n")
    assert lines[0] == "OPTIONS sip:[fd00::7] SIP/2.0"
    assert lines[-2:] == ["", ""]
    names = [line.partition(":")[0] for line in lines[1:-2]]
    assert {"Via", "Max-Forwards", "From", "To", "Call-ID", "CSeq"} <= set(names)
    assert ";branch=z9hG4bK" in lines[1]
    assert lines[1].endswith(";rport")


def test_it_reads_an_ssdp_answer() -> None:
    found = ssdp.sighting(SSDP, HERE)
    assert found is not None
    assert found.services == {
        "urn:schemas-upnp-org:device:MediaRenderer:1",
        "location:http://192.168.10.7:80/d.xml",
    }
    assert found.texts == ("Linux UPnP/1.0 TV/2",)


@pytest.mark.parametrize(
    "url",
    [
        "http://192.168.10.8/d.xml",
        "http://example.com/d.xml",
        "https://192.168.10.7/d.xml",
        "http://192.168.10.7@192.0.2.1/",
        "http://x@192.168.10.7/",
        "http://192.168.10.7:99999/",
        "http://[::1/",
        "file:///etc/hosts",
        "",
    ],
)
def test_it_follows_no_description_to_another_host(url: str) -> None:
    assert ssdp.own_location(url, HERE) == ""


def test_it_reads_a_description_and_follows_no_entity() -> None:
    hostile = b'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + responder.DESCRIPTION.encode()
    found = ssdp.parse_description(hostile, HERE)
    assert found is not None
    assert (found.maker, found.model, found.serial) == ("Example & Sons", "XR-500", "XR500-00042")
    assert ssdp.parse_description(b"<html>404</html>", HERE) is None


def test_it_reads_an_mdns_response() -> None:
    found = mdns.sighting(MDNS, HERE)
    assert found is not None
    assert found.services == {"_ipp._tcp"}
    assert found.names == ("BRW001122", "受付 MFC-L8610")
    assert found.model == "Brother MFC-L8610CDW"
    assert mdns.sighting(mdns.request(HERE, 0), HERE) is None


def test_its_mdns_query_fits_one_packet() -> None:
    assert len(mdns.request(mdns.GROUP, 0)) < 1400


def test_it_reads_a_page() -> None:
    page = http.parse_page(
        "HTTP/1.1 200 OK\r\nSERVER: nginx/1.24.0\r\n\r\n<html><Title>\n ネットワーク &amp; カメラ </title>".encode()
    )
    assert page is not None
    assert (page.status, page.server, page.title) == (200, "nginx/1.24.0", "ネットワーク & カメラ")
    assert http.sighting(page, HERE, 80).services == {"http", "server:nginx/1.24.0"}


@pytest.mark.parametrize(
    "data", [b"", b"SSH-2.0-OpenSSH_9\r\n", b"\x15\x03\x01\0\x02\x02\x46", b"HTTP/1.1 abc\r\n\r\n"]
)
def test_it_takes_nothing_else_for_a_page(data: bytes) -> None:
    assert http.parse_page(data) is None


@pytest.mark.parametrize("question", EXAMPLES, ids=lambda each: each.source.value)
@settings(max_examples=150)
@given(data=st.data())
def test_it_survives_garbage(question: UdpQuestion, data: st.DataObject) -> None:
    example = EXAMPLES[question]
    cut = data.draw(st.integers(0, len(example)))
    at = data.draw(st.integers(0, len(example) - 1))
    mangled = bytearray(example)
    mangled[at] = data.draw(st.integers(0, 255))
    for each in (example[:cut], bytes(mangled), data.draw(st.binary(max_size=200)), example[:cut] + bytes(40)):
        found = question.parse(each, HERE)
        if found is not None:
            assert (found.address, found.source) == (HERE, question.source)
            words = [*found.names, *found.texts, found.maker, found.model, found.serial, *found.services]
            assert all(len(word) <= MAX_CHARS + 60 and word.isprintable() for word in words)


@given(st.binary(max_size=300))
def test_it_survives_pages_and_descriptions_of_garbage(data: bytes) -> None:
    assert ssdp.parse_description(data, HERE) is None
    page = http.parse_page(b"HTTP/1.0 200 OK\r\n" + data)
    assert page is None or page.title.isprintable()


def test_every_question_has_a_source_of_its_own() -> None:
    assert {each.source for each in EXAMPLES} == {Source.NETBIOS, Source.SIP, Source.SSDP, Source.MDNS}
