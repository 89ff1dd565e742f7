"""Pinging: through a socket where this process may open one, else through the system's `ping` program."""

import asyncio
import contextlib
import ipaddress
import os
import re
import secrets
import socket
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from collectors import command
from collectors.decode import decode_text
from collectors.input import InputError, ToolMissing, find_program
from collectors.probe.icmp import TOKEN_BYTES, EchoReply, echo_request, parse_echo_reply

_PROTOCOL: Final = {4: socket.IPPROTO_ICMP, 6: socket.IPPROTO_ICMPV6}
_FAMILY: Final = {4: socket.AF_INET, 6: socket.AF_INET6}


@dataclass(frozen=True, slots=True)
class Pong:
    """An answer to a ping: round-trip time in milliseconds, and the answer's TTL where it is told."""

    time_ms: float
    ttl: int | None


class Pinger(Protocol):
    """Sends echo requests."""

    async def ping(self, address: str, timeout_s: float) -> Pong | None:
        """Ping an IP address once; None if no answer came in time.

        Raises:
            InputError: this machine cannot ping.
        """
        ...

    def close(self) -> None:
        """Release sockets."""
        ...


def open_pinger() -> Pinger:
    """Return the best way to ping that this process has; make it within the event loop that uses it.

    Raises:
        ToolMissing: no socket may be opened, and there is no `ping` program.
    """
    with contextlib.suppress(OSError):
        return SocketPinger()
    if find_program("ping"):
        return ProgramPinger()
    raise ToolMissing("no permission for ICMP sockets, and no ping program: run as root, or install ping")


class SocketPinger:
    """Pings through ICMP sockets of its own."""

    def __init__(self) -> None:
        """Open the socket for IPv4; the one for IPv6 is opened when it is needed.

        Raises:
            OSError: the system does not allow it.
        """
        self._sockets = {4: _open(4)}
        self._tasks: list[asyncio.Task[None]] = []
        self._waiting: dict[bytes, tuple[str, asyncio.Future[EchoReply]]] = {}
        self._identifier = secrets.randbelow(65536)
        self._sequence = 0
        self._receive(4)

    async def ping(self, address: str, timeout_s: float) -> Pong | None:
        """Ping once; see `Pinger`."""
        version = ipaddress.ip_address(address).version
        loop = asyncio.get_running_loop()
        token, answer = secrets.token_bytes(TOKEN_BYTES), loop.create_future()
        self._sequence = (self._sequence + 1) & 0xFFFF
        packet = echo_request(version, self._identifier, self._sequence, token)
        self._waiting[token] = (address, answer)
        began = time.perf_counter()
        try:
            await loop.sock_sendto(self._socket(version), packet, (address, 0))
            reply = await asyncio.wait_for(answer, timeout_s)
        except (OSError, TimeoutError):  # no route, nobody there, or silence: no answer in any case
            return None
        finally:
            del self._waiting[token]
        return Pong((time.perf_counter() - began) * 1000.0, reply.ttl)

    def _socket(self, version: int) -> socket.socket:
        if version not in self._sockets:
            self._sockets[version] = _open(version)
            self._receive(version)
        return self._sockets[version]

    def _receive(self, version: int) -> None:
        self._tasks.append(asyncio.get_running_loop().create_task(self._take(version)))

    async def _take(self, version: int) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                data, source = await loop.sock_recvfrom(self._sockets[version], 2048)
            except OSError:  # an error message for an earlier packet
                await asyncio.sleep(0)
                continue
            reply = parse_echo_reply(version, data)
            address, answer = self._waiting.get(reply.token, ("", None)) if reply else ("", None)
            if reply and answer and address == source[0].partition("%")[0] and not answer.done():
                answer.set_result(reply)

    def close(self) -> None:
        """Release sockets."""
        for task in self._tasks:
            task.cancel()
        for each in self._sockets.values():
            each.close()


def _open(version: int) -> socket.socket:
    """Open an ICMP socket: the unprivileged kind of Linux and macOS first, then the raw one.

    Raises:
        OSError: neither is allowed.
    """
    for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
        try:
            opened = socket.socket(_FAMILY[version], kind, _PROTOCOL[version])
        except OSError:
            continue
        opened.setblocking(False)
        with contextlib.suppress(OSError):
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        return opened
    raise PermissionError("no permission for ICMP sockets")


_ARGUMENTS: Final[Mapping[str, tuple[str, str, float]]] = {
    # Option for the count, option for the time limit, and how many of its units make a second.
    "win32": ("-n", "-w", 1000.0),
    "darwin": ("-c", "-W", 1000.0),
}
_TTL: Final = re.compile(r"\bttl=(\d+)", re.IGNORECASE)
_TIME: Final = re.compile(r"[=<]\s*(\d+(?:[.,]\d+)?)\s*(?:ms|ミリ秒)", re.IGNORECASE)


def parse_ping(text: str) -> Pong | None:
    """Return the answer in what a `ping` program wrote; None if it tells of none.

    The exit code does not tell: Windows' is 0 for "destination host unreachable" too. The word TTL is the same in
    every language and stands only in the line of an answer.
    """
    line = next((each for each in text.splitlines() if _TTL.search(each)), "")
    ttl, took = _TTL.search(line), _TIME.search(line)
    return Pong(float(took[1].replace(",", ".")), int(ttl[1])) if ttl and took else None


class ProgramPinger:
    """Pings by running the system's program, one process for each ping."""

    async def ping(self, address: str, timeout_s: float) -> Pong | None:
        """Ping once; see `Pinger`."""
        count, limit, unit = _ARGUMENTS.get(sys.platform, ("-c", "-W", 1.0))
        most = str(max(1, round(timeout_s * unit)))
        arguments = ["-n", count, "1", limit, most, address] if os.name != "nt" else [count, "1", limit, most, address]
        try:
            output = await asyncio.to_thread(command.run, "ping", arguments, timeout_s + 5.0)
        except ToolMissing:
            raise
        except InputError:
            return None
        return parse_ping(decode_text(output.stdout))

    def close(self) -> None:
        """Nothing is held."""
