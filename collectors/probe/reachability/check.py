"""What is checked: the settings of one check, taken apart and checked themselves."""

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from collectors.probe.sip import PORT as SIP_PORT

MAX_COUNT = 20


class CheckType(StrEnum):
    """How something is checked; the values are what people write."""

    ICMP = "icmp"
    TCP = "tcp"
    HTTP = "http"
    DNS = "dns"
    SIP = "sip"


@dataclass(frozen=True, slots=True)
class Check:
    """One check.

    Attributes:
        name: what people call it; the target where nobody named it.
        type: how.
        target: as the settings have it: a host, host and port, a URL, or a name to look up.
        host: what is asked.
        port: TCP or UDP port; 0 for ICMP, and for DNS without a server.
        server: name server to ask; "" for the system's resolver.
        count: how often it is asked in one run.
        timeout_s: seconds for one answer.
    """

    name: str
    type: CheckType
    target: str
    host: str
    port: int = 0
    server: str = ""
    count: int = 3
    timeout_s: float = 3.0


_HOST_PORT = re.compile(r"(?:\[(?P<bracketed>[0-9a-fA-F:.%\w]+)\]|(?P<plain>[^:\[\]\s/]+))(?::(?P<port>\d{1,5}))?")
_NAME = re.compile(r"[^\s:/\[\]]{1,253}")


def make_check(name: str, kind: str, target: str, server: str, count: int, timeout_s: float) -> Check:
    """Return a check.

    Raises:
        ValueError: the target does not fit the type; the message says what it must look like.
    """
    chosen = CheckType(kind)
    target = target.strip()
    if server and chosen is not CheckType.DNS:
        raise ValueError("server is for checks of type dns only")
    host, port = _READERS[chosen](target)
    server_host, server_port = _host_port(server, 53) if server else ("", 0)
    return Check(
        name=name or target,
        type=chosen,
        target=target,
        host=host,
        port=server_port if chosen is CheckType.DNS else port,
        server=server_host,
        count=count,
        timeout_s=timeout_s,
    )


def _host(text: str) -> tuple[str, int]:
    if ":" in text and re.fullmatch(r"[0-9a-fA-F:.]+", text):
        return text, 0  # an IPv6 address
    if not _NAME.fullmatch(text):
        raise ValueError(f"target {text!r} is not an address or a host name")
    return text, 0


def _host_port(text: str, default: int = 0) -> tuple[str, int]:
    found = _HOST_PORT.fullmatch(text)
    port = int(found["port"] or default) if found else 0
    if found is None or not 0 < port < 65536:
        raise ValueError(f"{text!r} is not HOST:PORT")
    return found["bracketed"] or found["plain"], port


def _url(text: str) -> tuple[str, int]:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise ValueError(f"target {text!r} is not a URL such as https://www.example.jp/")
    return parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)


def _sip(text: str) -> tuple[str, int]:
    return _host_port(text, SIP_PORT)


_READERS = {
    CheckType.ICMP: _host,
    CheckType.TCP: _host_port,
    CheckType.HTTP: _url,
    CheckType.DNS: _host,
    CheckType.SIP: _sip,
}
