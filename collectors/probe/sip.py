"""SIP OPTIONS (RFC 3261 section 11): asking a SIP endpoint whether it is there and what it is."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

PORT: Final = 5060

_STATUS: Final = re.compile(r"SIP/2\.0 ([1-6]\d\d)(?: (.*))?")
_COMPACT: Final = {"i": "call-id", "f": "from", "t": "to", "v": "via", "k": "supported", "l": "content-length"}


@dataclass(frozen=True, slots=True)
class SipAnswer:
    """A response.

    Attributes:
        status: code, 100 to 699. Any of them shows that something there speaks SIP.
        reason: the words behind it.
        headers: the first of each, by its long name in lower case.
    """

    status: int
    reason: str
    headers: Mapping[str, str]

    @property
    def product(self) -> str:
        """What the endpoint says it is: Server, or User-Agent."""
        return self.headers.get("server", "") or self.headers.get("user-agent", "")

    @property
    def methods(self) -> frozenset[str]:
        """The methods that it allows."""
        return frozenset(each.strip().upper() for each in self.headers.get("allow", "").split(",") if each.strip())


def options(host: str, port: int, local_port: int, call_id: str = "") -> bytes:
    """Return an OPTIONS request; `rport` (RFC 3581) makes the answer come back whatever stands in Via."""
    there = f"[{host}]" if ":" in host else host
    uri = f"sip:{there}" if port == PORT else f"sip:{there}:{port}"
    # The host in Via and Contact is a name that no resolver knows: nobody is to call back.
    lines = [
        f"OPTIONS {uri} SIP/2.0",
        f"Via: SIP/2.0/UDP karte.invalid:{local_port};branch=z9hG4bK{secrets.token_hex(8)};rport",
        "Max-Forwards: 70",
        f"From: <sip:karte@karte.invalid>;tag={secrets.token_hex(6)}",
        f"To: <{uri}>",
        f"Call-ID: {call_id or secrets.token_hex(12)}",
        "CSeq: 1 OPTIONS",
        f"Contact: <sip:karte@karte.invalid:{local_port}>",
        "Accept: application/sdp",
        "Content-Length: 0",
    ]
    return "\r\n".join([*lines, "", ""]).encode("ascii")


def parse_answer(data: bytes) -> SipAnswer | None:
    """Return the response in a datagram; None for anything else."""
    head = data.decode("utf-8", errors="replace").replace("\r\n", "\n").partition("\n\n")[0]
    first, *lines = head.split("\n")
    status = _STATUS.fullmatch(first.strip())
    if status is None:
        return None
    headers: dict[str, str] = {}
    for line in lines[:100]:
        name, colon, value = line.partition(":")
        if colon:
            lowered = name.strip().lower()
            headers.setdefault(_COMPACT.get(lowered, lowered), value.strip()[:300])
    return SipAnswer(int(status[1]), (status[2] or "").strip()[:100], headers)
