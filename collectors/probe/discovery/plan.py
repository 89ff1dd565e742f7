"""What a scan is to do, and what it found."""

from dataclasses import dataclass, field

from collectors.probe.discovery.asset import Asset
from collectors.probe.discovery.defaults import COMMUNITIES, LIMIT_S, RATE
from collectors.probe.discovery.fence import Fence
from collectors.probe.target import DEFAULT_PORT
from collectors.text import Text


@dataclass(frozen=True, slots=True)
class Plan:
    """What to scan, and how.

    Attributes:
        fence: the subnets.
        communities: SNMP communities to try.
        rate: questions a second.
        limit_s: seconds for all of it.
        snmp_port: UDP port of SNMP.
    """

    fence: Fence
    communities: tuple[str, ...] = field(default=COMMUNITIES, repr=False)
    rate: float = RATE
    limit_s: float = LIMIT_S
    snmp_port: int = DEFAULT_PORT


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scan found.

    Attributes:
        assets: devices, in the order of their addresses.
        addresses: how many addresses were looked at.
        packets: questions sent.
        duration_s: seconds it took.
        is_complete: whether it reached its end.
        partial: what could not be looked at, in both languages.
    """

    assets: tuple[Asset, ...]
    addresses: int
    packets: int
    duration_s: float
    is_complete: bool
    partial: tuple[Text, ...] = ()
