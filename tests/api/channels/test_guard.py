"""Which addresses are connected to, and that it is the checked one."""

import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.channels.guard import (
    Allowance,
    Forbidden,
    Guard,
    InvalidAllowance,
    Resolved,
    Unresolved,
    is_public,
    read_allowance,
)


def guard(*addresses: str, allow: str = "") -> Guard:
    """Return a guard for which every name has these addresses."""

    def resolve(_host: str, port: int) -> list[Resolved]:
        return [
            (socket.AF_INET6, (each, port, 0, 0)) if ":" in each else (socket.AF_INET, (each, port))
            for each in addresses
        ]

    return Guard(read_allowance(allow), resolve)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
        "169.254.169.254",
        "169.254.170.2",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.192",
        "192.168.1.1",
        "198.18.0.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::7f00:1",
        "64:ff9b::808:808",
        "64:ff9b:1::a00:1",
        "2001:db8::1",
        "2001::1",
        "2002:7f00:1::",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
    ],
)
def test_nothing_is_sent_where_only_this_machine_can_reach(address: str) -> None:
    with pytest.raises(Forbidden) as refused:
        guard(address).targets("evil.example", 443)
    assert "KARTE_CHANNEL_ALLOW" in refused.value.text.ja
    assert "evil.example" in refused.value.text.en


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2400::1"])
def test_what_is_public_is_sent_to(address: str) -> None:
    (target,) = guard(address).targets("hooks.example.com", 443)
    assert target.address[:2] == (address, 443)
    assert not target.is_allowed


def test_one_bad_address_among_good_ones_spoils_the_name() -> None:
    with pytest.raises(Forbidden):
        guard("8.8.8.8", "127.0.0.1").targets("rebind.example", 443)


@pytest.mark.parametrize(
    "host", ["127.1", "0x7f.1", "2130706433", "017700000001", "0", "localhost", "127.0.0.1.", "0x7f000001"]
)
def test_no_way_of_writing_the_loopback_gets_through(host: str) -> None:
    with pytest.raises((Forbidden, Unresolved)):
        Guard(Allowance()).targets(host, 443)


def test_the_name_is_asked_once_and_that_answer_is_used() -> None:
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[Resolved]:
        asked.append(host)
        return [(socket.AF_INET, ("8.8.8.8" if len(asked) == 1 else "127.0.0.1", port))]

    (target,) = Guard(Allowance(), resolve).targets("rebind.example", 443)
    assert target.address == ("8.8.8.8", 443)
    assert asked == ["rebind.example"]


@pytest.mark.parametrize(
    ("allow", "host", "address"),
    [
        ("chat.example.lan", "chat.example.lan", "192.168.1.5"),
        (" Chat.Example.LAN , other ", "chat.example.lan", "192.168.1.5"),
        ("chat.example.lan", "chat.example.lan.", "192.168.1.5"),
        ("192.168.1.0/24", "anything.example", "192.168.1.5"),
        ("192.168.1.5", "192.168.1.5", "192.168.1.5"),
        ("fd12::/16", "six.example.lan", "fd12::5"),
    ],
)
def test_the_settings_allow_servers_of_ones_own(allow: str, host: str, address: str) -> None:
    (target,) = guard(address, allow=allow).targets(host, 25)
    assert target.is_allowed


@pytest.mark.parametrize(
    ("allow", "host", "address"),
    [
        ("chat.example.lan", "evil-chat.example.lan", "192.168.1.5"),
        ("chat.example.lan", "chat.example.lan.evil.example", "192.168.1.5"),
        ("192.168.1.0/24", "x.example", "192.168.2.5"),
        ("192.168.1.0/24", "x.example", "::ffff:192.168.1.5"),
    ],
)
def test_and_nothing_besides(allow: str, host: str, address: str) -> None:
    with pytest.raises(Forbidden):
        guard(address, allow=allow).targets(host, 25)


@pytest.mark.parametrize("entered", ["http://chat.example.lan", "chat example", "10.0.0.0/99", "*.example.lan", "a:b"])
def test_an_allowance_that_cannot_be_read_is_told(entered: str) -> None:
    with pytest.raises(InvalidAllowance) as told:
        read_allowance(f"good.example,{entered}")
    assert repr(entered) in told.value.text.ja


def test_a_name_without_an_address_is_told_as_such() -> None:
    def resolve(_host: str, _port: int) -> list[Resolved]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(Unresolved) as told:
        Guard(Allowance(), resolve).targets("gone.example", 443)
    assert "gone.example" in told.value.text.ja
    assert "Name or service not known" in told.value.text.en


@given(st.ip_addresses(v=4))
def test_it_never_takes_for_public_what_the_standard_library_does_not(address: ipaddress.IPv4Address) -> None:
    if is_public(address):
        assert address.is_global
        assert [address.is_private, address.is_multicast, address.is_reserved, address.is_loopback] == [False] * 4


@given(st.ip_addresses(v=4))
def test_no_ipv4_address_passes_in_the_clothes_of_an_ipv6_address(inner: ipaddress.IPv4Address) -> None:
    number = int(inner)
    for form in (
        number,
        0xFFFF << 32 | number,
        0x0064FF9B << 96 | number,
        0x2002 << 112 | number << 80,
        0x20010000 << 96 | number ^ 0xFFFFFFFF,
    ):
        assert not is_public(ipaddress.IPv6Address(form))
