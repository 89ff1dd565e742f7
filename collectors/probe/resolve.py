"""Host names to socket addresses, without stopping the event loop."""

import asyncio
import ipaddress
import socket

from collectors.probe.snmp import AddressUnknown
from collectors.probe.target import ProbeTarget
from collectors.text import Text

SocketAddress = tuple[str, int] | tuple[str, int, int, int]
"""As the socket module has it: two parts for IPv4, four for IPv6."""


async def resolve(target: ProbeTarget) -> SocketAddress:
    """Return the address of a target, IPv4 first, as office equipment rarely has SNMP on IPv6.

    Raises:
        AddressUnknown: the name cannot be resolved.
    """
    return _literal(target) or await _look_up(target)


def _literal(target: ProbeTarget) -> SocketAddress | None:
    """Return an address written in numbers; the system's resolver would take a thread for it."""
    try:
        address = ipaddress.ip_address(target.host)
    except ValueError:
        return None
    if address.version == 4:
        return str(address), target.port
    # A zone (fe80::1%eth0) is for the resolver.
    return None if address.scope_id else (str(address), target.port, 0, 0)


async def _look_up(target: ProbeTarget) -> SocketAddress:
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(target.host, target.port, type=socket.SOCK_DGRAM)
    except (socket.gaierror, UnicodeError) as error:
        reason = error.strerror if isinstance(error, socket.gaierror) else "not a host name"
        raise AddressUnknown(
            Text(
                f"{target.label}: 名前 {target.host!r} を解決できません: {reason}",
                f"{target.label}: cannot resolve {target.host!r}: {reason}",
            )
        ) from None
    found.sort(key=lambda each: each[0] != socket.AF_INET)
    return found[0][4]  # type: ignore[return-value]  # neither family asked for is anything else
