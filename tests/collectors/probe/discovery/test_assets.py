"""From sightings to assets: what belongs together, what does not, whatever the order."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.probe.discovery.asset import Asset, assets_of
from collectors.probe.discovery.host import PROXY_ADDRESSES, hosts_of
from collectors.probe.discovery.sighting import Sighting, Source

MAC_A, MAC_B, MAC_R = "00:80:77:00:00:0a", "00:80:77:00:00:0b", "00:a0:de:00:00:01"
VRRP = "00:00:5e:00:01:05"


def arp(last: int, mac: str) -> Sighting:
    return Sighting(f"192.168.10.{last}", Source.ARP, mac=mac)


def ping(last: int) -> Sighting:
    return Sighting(f"192.168.10.{last}", Source.PING)


def snmp(last: int, serial: str = "", engine: str = "", *own: str, maker: str = "", kind: str = "") -> Sighting:
    return Sighting(
        f"192.168.10.{last}",
        Source.SNMP,
        serial=serial,
        engine_id=engine,
        own_macs=frozenset(own),
        maker=maker,
        kind=kind,
    )


def found(*sightings: Sighting) -> list[Asset]:
    return assets_of(hosts_of(sightings))


def shape(assets: list[Asset]) -> dict[str, list[int]]:
    return {each.id: [int(address.rpartition(".")[2]) for address in each.addresses] for each in assets}


@pytest.mark.parametrize(
    ("sightings", "expected"),
    [
        pytest.param((arp(1, MAC_A), arp(2, MAC_B)), {MAC_A: [1], MAC_B: [2]}, id="two devices"),
        pytest.param((arp(1, MAC_A), arp(2, MAC_A)), {MAC_A: [1, 2]}, id="one port with two addresses"),
        pytest.param(
            (arp(1, MAC_A), arp(2, MAC_B), snmp(1, "SN-100"), snmp(2, "SN-100")),
            {"SN-100": [1, 2]},
            id="one serial number behind two ports is multi-homed",
        ),
        pytest.param(
            (arp(1, MAC_A), arp(2, MAC_B), snmp(1, "SN-100", maker="Ricoh"), snmp(2, "SN-100", maker="Canon")),
            {"SN-100": [1], MAC_B: [2]},
            id="two makers may use one number",
        ),
        pytest.param(
            (arp(1, MAC_A), arp(2, MAC_B), snmp(1, "", "80aa", MAC_A, MAC_B)),
            {MAC_A: [1, 2]},
            id="a device lists the port that answers elsewhere",
        ),
        pytest.param(
            (arp(1, MAC_A), arp(2, MAC_B), snmp(1, "", "80aa", MAC_A), snmp(2, "", "80aa", MAC_B)),
            {MAC_A: [1], MAC_B: [2]},
            id="copies of one machine keep the engine ID",
        ),
        pytest.param((snmp(1, "", "80aa"), snmp(2, "", "80aa")), {"80aa": [1, 2]}, id="one engine behind a router"),
        pytest.param(
            (arp(1, MAC_R), arp(2, MAC_R), snmp(1, "SN-1xx"), snmp(2, "SN-2xx")),
            {"SN-1xx": [1], "SN-2xx": [2]},
            id="a router answers ARP for two devices",
        ),
        pytest.param(
            (arp(1, MAC_A), arp(5, VRRP), arp(2, MAC_B), snmp(1, "SN-1xx"), snmp(5, "SN-1xx")),
            {"SN-1xx": [1], VRRP: [5], MAC_B: [2]},
            id="a shared address is nobody's for good",
        ),
        pytest.param((ping(1), ping(2)), {"192.168.10.1": [1], "192.168.10.2": [2]}, id="addresses alone"),
        pytest.param((snmp(1, "0000000"), snmp(2, "0000000")), {"192.168.10.1": [1], "192.168.10.2": [2]}, id="zeros"),
    ],
)
def test_it_joins_what_is_one_device(sightings: tuple[Sighting, ...], expected: dict[str, list[int]]) -> None:
    assert shape(found(*sightings)) == expected
    assert shape(found(*reversed(sightings))) == expected


def test_it_drops_what_only_proxy_arp_speaks_for() -> None:
    crowd = [arp(last, MAC_R) for last in range(100, 101 + PROXY_ADDRESSES)]
    real = replace(ping(100), names=("nas",))
    assert shape(found(*crowd, real)) == {"192.168.10.100": [100]}
    assert shape(found(*crowd[:PROXY_ADDRESSES])) == {MAC_R: list(range(100, 100 + PROXY_ADDRESSES))}


def test_it_keeps_the_router_that_proxies_where_it_says_that_the_address_is_its_own() -> None:
    crowd = [arp(last, MAC_R) for last in range(100, 101 + PROXY_ADDRESSES)]
    assert shape(found(*crowd, arp(1, MAC_R), snmp(1, "RTX-0001", "80bb", MAC_R))) == {"RTX-0001": [1]}


def test_it_does_not_join_hosts_by_the_bridges_that_software_makes() -> None:
    docker = "02:42:ac:11:00:01"
    both = found(arp(1, MAC_A), arp(2, MAC_B), snmp(1, "", "80aa", MAC_A, docker), snmp(2, "", "80ab", MAC_B, docker))
    assert shape(both) == {MAC_A: [1], MAC_B: [2]}


def test_it_tells_kind_maker_and_how_it_knows_the_strongest_first() -> None:
    tcp = Sighting("192.168.10.1", Source.TCP, ports=frozenset({9100}))
    (asset,) = found(ping(1), tcp, arp(1, MAC_A))
    assert (asset.guess.kind, asset.vendor) == ("printer", "Brother industries, LTD.")
    assert asset.sources == (Source.TCP, Source.PING, Source.ARP)
    (asset,) = found(ping(1), tcp, arp(1, MAC_A), snmp(1, kind="nas"))
    assert (asset.guess.kind, asset.guess.is_sure) == ("nas", True)


MACS = st.sampled_from(["", MAC_A, MAC_B, MAC_R, VRRP])
SIGHTINGS = st.builds(
    Sighting,
    address=st.integers(1, 6).map(lambda last: f"192.168.10.{last}"),
    source=st.sampled_from(Source),
    mac=MACS,
    own_macs=st.frozensets(MACS.filter(bool), max_size=2),
    serial=st.sampled_from(["", "SN-1xx", "SN-2xx", "N/A"]),
    engine_id=st.sampled_from(["", "80aa", "80bb"]),
    names=st.sampled_from([(), ("a",), ("b", "c")]),
    maker=st.sampled_from(["", "Ricoh", "Canon"]),
)


@given(st.lists(SIGHTINGS, max_size=12), st.randoms())
def test_its_result_does_not_depend_on_the_order(sightings: list[Sighting], random: object) -> None:
    shuffled = list(sightings)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis' Random
    assert found(*shuffled) == found(*sightings)


@given(st.lists(SIGHTINGS, max_size=12))
def test_every_address_is_of_one_asset_and_every_id_is_used_once(sightings: list[Sighting]) -> None:
    assets = found(*sightings)
    addresses = [address for each in assets for address in each.addresses]
    assert len(addresses) == len(set(addresses))
    assert set(addresses) <= {each.address for each in sightings}
    assert len({each.id for each in assets}) == len(assets)
