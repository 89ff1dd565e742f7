"""All that the sources saw at one address, put together."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from collectors.probe.asset import real_serial
from collectors.probe.discovery.fence import in_order
from collectors.probe.discovery.hardware import virtual
from collectors.probe.discovery.kind import UNKNOWN
from collectors.probe.discovery.sighting import Sighting, Source

PROXY_ADDRESSES: Final = 8
"""A hardware address that answers for more IP addresses than this answers for others (proxy ARP, RFC 1027)."""

_ORDER: Final = {source: place for place, source in enumerate(Source)}
_MAX_NAMES: Final = 12


@dataclass(frozen=True, slots=True)
class Host:
    """What is known of the device behind one address.

    Attributes:
        address: IP address.
        mac: hardware address that answers for it; "" if none is known, or if it answers for others too.
        own_macs: hardware addresses that the device says are its own.
        via: hardware address of the router that answers in its place (proxy ARP); "" if none does.
        asset: id by which SNMP readings of it are stored; "" if there are none.
        serial: real serial number; "" if not told.
        engine_id: snmpEngineID in hex.
        names: what it calls itself, SNMP's first.
        maker: who made it.
        model: which it is.
        snmp_kind: what it says it is over SNMP.
        ports: open TCP ports.
        services: see `Sighting`.
        texts: how it describes itself.
        sources: who saw it, in the order of `Source`.
    """

    address: str
    mac: str = ""
    own_macs: frozenset[str] = frozenset()
    via: str = ""
    asset: str = ""
    serial: str = ""
    engine_id: str = ""
    names: tuple[str, ...] = ()
    maker: str = ""
    model: str = ""
    snmp_kind: str = ""
    ports: frozenset[int] = frozenset()
    services: frozenset[str] = frozenset()
    texts: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()

    @property
    def identity(self) -> str:
        """What tells it from other devices besides ARP; "" if nothing does."""
        others = sorted(self.own_macs - {self.mac, self.via})
        return self.serial or self.engine_id or (others[0] if others else "") or (self.names[0] if self.names else "")


def hosts_of(sightings: Iterable[Sighting]) -> list[Host]:
    """Return the hosts that were seen, in the order of their addresses, whatever the order of the sightings.

    An address that only proxy ARP speaks for is left out: the router would answer for it whether it exists or not.
    """
    by_address: dict[str, list[Sighting]] = defaultdict(list)
    for each in sightings:
        by_address[each.address].append(each)
    hosts = [_host(address, by_address[address]) for address in in_order(by_address)]
    proxies = proxying(hosts)
    return [found for each in hosts if (found := _without_proxy(each, proxies)) is not None]


def _host(address: str, seen: Sequence[Sighting]) -> Host:
    # The strongest source first; the rest of the key makes the result independent of the order of arrival.
    ranked = sorted(seen, key=lambda each: (-_ORDER[each.source], repr((each.names, each.texts, each.model, each))))
    names = dict.fromkeys(name for each in ranked for name in each.names if name)
    return Host(
        address,
        mac=next((each.mac for each in ranked if each.mac), ""),
        own_macs=frozenset(mac for each in ranked for mac in each.own_macs),
        asset=next((each.asset for each in ranked if each.asset), ""),
        serial=next((found for each in ranked if (found := real_serial(each.serial))), ""),
        engine_id=next((each.engine_id for each in ranked if each.engine_id), ""),
        names=tuple(names)[:_MAX_NAMES],
        maker=next((each.maker for each in ranked if each.maker), ""),
        model=next((each.model for each in ranked if each.model), ""),
        snmp_kind=next((each.kind for each in ranked if each.kind and each.kind != UNKNOWN), ""),
        ports=frozenset(port for each in ranked for port in each.ports),
        services=frozenset(service for each in ranked for service in each.services),
        texts=tuple(dict.fromkeys(text for each in ranked for text in each.texts))[:_MAX_NAMES],
        sources=tuple(sorted({each.source for each in ranked}, key=_ORDER.__getitem__)),
    )


def proxying(hosts: Iterable[Host]) -> frozenset[str]:
    """Return the hardware addresses that answer for other devices.

    These answer for more than `PROXY_ADDRESSES` addresses, or for hosts that are told apart by what they say of
    themselves. An address that routers share (VRRP …) is not among them.
    """
    by_mac: dict[str, list[Host]] = defaultdict(list)
    for each in hosts:
        if each.mac and not virtual(each.mac):
            by_mac[each.mac].append(each)
    return frozenset(mac for mac, behind in by_mac.items() if _is_proxy(behind))


def _is_proxy(behind: Sequence[Host]) -> bool:
    if len(behind) > PROXY_ADDRESSES:
        return len({each.serial or each.engine_id or each.address for each in behind}) > 1
    return any(_differ(one, other) for one in behind for other in behind)


def _differ(one: Host, other: Host) -> bool:
    """Tell whether two hosts are different devices by what they themselves say."""
    if one.serial and other.serial:
        return one.serial != other.serial
    if one.engine_id and other.engine_id:
        return one.engine_id != other.engine_id
    return bool(one.own_macs and other.own_macs) and one.own_macs.isdisjoint(other.own_macs)


def _without_proxy(host: Host, proxies: frozenset[str]) -> Host | None:
    if host.mac not in proxies or host.mac in host.own_macs or Source.SELF in host.sources:
        return host
    if host.sources == (Source.ARP,):
        return None
    return replace(host, mac="", via=host.mac)
