"""Discovery on a real network: Linux' own ARP, ICMP, UDP, TCP and multicast, in namespaces that the test makes."""

import ipaddress
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.collectors.probe.discovery.office import HERE, PROBE_ADDRESS, SUBNET, Office, office, why_not

SCAN = ("-c", "from api.cli import main; main()", "probe", "scan")
WALKS = Path(__file__).parents[3] / "data" / "snmp"


@pytest.fixture(scope="module")
def standing() -> Iterator[Office]:
    reason = why_not()
    if reason:
        pytest.skip(reason)
    with office() as made:
        made.device("pbx", "192.168.77.20", "00:80:f0:00:00:20", "sip")
        made.device("pc", "192.168.77.30", "00:80:77:0a:0b:0c", "netbios")
        made.device("label", "192.168.77.40", "00:80:77:00:00:40", "mdns")
        made.device("web", "192.168.77.50", "52:54:00:00:00:50", "http")
        made.device("quiet", "192.168.77.60", "00:11:32:00:00:60")
        router = made.device("router", "192.168.77.254", "00:a0:de:00:00:fe", "ssdp", "description")
        # It answers ARP for 62 addresses behind it, at which nobody is.
        made.ip(router, "link add behind type veth peer name beyond")
        made.ip(router, "link set beyond up")
        made.ip(router, "link set behind up")
        made.ip(router, "route add 192.168.77.128/26 dev behind")
        made.sysctl(router, "net.ipv4.conf.eth0.proxy_arp=1")
        made.sysctl(router, "net.ipv4.neigh.eth0.proxy_delay=0")
        made.sysctl(router, "net.ipv4.ip_forward=1")
        # What strays would have a way out.
        made.ip(f"{made.prefix}probe", "route add default via 192.168.77.254")
        mfp = made.device("mfp", "192.168.77.10", "00:26:73:00:00:10")
        _serve_walks(made, mfp)
        yield made


def _serve_walks(made: Office, namespace: str) -> None:
    made.start(namespace, [str(HERE / "snmp_device.py"), str(WALKS), "192.168.77.10"])


@pytest.fixture(scope="module")
def scanned(standing: Office) -> tuple[dict[str, Any], dict[str, int]]:
    with standing.watched() as counts:
        done = standing.run(*SCAN, SUBNET, "--json", "--rate", "600", "--community", "mfp_color")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), counts


def by_ip(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["ip"]: each for each in document["assets"]}


def test_it_finds_every_device_once_with_the_right_kind(scanned: tuple[dict[str, Any], dict[str, int]]) -> None:
    found = by_ip(scanned[0])
    assert {ip: each["kind"] for ip, each in found.items()} == {
        PROBE_ADDRESS: found[PROBE_ADDRESS]["kind"],
        "192.168.77.10": "printer",
        "192.168.77.20": "pbx",
        "192.168.77.30": "pc",
        "192.168.77.40": "printer",
        "192.168.77.50": "server",
        "192.168.77.60": "unknown",
        "192.168.77.254": "router",
    }
    assert scanned[0]["complete"]
    assert scanned[0]["partial"] == []


def test_it_tells_who_they_are_and_how_it_knows(scanned: tuple[dict[str, Any], dict[str, int]]) -> None:
    found = by_ip(scanned[0])
    assert found["192.168.77.10"]["asset"] == "3089X900123"
    assert found["192.168.77.10"]["serial"] == "3089X900123"
    assert found["192.168.77.10"]["mac"] == "00:26:73:00:00:10"
    assert "RICOH" in found["192.168.77.10"]["vendor"].upper()
    assert found["192.168.77.20"]["how"][0] == "sip"
    assert found["192.168.77.30"]["names"] == ["KEIRI-PC1"]
    assert {"netbios", "arp", "ping"} <= set(found["192.168.77.30"]["how"])
    assert found["192.168.77.40"]["names"] == ["label2f", "2階 ラベルプリンター"]
    assert (found["192.168.77.40"]["maker"], found["192.168.77.40"]["model"]) == ("Brother", "QL-820NWB")
    assert found["192.168.77.50"]["vendor"] == "locally administered"
    assert found["192.168.77.50"]["ports"] == [80]
    assert found["192.168.77.60"]["asset"] == "00:11:32:00:00:60"
    assert "Synology" in found["192.168.77.60"]["vendor"]
    assert found["192.168.77.254"]["serial"] == "XR500-00042"
    assert found["192.168.77.254"]["maker"] == "Example & Sons"


def test_it_does_not_take_proxy_arp_for_devices(scanned: tuple[dict[str, Any], dict[str, int]]) -> None:
    behind = ipaddress.ip_network("192.168.77.128/26")
    assert not [ip for ip in by_ip(scanned[0]) if ipaddress.ip_address(ip) in behind]


def test_it_sends_nothing_beyond_the_subnet(scanned: tuple[dict[str, Any], dict[str, int]]) -> None:
    document, counts = scanned
    inside = ipaddress.ip_network(SUBNET)
    targets = {each.removeprefix("arp ") for each in counts}
    beyond = {each for each in targets if ipaddress.ip_address(each) not in inside}
    # The groups of mDNS and SSDP, and the IGMP reports of the machine itself, stay on the link.
    assert beyond <= {"224.0.0.251", "239.255.255.250", "224.0.0.22"}
    assert sum(counts.values()) > document["questions"] / 2


def test_it_remembers_devices_over_scans_and_sees_them_move_and_vanish(standing: Office, tmp_path: Path) -> None:
    program = [str(HERE / "discover.py"), str(tmp_path), SUBNET]
    web, quiet = standing.names["web"], standing.names["quiet"]

    def events() -> list[tuple[str, str]]:
        done = standing.run(*program)
        assert done.returncode == 0, done.stderr
        told: dict[str, Any] = json.loads(done.stdout)
        return sorted((each["event"], each["asset"]) for each in told["events"])

    assert events() == []
    standing.ip(web, "addr del 192.168.77.50/24 dev eth0")
    standing.ip(web, "addr add 192.168.77.99/24 dev eth0")
    standing.ip(quiet, "link set eth0 down")
    # The probe's neighbour table still knows both where they were, as it does for long: no sign of life.
    for last, mac in (("50", "52:54:00:00:00:50"), ("60", "00:11:32:00:00:60")):
        standing.ip(f"{standing.prefix}probe", f"neigh replace 192.168.77.{last} lladdr {mac} dev switch nud stale")
    assert events() == [("moved", "52:54:00:00:00:50")]
    standing.device("guest", "192.168.77.70", "00:1b:8b:00:00:70")
    assert events() == [("new", "00:1b:8b:00:00:70"), ("vanished", "00:11:32:00:00:60")]
    standing.ip(quiet, "link set eth0 up")
    assert events() == [("returned", "00:11:32:00:00:60")]
    assert list((tmp_path / "inventory").glob("*-assets.json.gz"))
