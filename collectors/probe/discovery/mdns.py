"""mDNS and DNS-SD: one-shot queries (RFC 6762 sections 5.1 and 5.5) for well-known services (RFC 6763).

One-shot queries leave from a port of their own, so that the answer comes back to the asker alone and no other program
on this machine that uses port 5353 is disturbed.
"""

from typing import Final

from zeroconf import (  # type: ignore[attr-defined]  # it offers them without naming them in __all__
    DNSAddress,
    DNSIncoming,
    DNSOutgoing,
    DNSPointer,
    DNSQuestion,
    DNSRecord,
    DNSService,
    DNSText,
)

from collectors.probe.discovery.outlet import GROUPS
from collectors.probe.discovery.sighting import Sighting, Source
from collectors.probe.discovery.udp import UdpQuestion
from collectors.probe.discovery.words import clean, decode

PORT: Final = 5353
GROUP: Final = "224.0.0.251"
assert GROUP in GROUPS  # noqa: S101

_PTR, _IN = 12, 1

SERVICES: Final = (
    "_services._dns-sd._udp",
    "_ipp._tcp",
    "_ipps._tcp",
    "_printer._tcp",
    "_pdl-datastream._tcp",
    "_uscan._tcp",
    "_http._tcp",
    "_smb._tcp",
    "_afpovertcp._tcp",
    "_adisk._tcp",
    "_workstation._tcp",
    "_device-info._tcp",
    "_sip._udp",
    "_ssh._tcp",
    "_rfb._tcp",
    "_airplay._tcp",
    "_raop._tcp",
    "_googlecast._tcp",
    "_companion-link._tcp",
    "_axis-video._tcp",
    "_rtsp._tcp",
)
"""Types that are asked for; a host that has another answers the first, which asks for all its types."""


def request(_host: str, _port: int) -> bytes:
    """Return the query for all services."""
    outgoing = DNSOutgoing(0, multicast=False)
    for service in SERVICES:
        outgoing.add_question(DNSQuestion(f"{service}.local.", _PTR, _IN))
    return bytes(outgoing.packets()[0])


def sighting(data: bytes, address: str) -> Sighting | None:
    """Return what a response tells of the host that sent it; None for a datagram that is none."""
    message = DNSIncoming(data)
    if not message.valid or not message.is_response():
        return None
    records = message.answers()
    services = {found for each in records for found in _services(each)}
    told = _texts(records)
    if not services and not told:
        return None
    instances = [_instance(each.alias) for each in records if isinstance(each, DNSPointer)]
    hosts = [_host(each.server) for each in records if isinstance(each, DNSService)]
    hosts += [_host(each.name) for each in records if isinstance(each, DNSAddress)]
    model = next((told[key] for key in ("ty", "product", "md", "model", "usb_mdl") if told.get(key)), "")
    return Sighting(
        address,
        Source.MDNS,
        names=tuple(dict.fromkeys(each for each in [*hosts, *instances] if each)),
        maker=told.get("usb_mfg", "") or told.get("mfg", ""),
        model=model.strip("()"),
        serial=told.get("serialnumber", ""),
        services=frozenset(services),
        texts=tuple(each for each in (model, *instances) if each)[:8],
    )


def _services(record: DNSRecord) -> list[str]:
    """Return the service types that a record speaks of, as `_ipp._tcp`."""
    names = [record.name]
    if isinstance(record, DNSPointer):
        names.append(record.alias)
    return [found for each in names if (found := _type_of(each)) and found != SERVICES[0]]


def _type_of(name: str) -> str:
    labels = name.lower().rstrip(".").split(".")
    for at in range(len(labels) - 1):
        if labels[at].startswith("_") and labels[at + 1] in ("_tcp", "_udp"):
            return clean(f"{labels[at]}.{labels[at + 1]}")
    return ""


def _instance(alias: str) -> str:
    """Return `2F Printer` of `2F Printer._ipp._tcp.local.`; "" where the alias is a service type."""
    before = alias.partition("._")[0]
    return "" if alias.startswith("_") else clean(before.partition(" [")[0])


def _host(name: str) -> str:
    return clean(name.rstrip(".").removesuffix(".local"))


def _texts(records: list[DNSRecord]) -> dict[str, str]:
    """Return the keys of TXT records (RFC 6763 section 6), names in lower case, the first of each."""
    found: dict[str, str] = {}
    for each in records:
        if isinstance(each, DNSText):
            for item in _strings(each.text):
                key, equals, value = item.partition(b"=")
                if equals:
                    found.setdefault(decode(key).lower(), decode(value))
    return found


def _strings(text: bytes) -> list[bytes]:
    found, at = [], 0
    while at < len(text):
        found.append(text[at + 1 : at + 1 + text[at]])
        at += 1 + text[at]
    return found


QUESTION: Final = UdpQuestion(Source.MDNS, PORT, request, sighting, group=GROUP, wait_s=2.0, versions=frozenset({4}))
