"""A device on the LAN, made of the hosts that are it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from collectors.probe.asset import asset_id
from collectors.probe.discovery.fence import in_order
from collectors.probe.discovery.hardware import vendor, virtual
from collectors.probe.discovery.host import Host
from collectors.probe.discovery.identity import Mark, devices_of, marks_of
from collectors.probe.discovery.kind import NO_GUESS, Guess, Traits, guess
from collectors.probe.discovery.sighting import Source

_STRONGEST_FIRST: Final = tuple(reversed(Source))


@dataclass(frozen=True, slots=True)
class Asset:
    """A device as one scan found it; what is not known is empty.

    Attributes:
        id: serial number, else hardware address, else SNMP engine ID, else IP address; as other measurements have it.
        addresses: IP addresses in order.
        mac: hardware address, the first of its own that answered.
        marks: all that identifies it, by kind of mark.
        vendor: who made the network interface.
        names: what it calls itself.
        maker: who made it, as it says.
        model: which it is.
        serial: maker's serial number.
        guess: kind, and why.
        services: what it offers, in order.
        ports: open TCP ports in order.
        sources: how it is known.
    """

    id: str
    addresses: tuple[str, ...]
    mac: str = ""
    marks: tuple[tuple[Mark, frozenset[str]], ...] = ()
    vendor: str = ""
    names: tuple[str, ...] = ()
    maker: str = ""
    model: str = ""
    serial: str = ""
    guess: Guess = NO_GUESS
    services: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    sources: tuple[Source, ...] = ()

    def marked(self, mark: Mark) -> frozenset[str]:
        """Return its marks of one kind."""
        return dict(self.marks).get(mark, frozenset())


def assets_of(hosts: Sequence[Host]) -> list[Asset]:
    """Return the devices that the hosts are, each with an id of its own."""
    found: list[Asset] = []
    taken: set[str] = set()
    for group in devices_of(hosts):
        made = _asset(group, taken)
        taken.add(made.id)
        found.append(made)
    return found


def _asset(group: tuple[Host, ...], taken: set[str]) -> Asset:
    macs = [each.mac for each in group if each.mac]
    own = sorted(mac for each in group for mac in each.own_macs)
    mac = next((each for each in macs if not virtual(each)), "") or (macs or own or [""])[0]
    marks = tuple((mark, _joined(group, mark)) for mark in Mark)
    maker = _first(group, "maker")
    ports = frozenset(port for each in group for port in each.ports)
    services = frozenset(service for each in group for service in each.services)
    names = tuple(dict.fromkeys(name for each in group for name in each.names))
    texts = tuple(dict.fromkeys(text for each in group for text in (*each.texts, each.model) if text))
    traits = Traits(_first(group, "snmp_kind"), services, ports, texts, tuple(t for t in (vendor(mac), maker) if t))
    return Asset(
        id=_own_id(group, mac, taken),
        addresses=in_order(each.address for each in group),
        mac=mac,
        marks=marks,
        vendor=vendor(mac),
        names=names,
        maker=maker,
        model=_first(group, "model"),
        serial=_first(group, "serial"),
        guess=guess(traits),
        services=tuple(sorted(services)),
        ports=tuple(sorted(ports)),
        sources=tuple(each for each in _STRONGEST_FIRST if any(each in host.sources for host in group)),
    )


def _first(group: Sequence[Host], name: str) -> str:
    return next((value for each in group if (value := getattr(each, name))), "")


def _joined(group: Sequence[Host], mark: Mark) -> frozenset[str]:
    return frozenset(value for each in group for value in marks_of(each)[mark])


def _own_id(group: Sequence[Host], mac: str, taken: set[str]) -> str:
    """Return the id; where another device has it (two makers use one number), the next that identifies it."""
    serial, engine, address = _first(group, "serial"), _first(group, "engine_id"), group[0].address
    candidates = (
        *([own] if (own := _first(group, "asset")) else []),
        asset_id(serial, mac, bytes.fromhex(engine), address),
        asset_id("", mac, bytes.fromhex(engine), address),
        asset_id("", "", bytes.fromhex(engine), address),
        address,
    )
    return next(each for each in candidates if each not in taken or each == address)
