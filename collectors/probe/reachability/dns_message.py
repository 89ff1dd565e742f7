"""A DNS question and what matters of the answer (RFC 1035 section 4)."""

import struct
from dataclasses import dataclass

A, AAAA = 1, 28
_RESPONSE, _RECURSION_DESIRED = 0x8000, 0x0100
RCODES = {0: "NOERROR", 1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED"}


@dataclass(frozen=True, slots=True)
class DnsAnswer:
    """A response: RFC 1035 response code, and how many addresses it holds."""

    rcode: int
    addresses: int

    @property
    def rcode_name(self) -> str:
        """The response code as people know it."""
        return RCODES.get(self.rcode, f"RCODE {self.rcode}")


def question(identifier: int, name: str, record: int = A) -> bytes:
    """Return a recursive question for a name.

    Raises:
        ValueError: it is no name that DNS can carry.
    """
    labels = [each.encode("idna") for each in name.rstrip(".").split(".")]
    if not all(0 < len(each) < 64 for each in labels) or sum(len(each) + 1 for each in labels) > 254:
        raise ValueError(f"{name!r} is not a DNS name")
    encoded = b"".join(bytes([len(each)]) + each for each in labels) + b"\0"
    return struct.pack("!HHHHHH", identifier, _RECURSION_DESIRED, 1, 0, 0, 0) + encoded + struct.pack("!HH", record, 1)


def parse_answer(data: bytes, asked: bytes) -> DnsAnswer | None:
    """Return the answer to a question; None for a datagram that is none, or is cut off."""
    if len(data) < len(asked) or data[:2] != asked[:2]:
        return None
    flags, questions, answers = struct.unpack_from("!HHH", data, 2)
    if not flags & _RESPONSE or questions != 1 or data[12 : len(asked)].lower() != asked[12:].lower():
        return None
    addresses = _count_addresses(data, len(asked), answers)
    return None if addresses is None else DnsAnswer(flags & 0x0F, addresses)


def _count_addresses(data: bytes, at: int, answers: int) -> int | None:
    count = 0
    for _ in range(answers):
        past = _skip_name(data, at)
        if past is None or past + 10 > len(data):
            return None
        record, _class, _ttl, length = struct.unpack_from("!HHIH", data, past)
        at = past + 10 + length
        if at > len(data):
            return None
        count += record in (A, AAAA)
    return count


def _skip_name(data: bytes, at: int) -> int | None:
    while at < len(data):
        length = data[at]
        if length == 0:
            return at + 1
        if length & 0xC0 == 0xC0:
            return at + 2
        at += length + 1
    return None
