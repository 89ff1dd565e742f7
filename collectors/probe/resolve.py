"""Host names to socket addresses, without stopping the event loop."""

import asyncio
import socket

from collectors.probe.snmp import AddressUnknown
from collectors.probe.target import ProbeTarget

SocketAddress = tuple[str, int] | tuple[str, int, int, int]
"""As the socket module has it: two parts for IPv4, four for IPv6."""


async def resolve(target: ProbeTarget) -> SocketAddress:
    """Return the address of a target, IPv4 first, as office equipment rarely has SNMP on IPv6.

    Raises:
        AddressUnknown: the name cannot be resolved.
    """
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(target.host, target.port, type=socket.SOCK_DGRAM)
    except (socket.gaierror, UnicodeError) as error:
        reason = error.strerror if isinstance(error, socket.gaierror) else "not a host name"
        raise AddressUnknown(f"{target.label}: cannot resolve {target.host!r}: {reason}") from None
    found.sort(key=lambda each: each[0] != socket.AF_INET)
    return found[0][4]  # type: ignore[return-value]  # neither family asked for is anything else
