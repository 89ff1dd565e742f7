import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.probe.discovery.fence import MAX_ADDRESSES, FenceError, fence_of, in_order, private_network


@pytest.mark.parametrize(
    "subnet",
    [
        "10.1.2.0/24",
        "172.16.0.0/22",
        "172.31.255.0/24",
        "192.168.10.0/24",
        "169.254.7.0/24",
        "127.0.5.0/24",
        "192.168.1.9/32",
        "fd12:3456::/120",
        "::1/128",
    ],
)
def test_it_takes_private_subnets(subnet: str) -> None:
    assert str(private_network(subnet)) == subnet


@pytest.mark.parametrize(
    ("subnet", "why"),
    [
        ("8.8.8.0/24", "only the site's own networks"),
        ("0.0.0.0/0", "only the site's own networks"),
        ("172.32.0.0/24", "only the site's own networks"),
        ("172.0.0.0/8", "only the site's own networks"),
        ("192.0.2.0/24", "only the site's own networks"),
        ("224.0.0.0/24", "only the site's own networks"),
        ("2001:db8::/120", "only the site's own networks"),
        ("::/0", "only the site's own networks"),
        ("100.64.0.0/24", "carrier's network"),
        ("10.0.0.0/8", "name subnets of /22 or smaller"),
        ("192.168.0.0/21", "name subnets of /22 or smaller"),
        ("fd12:3456::/64", "name subnets of /118 or smaller"),
        ("192.168.10.5/24", "did you mean 192.168.10.0/24"),
        ("192.168.10.0-255", "is no subnet"),
        ("", "is no subnet"),
        ("office", "is no subnet"),
    ],
)
def test_it_refuses_all_else_and_says_why(subnet: str, why: str) -> None:
    with pytest.raises(FenceError, match=why):
        private_network(subnet)


def test_it_refuses_too_many_addresses_together() -> None:
    subnets = [f"10.{place}.0.0/22" for place in range(5)]
    assert len(fence_of(subnets[:4]).addresses) == 4 * (MAX_ADDRESSES - 2)
    with pytest.raises(FenceError, match="5120 addresses together"):
        fence_of(subnets)


def test_it_lists_each_host_once_without_network_and_broadcast() -> None:
    fence = fence_of(["192.168.10.4/30", "192.168.10.0/29", "192.168.10.5/32"])
    assert fence.addresses == tuple(f"192.168.10.{last}" for last in range(1, 7))


@given(st.ip_addresses().map(str))
def test_it_holds_what_is_within_and_nothing_else(address: str) -> None:
    fence = fence_of(["192.168.10.0/24", "fd00::/120"])
    inside = any(
        ipaddress.ip_address(address) in network
        for network in map(ipaddress.ip_network, ("192.168.10.0/24", "fd00::/120"))
    )
    assert (address in fence) == inside
    assert "fd00::1%eth0" not in fence


@given(st.lists(st.ip_addresses().map(str) | st.text(max_size=5)))
def test_it_sorts_anything(addresses: list[str]) -> None:
    assert sorted(in_order(addresses)) == sorted(set(addresses))
    assert in_order(reversed(addresses)) == in_order(addresses)
