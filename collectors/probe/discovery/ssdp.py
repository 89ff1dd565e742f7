"""SSDP (UPnP Device Architecture 1.1, section 1.3): M-SEARCH and its answers."""

import re
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import urlsplit

from collectors.probe.discovery.outlet import GROUPS
from collectors.probe.discovery.sighting import Sighting, Source
from collectors.probe.discovery.udp import UdpQuestion
from collectors.probe.discovery.words import clean, decode

PORT: Final = 1900
GROUP: Final = "239.255.255.250"
assert GROUP in GROUPS  # noqa: S101

_LINE: Final = re.compile(rb"\r?\n")


def request(host: str, _port: int) -> bytes:
    """Return an M-SEARCH; to a single host it has no MX, as section 1.3.2 says."""
    wait = "" if host != GROUP else "MX: 2\r\n"
    return (
        f"M-SEARCH * HTTP/1.1\r\nHOST: {host}:{PORT}\r\n"
        f'MAN: "ssdp:discover"\r\n{wait}ST: ssdp:all\r\nUSER-AGENT: karte\r\n\r\n'
    ).encode("ascii")


def parse_headers(data: bytes) -> Mapping[str, str] | None:
    """Return the headers of an answer, names in lower case; None for a datagram that is none."""
    first, *lines = _LINE.split(data[:8192])
    if not re.fullmatch(rb"HTTP/1\.[01] 200.*", first.strip()):
        return None
    return fields_of(lines)


def fields_of(lines: Iterable[bytes]) -> Mapping[str, str]:
    """Return header lines as a mapping, names in lower case, the first of each."""
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(b":")
        if colon:
            headers.setdefault(decode(name).lower(), decode(value))
    return headers


def sighting(data: bytes, address: str) -> Sighting | None:
    """Return what an answer tells; None for a datagram that is none."""
    headers = parse_headers(data)
    if headers is None:
        return None
    location = own_location(headers.get("location", ""), address)
    services = [headers.get("st", ""), *([f"location:{location}"] if location else [])]
    server = clean(headers.get("server", ""))
    return Sighting(
        address,
        Source.SSDP,
        services=frozenset(each for each in services if each and not each.startswith("uuid:")),
        texts=(server,) if server else (),
    )


def own_location(url: str, address: str) -> str:
    """Return where a device describes itself, if that is on the very host that said so and plain HTTP; else ""."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme != "http" or parts.hostname != address or parts.username is not None or port == 0:
        return ""
    return url


_ELEMENT: Final = re.compile(
    rb"<(friendlyName|manufacturer|modelName|modelNumber|serialNumber|deviceType)>([^<]{0,400})<"
)


def parse_description(data: bytes, address: str) -> Sighting | None:
    """Return what a device description (section 2.3) tells of the root device; None if it is none.

    Only the text of a few elements is looked for, the first of each, which are the root device's: what devices write is
    often no well-formed XML, and an XML parser would follow the entities that a hostile one declares.
    """
    found: dict[str, str] = {}
    for name, value in _ELEMENT.findall(data):
        found.setdefault(name.decode("ascii"), _unescape(decode(value)))
    if "deviceType" not in found:
        return None
    model = found.get("modelName", "")
    return Sighting(
        address,
        Source.SSDP,
        serial=found.get("serialNumber", ""),
        names=(found["friendlyName"],) if found.get("friendlyName") else (),
        maker=found.get("manufacturer", ""),
        model=model,
        services=frozenset({found["deviceType"]}),
        texts=tuple(each for each in (found.get("friendlyName", ""), model) if each),
    )


_ENTITIES: Final = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&"}


def _unescape(text: str) -> str:
    for entity, char in _ENTITIES.items():
        text = text.replace(entity, char)
    return clean(text)


QUESTION: Final = UdpQuestion(Source.SSDP, PORT, request, sighting, group=GROUP, wait_s=3.0, versions=frozenset({4}))
