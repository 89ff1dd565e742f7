"""Touching TCP ports: a connection is opened and closed, nothing is sent over it."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from collectors.probe.discovery.outlet import Outlet
from collectors.probe.discovery.sighting import Sighting, Source

PORTS: Final = (80, 443, 445, 22, 9100, 631, 515, 139, 3389, 548, 554, 5060, 8080, 8000, 8443, 23, 53, 5000, 62078)
"""Web, Windows files, SSH, raw printing, IPP, LPD, NetBIOS, remote desktop, AFP, RTSP, SIP, other web, Telnet, DNS,
Synology's desk or AirPlay, Apple's telephones."""

TIMEOUT_S: Final = 0.9
"""Less than the second after which TCP repeats its question (RFC 6298 section 2), so that one touch is one packet."""

CONCURRENCY: Final = 32


@dataclass(frozen=True, slots=True)
class Touch:
    """What became of touching one port: open, or closed by a host that thereby shows to be there."""

    is_open: bool
    is_there: bool


async def touch(address: str, port: int, timeout_s: float = TIMEOUT_S) -> Touch:
    """Open a connection and close it."""
    try:
        _reader, writer = await asyncio.wait_for(asyncio.open_connection(address, port), timeout_s)
    except ConnectionRefusedError:
        return Touch(is_open=False, is_there=True)
    except (OSError, TimeoutError):
        return Touch(is_open=False, is_there=False)
    writer.close()
    with contextlib.suppress(OSError, TimeoutError):
        await asyncio.wait_for(writer.wait_closed(), timeout_s)
    return Touch(is_open=True, is_there=True)


async def look(outlet: Outlet, hosts: Sequence[str], take: Callable[[Sighting], None], ports: Sequence[int]) -> None:
    """Touch the ports of all hosts; a refusal counts as a sign of life except on the loopback, where all refuse."""
    turns = asyncio.Semaphore(CONCURRENCY)

    async def one(address: str, port: int) -> None:
        async with turns:
            await outlet.permit(address)
            found = await touch(address, port)
        if found.is_open:
            take(Sighting(address, Source.TCP, ports=frozenset({port})))
        elif found.is_there and not address.startswith("127."):
            take(Sighting(address, Source.TCP))

    # Port by port, so that no host gets all its questions at once.
    async with asyncio.TaskGroup() as group:
        for port in ports:
            for host in hosts:
                group.create_task(one(host, port))
