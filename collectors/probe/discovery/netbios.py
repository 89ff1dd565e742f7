"""NetBIOS names: the node status request of RFC 1002 section 4.2.17 and its answer, 4.2.18."""

import secrets
import struct
from dataclasses import dataclass
from typing import Final

from collectors.probe.discovery.hardware import normal_mac
from collectors.probe.discovery.sighting import Sighting, Source
from collectors.probe.discovery.udp import UdpQuestion
from collectors.probe.discovery.words import decode

PORT: Final = 137
_NBSTAT: Final = 0x0021
_ENTRY_BYTES: Final = 18
_GROUP: Final = 0x8000
_ANY_NAME: Final = b"\x20CK" + b"A" * 30 + b"\0"
"""`*` and 15 NULs in the half-ASCII encoding of RFC 1001 section 14.1."""


@dataclass(frozen=True, slots=True)
class NodeStatus:
    """What a host tells of itself.

    Attributes:
        names: name, suffix (what it stands for) and whether it is a group's.
        mac: hardware address; "" where it tells none, as Samba does.
    """

    names: tuple[tuple[str, int, bool], ...]
    mac: str


def request(_host: str, _port: int) -> bytes:
    """Return a node status request for any name."""
    header = struct.pack("!HHHHHH", secrets.randbelow(65536), 0, 1, 0, 0, 0)
    return header + _ANY_NAME + struct.pack("!HH", _NBSTAT, 1)


def parse_node_status(data: bytes) -> NodeStatus | None:
    """Return the node status in a datagram; None if it is none or is cut off before its names end."""
    if len(data) < 12 or not data[2] & 0x80 or data[3] & 0x0F:
        return None
    questions, answers = struct.unpack_from("!HH", data, 4)
    at = _skip_name(data, 12) if answers and not questions else None
    if at is None or len(data) < at + 11 or struct.unpack_from("!H", data, at)[0] != _NBSTAT:
        return None
    count, at = data[at + 10], at + 11
    end = at + count * _ENTRY_BYTES
    if len(data) < end:
        return None
    names = tuple(_name(data[start : start + _ENTRY_BYTES]) for start in range(at, end, _ENTRY_BYTES))
    unit = data[end : end + 6]
    return NodeStatus(names, normal_mac(unit.hex(":")) if len(unit) == 6 else "")


def _skip_name(data: bytes, at: int) -> int | None:
    while at < len(data):
        length = data[at]
        if length == 0:
            return at + 1
        if length & 0xC0:
            return at + 2
        at += length + 1
    return None


def _name(entry: bytes) -> tuple[str, int, bool]:
    flags = struct.unpack_from("!H", entry, 16)[0]
    return decode(entry[:15].rstrip(b" \0")), entry[15], bool(flags & _GROUP)


def sighting(data: bytes, address: str) -> Sighting | None:
    """Return what a host's node status tells; None for a datagram that is none."""
    status = parse_node_status(data)
    if status is None:
        return None
    own = [name for name, suffix, group in status.names if suffix == 0 and not group and name]
    services = {f"nb:{suffix:02x}{'g' if group else ''}" for _name, suffix, group in status.names}
    return Sighting(
        address,
        Source.NETBIOS,
        own_macs=frozenset({status.mac} - {""}),
        names=tuple(dict.fromkeys(own)),
        services=frozenset(services),
    )


QUESTION: Final = UdpQuestion(Source.NETBIOS, PORT, request, sighting, versions=frozenset({4}))
