"""ICMP echo on the wire: RFC 792 and RFC 4443."""

import struct
from dataclasses import dataclass
from typing import Final

ECHO_REQUEST: Final = {4: 8, 6: 128}
ECHO_REPLY: Final = {4: 0, 6: 129}
TOKEN_BYTES: Final = 16
_HEADER: Final = struct.Struct("!BBHHH")


@dataclass(frozen=True, slots=True)
class EchoReply:
    """An answer.

    Attributes:
        token: the bytes that were sent along; they find the question, as kernels may change the identifier.
        ttl: time to live when it arrived; None where the socket does not tell.
    """

    token: bytes
    ttl: int | None


def checksum(data: bytes) -> int:
    """Return the checksum of RFC 1071."""
    padded = data + b"\0" * (len(data) % 2)
    total: int = sum(struct.unpack(f"!{len(padded) // 2}H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def echo_request(version: int, identifier: int, sequence: int, token: bytes) -> bytes:
    """Return an echo request; for IPv6 the kernel fills in the checksum (RFC 3542 section 3.1)."""
    kind = ECHO_REQUEST[version]
    blank = _HEADER.pack(kind, 0, 0, identifier, sequence) + token
    return blank if version == 6 else _HEADER.pack(kind, 0, checksum(blank), identifier, sequence) + token


def parse_echo_reply(version: int, data: bytes) -> EchoReply | None:
    """Return the echo reply in a received packet, with or without its IPv4 header; None for anything else."""
    ttl = None
    if version == 4 and len(data) >= 20 and data[0] >> 4 == 4:
        ttl = data[8]
        data = data[(data[0] & 15) * 4 :]
    if len(data) < _HEADER.size + TOKEN_BYTES or data[0] != ECHO_REPLY[version] or data[1] != 0:
        return None
    return EchoReply(data[_HEADER.size : _HEADER.size + TOKEN_BYTES], ttl)
