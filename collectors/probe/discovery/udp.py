"""Asking many hosts one question each over UDP, and taking what comes back from within the fence."""

import asyncio
import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from collectors.probe.discovery.fence import parse_address
from collectors.probe.discovery.outlet import Outlet
from collectors.probe.discovery.sighting import Sighting, Source

_MOST_ANSWERS_OF_ONE: Final = 64
"""A host that sends more is not listened to further."""


@dataclass(frozen=True, slots=True)
class UdpQuestion:
    """A question that is asked over UDP.

    Attributes:
        source: who asks.
        port: where to.
        request: makes the datagram for a host; gets the port on which answers are awaited.
        parse: makes a sighting of an answer and the address it came from; None where it is none.
        group: multicast group that all hosts of the link listen to; "" if there is none.
        wait_s: how long answers are awaited after the last question.
        versions: IP versions over which it is asked.
    """

    source: Source
    port: int
    request: Callable[[str, int], bytes]
    parse: Callable[[bytes, str], Sighting | None]
    group: str = ""
    wait_s: float = 2.0
    versions: frozenset[int] = frozenset({4, 6})


class _Socket(asyncio.DatagramProtocol):
    def __init__(self, question: UdpQuestion, outlet: Outlet, take: Callable[[Sighting], None]) -> None:
        self._question, self._outlet, self._take = question, outlet, take
        self._counts: dict[str, int] = {}

    def datagram_received(self, data: bytes, source: tuple[Any, ...]) -> None:
        address = str(source[0])
        if address not in self._outlet.fence:
            return
        self._counts[address] = self._counts.get(address, 0) + 1
        if self._counts[address] <= _MOST_ANSWERS_OF_ONE:
            found = self._question.parse(data, address)
            if found is not None:
                self._take(found)

    def error_received(self, _error: Exception) -> None:
        """Let pass: "port unreachable" of one host is no concern of the others."""


async def ask(
    question: UdpQuestion, outlet: Outlet, hosts: Sequence[str], links: Sequence[str], take: Callable[[Sighting], None]
) -> None:
    """Ask hosts, and the group on the links of this machine's addresses `links`; hand each sighting on."""
    for version in (4, 6):
        wanted = [each for each in hosts if _version(each) == version]
        groups = [each for each in links if _version(each) == version] if question.group and version == 4 else []
        if version in question.versions and (wanted or groups):
            await _ask(question, outlet, version, wanted, groups, take)


def _version(address: str) -> int:
    found = parse_address(address)
    return found.version if found else 0


async def _ask(
    question: UdpQuestion,
    outlet: Outlet,
    version: int,
    hosts: Iterable[str],
    links: Iterable[str],
    take: Callable[[Sighting], None],
) -> None:
    loop = asyncio.get_running_loop()
    anywhere = "::" if version == 6 else "0.0.0.0"  # noqa: S104  # takes in answers only
    try:
        transport, _ = await loop.create_datagram_endpoint(
            lambda: _Socket(question, outlet, take), local_addr=(anywhere, 0)
        )
    except OSError:  # this machine has no such kind of address
        return
    try:
        own: socket.socket = transport.get_extra_info("socket")
        port = int(own.getsockname()[1])
        for link in links:
            if _use_link(own, link):
                await outlet.permit(question.group)
                transport.sendto(question.request(question.group, port), (question.group, question.port))
        for host in hosts:
            await outlet.permit(host)
            transport.sendto(question.request(host, port), (host, question.port))
        await asyncio.sleep(question.wait_s)
    finally:
        transport.abort()


def _use_link(own: socket.socket, address: str) -> bool:
    """Send multicast from this address, with a TTL of 1 so that no router passes it on."""
    try:
        own.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
        own.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(address))
    except OSError:
        return False
    return True
