import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.decode import decode_text
from collectors.input import BadOutput, NoPermission
from collectors.probe.discovery import neighbours
from collectors.probe.discovery.neighbours import (
    Freshness,
    Neighbour,
    parse_arp,
    parse_ip_neigh,
    parse_net_neighbor,
    parse_proc_arp,
)

IP_NEIGH = json.dumps(
    [
        {"dst": "192.168.10.1", "dev": "eth0", "lladdr": "00:a0:de:12:34:56", "state": ["REACHABLE"]},
        {"dst": "192.168.10.20", "dev": "eth0", "lladdr": "00:26:73:aa:bb:cc", "state": ["STALE"]},
        {"dst": "192.168.10.30", "dev": "eth0", "state": ["FAILED"]},
        {"dst": "192.168.10.31", "dev": "eth0", "lladdr": "00:26:73:aa:bb:dd", "state": ["FAILED"]},
        {"dst": "fe80::1%eth0", "dev": "eth0", "lladdr": "00:a0:de:12:34:56", "router": None, "state": ["DELAY"]},
        {"dst": "not an address", "lladdr": "00:a0:de:12:34:56", "state": ["REACHABLE"]},
    ]
)


def test_it_reads_ip_neigh() -> None:
    assert parse_ip_neigh(IP_NEIGH) == [
        Neighbour("192.168.10.1", "00:a0:de:12:34:56", Freshness.CONFIRMED),
        Neighbour("192.168.10.20", "00:26:73:aa:bb:cc", Freshness.UNCONFIRMED),
        Neighbour("192.168.10.30", "", Freshness.GONE),
        Neighbour("192.168.10.31", "", Freshness.GONE),
        Neighbour("fe80::1", "00:a0:de:12:34:56", Freshness.UNCONFIRMED),
    ]
    assert parse_ip_neigh("[]") == []


PROC_ARP = """\
IP address       HW type     Flags       HW address            Mask     Device
192.168.10.1     0x1         0x2         00:a0:de:12:34:56     *        eth0
192.168.10.30    0x1         0x0         00:00:00:00:00:00     *        eth0
"""


def test_it_reads_proc_net_arp() -> None:
    assert parse_proc_arp(PROC_ARP) == [
        Neighbour("192.168.10.1", "00:a0:de:12:34:56", Freshness.UNTOLD),
        Neighbour("192.168.10.30", "", Freshness.GONE),
    ]


WINDOWS = """
インターフェイス: 192.168.10.5 --- 0xb
  インターネット アドレス 物理アドレス           種類
  192.168.10.1          00-a0-de-12-34-56     動的
  192.168.10.255        ff-ff-ff-ff-ff-ff     静的
  224.0.0.22            01-00-5e-00-00-16     静的
"""
MACOS = """\
rt.lan (192.168.10.1) at 0:a0:de:12:34:56 on en0 ifscope [ethernet]
? (192.168.10.30) at (incomplete) on en0 ifscope [ethernet]
"""


@pytest.mark.parametrize("data", [WINDOWS.encode("cp932"), WINDOWS.encode("utf-16"), MACOS.encode()])
def test_it_reads_arp_of_windows_in_japanese_and_of_macos(data: bytes) -> None:
    found = parse_arp(decode_text(data))
    assert found[0] == Neighbour("192.168.10.1", "00:a0:de:12:34:56", Freshness.UNTOLD)
    assert {each.freshness for each in found[1:]} == {Freshness.GONE}


def document(part: object) -> str:
    return json.dumps({"karte": "neighbours", "parts": {"neighbours": part}})


def test_it_reads_what_powershell_tells() -> None:
    items = [
        {"IPAddress": "192.168.10.1", "LinkLayerAddress": "00-A0-DE-12-34-56", "State": "Reachable"},
        {"IPAddress": "192.168.10.9", "LinkLayerAddress": "00-00-00-00-00-00", "State": "Unreachable"},
    ]
    assert parse_net_neighbor(document({"items": items})) == [
        Neighbour("192.168.10.1", "00:a0:de:12:34:56", Freshness.CONFIRMED),
        Neighbour("192.168.10.9", "", Freshness.GONE),
    ]
    with pytest.raises(NoPermission):
        parse_net_neighbor(document({"error": "アクセスが拒否されました", "id": "PermissionDenied,Get-NetNeighbor"}))


def cut(text: str) -> st.SearchStrategy[str]:
    return st.integers(0, len(text)).map(lambda end: text[:end])


@given(st.text() | st.sampled_from([IP_NEIGH, PROC_ARP, WINDOWS, MACOS]).flatmap(cut))
def test_it_survives_garbage_and_output_that_is_cut_off(text: str) -> None:
    for parser in (parse_proc_arp, parse_arp, parse_ip_neigh, parse_net_neighbor):
        try:
            found = parser(text)
        except BadOutput:
            continue
        assert all(len(each.mac) in (0, 17) for each in found)


def test_it_reads_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert ("127.0.0.1", "") in neighbours.own_addresses()
    table = tmp_path / "arp"
    table.write_text(PROC_ARP)
    monkeypatch.setattr(neighbours, "find_program", lambda _name: None)
    monkeypatch.setattr(neighbours, "_PROC_ARP", table)
    assert len(neighbours._read_linux()) == 2
