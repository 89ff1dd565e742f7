"""The fence: which addresses a scan may speak to. Everything else is refused, whoever names it.

Allowed are addresses that belong to the site alone: RFC 1918 and link-local (RFC 3927) for IPv4, unique local
(RFC 4193) and link-local for IPv6, and the loopback. 100.64.0.0/10 (RFC 6598) is refused though it is no public
address: it is the carrier's side of a customer's router, where other customers are.
"""

import ipaddress
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

ALLOWED: Final[tuple[Network, ...]] = tuple(
    ipaddress.ip_network(text)
    for text in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",
        "127.0.0.0/8",
        "fc00::/7",
        "fe80::/10",
        "::1/128",
    )
)
_CARRIER: Final = ipaddress.ip_network("100.64.0.0/10")

MAX_ADDRESSES: Final = 1024
"""Of one subnet: a /22 of IPv4, a /118 of IPv6."""

MAX_ADDRESSES_IN_ALL: Final = 4096


class FenceError(ValueError):
    """A subnet cannot be scanned; the message says which, why, and what to do."""


def private_network(text: str) -> Network:
    """Return a subnet that may be scanned.

    Raises:
        FenceError: it is no CIDR, is not private, or is too large.
    """
    network = _network(text)
    if not any(network.version == each.version and network.subnet_of(each) for each in ALLOWED):  # type: ignore[arg-type]
        raise FenceError(f"{text} is refused: {_why(network)}")
    if network.num_addresses > MAX_ADDRESSES:
        widest = network.max_prefixlen - 10
        raise FenceError(
            f"{text} has {network.num_addresses} addresses, at most {MAX_ADDRESSES} are scanned:"
            f" name subnets of /{widest} or smaller"
        )
    return network


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text.strip(), strict=True)
    except ValueError:
        pass
    try:
        meant = ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        raise FenceError(f"{text!r} is no subnet; write one as 192.168.10.0/24") from None
    raise FenceError(f"{text} names an address within a subnet; did you mean {meant}?")


def _why(network: Network) -> str:
    if network.version == 4 and network.subnet_of(_CARRIER):  # type: ignore[arg-type]
        return "100.64.0.0/10 (RFC 6598) is the carrier's network, not the site's"
    return (
        "only the site's own networks are scanned, which are 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 (RFC 1918),"
        " fc00::/7 (RFC 4193), link-local and loopback"
    )


@dataclass(frozen=True)
class Fence:
    """The subnets that a scan may touch."""

    networks: tuple[Network, ...]

    def __contains__(self, address: object) -> bool:
        """Tell whether an address, as text, is within the fence; what is no address is not."""
        found = parse_address(address) if isinstance(address, str) else None
        return found is not None and any(found in each for each in self.networks)

    @cached_property
    def addresses(self) -> tuple[str, ...]:
        """All host addresses in order, each once; without IPv4's network and broadcast addresses."""
        return tuple(map(str, sorted(set(self._hosts()), key=lambda each: (each.version, int(each)))))

    def _hosts(self) -> Iterator[Address]:
        for network in self.networks:
            yield from network.hosts()


def parse_address(text: str) -> Address | None:
    """Return the address that a text is; None if it is none, or has a zone (`fe80::1%eth0`)."""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    return None if "%" in text else found


def fence_of(subnets: Sequence[str]) -> Fence:
    """Return the fence around some subnets.

    Raises:
        FenceError: one of them may not be scanned, or they are too many addresses together.
    """
    networks = tuple(dict.fromkeys(private_network(each) for each in subnets))
    total = sum(each.num_addresses for each in networks)
    if total > MAX_ADDRESSES_IN_ALL:
        raise FenceError(f"the subnets have {total} addresses together, at most {MAX_ADDRESSES_IN_ALL} are scanned")
    return Fence(networks)


def sort_key(address: str) -> tuple[int, int, str]:
    """Return what addresses are sorted by: as numbers, IPv4 first, what is no address last."""
    found = parse_address(address)
    return (found.version, int(found), "") if found else (9, 0, address)


def in_order(addresses: Iterable[str]) -> tuple[str, ...]:
    """Return addresses in the order of their numbers, each once."""
    return tuple(sorted(set(addresses), key=sort_key))
