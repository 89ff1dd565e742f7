"""Where this service may connect to on behalf of a channel.

Whoever sets a channel up names an address, and this service goes there: without a check it could be sent to what only
it can reach (server-side request forgery), e.g. a cloud's metadata service or the database beside it. So a name is
resolved once, every address that comes of it is checked, and the connection goes to the very address that was
checked; asking the name again could give another one. What is public is told by IANA's registries of special
addresses (RFC 6890 and those that update it).
"""

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from api.told import ToldError
from collectors.text import Text

IpAddress = IPv4Address | IPv6Address
IpNetwork = IPv4Network | IPv6Network
SocketAddress = tuple[str, int] | tuple[str, int, int, int]

_NEVER_PUBLIC = tuple(
    ipaddress.ip_network(each)
    for each in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's metadata and health service, a public address that is the host's own
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/96",  # the unspecified and the loopback address, and the old form of IPv4 addresses within IPv6
        "::ffff:0:0/96",  # IPv4 within IPv6; so are the next two, and each could stand for a private address
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)


class Forbidden(ToldError):
    """The address is none that this service connects to; the message says which and how it could be allowed."""


class Unresolved(ToldError):
    """The name has no address now."""


class InvalidAllowance(ToldError):
    """`KARTE_CHANNEL_ALLOW` cannot be read."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is allowed besides public addresses.

    Attributes:
        hosts: names, in lower case.
        networks: addresses.
    """

    hosts: frozenset[str] = frozenset()
    networks: tuple[IpNetwork, ...] = ()

    def names(self, host: str) -> bool:
        """Tell whether a host is allowed by its name."""
        return host.lower().rstrip(".") in self.hosts

    def holds(self, address: IpAddress) -> bool:
        """Tell whether an address is allowed."""
        return any(address.version == network.version and address in network for network in self.networks)


def read_allowance(entered: str) -> Allowance:
    """Read host names, addresses and networks (`10.0.0.0/24`), separated by commas.

    Raises:
        InvalidAllowance: an entry is none of these.
    """
    hosts: set[str] = set()
    networks: list[IpNetwork] = []
    for entry in filter(None, (each.strip() for each in entered.split(","))):
        network = _network(entry)
        if network:
            networks.append(network)
        elif _is_name(entry):
            hosts.add(entry.lower().rstrip("."))
        else:
            raise InvalidAllowance(
                Text(
                    f"KARTE_CHANNEL_ALLOW の {entry!r} を読めません。"
                    "ホスト名・IPアドレス・10.0.0.0/24 のような範囲をカンマで区切ってください",
                    f"KARTE_CHANNEL_ALLOW has {entry!r}; give host names, addresses or networks such as 10.0.0.0/24, "
                    "separated by commas",
                )
            )
    return Allowance(frozenset(hosts), tuple(networks))


def _network(entry: str) -> IpNetwork | None:
    try:
        return ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return None


def _is_name(entry: str) -> bool:
    return entry.isascii() and all(
        part and part.replace("-", "").replace("_", "").isalnum() for part in entry.split(".")
    )


@dataclass(frozen=True, slots=True)
class Target:
    """Where to connect to: an address that was checked.

    Attributes:
        host: the name, for the server's certificate and for people.
        family: of the socket.
        address: of the socket, address and port first.
        is_allowed: it is not public, but allowed by the settings.
    """

    host: str
    family: socket.AddressFamily
    address: SocketAddress
    is_allowed: bool


Resolved = tuple[socket.AddressFamily, SocketAddress]
Resolve = Callable[[str, int], Sequence[Resolved]]
"""Returns the addresses of a name and port; OSError if there are none."""


def resolve(host: str, port: int) -> list[Resolved]:
    """Ask the system for the addresses of a name and port.

    Raises:
        OSError: there are none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return [(family, address) for family, _type, _proto, _name, address in found]  # type: ignore[misc]


class Guard:
    """Turns names into addresses that may be connected to.

    Args:
        allowance: what is allowed besides public addresses.
        resolve: how names are resolved.
    """

    def __init__(self, allowance: Allowance, resolve: Resolve = resolve) -> None:
        self.allowance = allowance
        self._resolve = resolve

    def targets(self, host: str, port: int) -> list[Target]:
        """Return all addresses of a host.

        Args:
            host: a name or an address.
            port: of the service.

        Raises:
            Forbidden: any of them is neither public nor allowed; the name is then not to be trusted at all.
            Unresolved: it has none now.
        """
        try:
            found = self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            why = error.strerror if isinstance(error, OSError) else None
            raise _unresolved(host, why) from None
        if not found:
            raise _unresolved(host, None)
        return [self._checked(host, family, address) for family, address in found]

    def _checked(self, host: str, family: socket.AddressFamily, address: SocketAddress) -> Target:
        is_named = self.allowance.names(host)
        ip = ipaddress.ip_address(address[0])
        public = is_public(ip)
        if not (public or is_named or self.allowance.holds(ip)):
            raise _forbidden(host, ip)
        return Target(host, family, address, is_allowed=is_named or self.allowance.holds(ip))


def is_public(address: IpAddress) -> bool:
    """Tell whether an address is one that anybody on the internet could reach."""
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        return False
    if any(address.version == network.version and address in network for network in _NEVER_PUBLIC):
        return False
    return address.is_global and not address.is_multicast


def _forbidden(host: str, address: IpAddress) -> Forbidden:
    named = host if host == str(address) else f"{host} ({address})"
    return Forbidden(
        Text(
            f"{named} は公開されたアドレスではないため接続しません。"
            "社内のサーバーなら KARTE_CHANNEL_ALLOW に加えてください",
            f"{named} is not a public address, so nothing is sent there; if it is a server of your own, add it to "
            "KARTE_CHANNEL_ALLOW",
        )
    )


def _unresolved(host: str, why: str | None) -> Unresolved:
    said = f": {why}" if why else ""
    return Unresolved(Text(f"{host} のアドレスが分かりません{said}", f"the address of {host} cannot be found{said}"))
