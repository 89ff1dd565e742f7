"""Which hosts are one device, and what identifies it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from collectors.probe.discovery.hardware import is_local, virtual
from collectors.probe.discovery.host import Host


class Mark(StrEnum):
    """What identifies a device for its life, the strongest first."""

    SERIAL = "serial"
    MAC = "mac"
    ENGINE = "engine"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What keeps two hosts apart that have a mark in common.

    Attributes:
        why: for a reader of the table.
        holds: tells whether it holds between two hosts.
    """

    why: str
    holds: Callable[[Host, Host], bool]


def _makers_differ(one: Host, other: Host) -> bool:
    return bool(one.maker and other.maker) and one.maker.casefold() != other.maker.casefold()


def _serials_differ(one: Host, other: Host) -> bool:
    return bool(one.serial and other.serial) and one.serial != other.serial


def _engines_differ(one: Host, other: Host) -> bool:
    return bool(one.engine_id and other.engine_id) and one.engine_id != other.engine_id


def _cloned(one: Host, other: Host) -> bool:
    """Tell whether two hosts with one engine ID have hardware addresses that neither knows of the other."""
    if not (one.mac and other.mac) or one.mac == other.mac or virtual(one.mac) or virtual(other.mac):
        return False
    return one.mac not in other.own_macs and other.mac not in one.own_macs


CONFLICTS: Final[Mapping[Mark, tuple[Contradiction, ...]]] = {
    Mark.SERIAL: (Contradiction("two makers use the same number", _makers_differ),),
    # The same serial number behind two hardware addresses is one device with two ports.
    Mark.ENGINE: (
        Contradiction("copies of one machine keep the engine ID, not the serial number", _serials_differ),
        Contradiction("copies of one machine keep the engine ID, not the hardware address", _cloned),
    ),
    Mark.MAC: (
        Contradiction("an adapter or a router's address moved from one device to the other", _serials_differ),
        Contradiction("one hardware address speaks for two SNMP agents, as routers do", _engines_differ),
    ),
}
"""Hosts that share a mark are one device, unless one of these holds."""


def marks_of(host: Host) -> dict[Mark, frozenset[str]]:
    """Return what identifies a host.

    A shared address (VRRP …) marks the virtual router, not who holds it now. Of the hardware addresses that a device
    lists, those made by software are left out: bridges of containers and virtual machines have the same on many hosts.
    """
    macs = {host.mac} - {""}
    if not virtual(host.mac):
        macs |= {mac for mac in host.own_macs if not virtual(mac) and not is_local(mac)}
    return {
        Mark.SERIAL: frozenset({host.serial} - {""}),
        Mark.ENGINE: frozenset() if virtual(host.mac) else frozenset({host.engine_id} - {""}),
        Mark.MAC: frozenset(macs),
    }


def devices_of(hosts: Sequence[Host]) -> list[tuple[Host, ...]]:
    """Return groups of hosts that are one device each, in the order of the hosts.

    The groups are the connected parts of the graph of pairs that belong together, so the order of hosts is no matter.
    """
    parent = list(range(len(hosts)))

    def root(at: int) -> int:
        while parent[at] != at:
            at = parent[at] = parent[parent[at]]
        return at

    for one, other in _pairs(hosts):
        low, high = sorted((root(one), root(other)))
        parent[high] = low
    groups: dict[int, list[Host]] = defaultdict(list)
    for at, host in enumerate(hosts):
        groups[root(at)].append(host)
    return [tuple(group) for group in groups.values()]


def _pairs(hosts: Sequence[Host]) -> Iterable[tuple[int, int]]:
    holders: dict[tuple[Mark, str], list[int]] = defaultdict(list)
    for at, host in enumerate(hosts):
        for mark, values in marks_of(host).items():
            for value in values:
                holders[mark, value].append(at)
    for (mark, _value), places in holders.items():
        for position, one in enumerate(places):
            for other in places[position + 1 :]:
                if not _is_virtual_pair(hosts[one], hosts[other]) and not contradicted(mark, hosts[one], hosts[other]):
                    yield one, other


def _is_virtual_pair(one: Host, other: Host) -> bool:
    """Tell whether one of two is a shared address and the other is not: it is nobody's for good."""
    return bool(virtual(one.mac)) != bool(virtual(other.mac))


def contradicted(mark: Mark, one: Host, other: Host) -> bool:
    """Tell whether two hosts that share a mark are different devices all the same."""
    return any(each.holds(one, other) for each in CONFLICTS[mark])
