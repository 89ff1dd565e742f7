"""What one source saw at one address."""

from dataclasses import dataclass, field
from enum import StrEnum


class Source(StrEnum):
    """How something is known, the strongest evidence last."""

    ARP = "arp"
    PING = "ping"
    TCP = "tcp"
    HTTP = "http"
    NETBIOS = "netbios"
    SSDP = "ssdp"
    MDNS = "mdns"
    SIP = "sip"
    SNMP = "snmp"
    SELF = "self"
    """This machine's own interface."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one source saw at one address; what it does not tell is empty.

    Attributes:
        address: IP address.
        source: who saw it.
        mac: hardware address that answered for the IP address, `00:11:22:aa:bb:cc`.
        own_macs: hardware addresses that the device says are its own.
        asset: id by which SNMP readings of the device are stored; only from SNMP.
        serial: maker's serial number.
        engine_id: snmpEngineID in hex.
        names: what it calls itself.
        maker: who made it.
        model: which it is.
        kind: only from SNMP, which asks devices what they are.
        ports: open TCP ports.
        services: DNS-SD service types, SSDP device types, NetBIOS suffixes: `_ipp._tcp`, `nb:20`.
        texts: how it describes itself, for the guess of its kind.
    """

    address: str
    source: Source
    mac: str = ""
    own_macs: frozenset[str] = frozenset()
    asset: str = ""
    serial: str = ""
    engine_id: str = ""
    names: tuple[str, ...] = ()
    maker: str = ""
    model: str = ""
    kind: str = ""
    ports: frozenset[int] = frozenset()
    services: frozenset[str] = frozenset()
    texts: tuple[str, ...] = field(default=())
