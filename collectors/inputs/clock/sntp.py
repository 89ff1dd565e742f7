"""One question to an NTP server that the settings name.

Source: RFC 4330 (SNTP version 4), sections 4 to 6; offset of RFC 5905 section 8.
"""

import socket
import struct
import time
from collections.abc import Callable
from typing import Protocol

from collectors.input import BadOutput, InputError
from collectors.inputs.clock.status import Clock

PORT = 123
_PACKET = struct.Struct("!BBbbIIIQQQQ")
_EPOCH_S = 2_208_988_800
"""From 1 January 1900 to 1 January 1970."""
_ERA_S = 2**32
_CLIENT, _SERVER = 3, 4
_ALARM = 3
_PATIENCE_S = 3.0


class Exchange(Protocol):
    """Sends a packet to a server and waits for its answer."""

    def __call__(self, host: str, packet: bytes, timeout_s: float) -> bytes:
        """Return the answer.

        Raises:
            OSError: there was none.
        """
        ...


def exchange_udp(host: str, packet: bytes, timeout_s: float) -> bytes:
    """Send a packet over UDP; `host` may end in a port."""
    name, port = split_host(host)
    family, kind, protocol, _, address = socket.getaddrinfo(name, port, type=socket.SOCK_DGRAM)[0]
    with socket.socket(family, kind, protocol) as connection:
        connection.settimeout(timeout_s)
        connection.connect(address)  # answers of others are then dropped by the system
        connection.send(packet)
        return connection.recv(512)


def split_host(host: str) -> tuple[str, int]:
    """Return name and port of "name", "name:port", "192.0.2.1:port" or "[2001:db8::1]:port"."""
    if host.startswith("["):
        name, _, port = host[1:].partition("]")
        return name, _port(port.removeprefix(":"))
    name, mark, port = host.rpartition(":")
    return (host, PORT) if not mark or ":" in name else (name, _port(port))


def _port(text: str) -> int:
    return int(text) if text.isdecimal() and 0 < int(text[:6]) < 65536 else PORT


def ask(host: str, exchange: Exchange = exchange_udp, clock: Callable[[], float] = time.time) -> Clock:
    """Return how far this clock is from a server's.

    Raises:
        InputError: the server gave no answer, or none that can be used.
    """
    sent = clock()
    ours = to_ntp(sent)
    question = _PACKET.pack(4 << 3 | _CLIENT, 0, 0, 0, 0, 0, 0, 0, 0, 0, ours)
    try:
        answer = exchange(host, question, _PATIENCE_S)
    except OSError as error:
        raise InputError(f"{host} gave no time: {error.strerror or error}") from None
    return read(answer, ours, sent, clock(), host)


def read(answer: bytes, ours: int, sent: float, received: float, host: str) -> Clock:
    """Return the offset that an answer gives.

    Args:
        answer: the server's packet.
        ours: the timestamp of our question, which the server repeats.
        sent: Unix time at which the question was sent, by the clock that is tested.
        received: Unix time at which the answer came, by the same clock.
        host: the server's name.

    Raises:
        BadOutput: it is no answer to our question, or the server has no right time itself.
    """
    if len(answer) < _PACKET.size:
        raise BadOutput(f"{host} answered with {len(answer)} bytes, which is no NTP packet")
    first, stratum, *_, originate, receive, transmit = _PACKET.unpack_from(answer)
    if first & 7 != _SERVER or originate != ours or not transmit or not receive:
        raise BadOutput(f"{host} gave an answer to another question")
    if first >> 6 == _ALARM or not 1 <= stratum <= 15:
        raise BadOutput(f"{host} has no right time itself (stratum {stratum})")
    middle = (sent + received) / 2
    offset_s = (to_unix(receive, middle) + to_unix(transmit, middle)) / 2 - middle
    return Clock("sntp", offset_s * 1000.0, True, stratum=stratum + 1 if stratum < 15 else None, source=host)


def to_ntp(unix_s: float) -> int:
    """Return a Unix time as an NTP timestamp of 64 bits."""
    return (round(unix_s * 2**32) + (_EPOCH_S << 32)) % 2**64


def to_unix(timestamp: int, near_s: float) -> float:
    """Return the Unix time of an NTP timestamp, in the era that lies nearest to a time (RFC 5905 section 6)."""
    seconds = (timestamp >> 32) - _EPOCH_S + (timestamp & 0xFFFFFFFF) / 2**32
    return seconds + round((near_s - seconds) / _ERA_S) * _ERA_S
