"""A firewall as it was found: one profile of Windows' own, another maker's product, or one of Linux' managers."""

from dataclasses import dataclass

from collectors.text import Text

WINDOWS = "windows_defender_firewall"
PROFILES = ("domain", "private", "public")
"""Windows' own firewall has one setting for each kind of network; a device is known when all three are."""

SYSTEM = "system"
"""The profile of a firewall that knows no profiles."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One firewall setting. None means that the source does not tell.

    Attributes:
        profile: domain, private, public, or system.
        manager: what filters: windows_defender_firewall, ufw, firewalld, nftables, iptables, or a product's name.
        enabled: whether it filters inbound traffic.
        default_inbound: what happens to inbound traffic that no rule speaks of: block or allow.
        default_outbound: the same for outbound traffic.
        active: whether the profile applies to a network that is connected now.
        managed_by: local, or gpo for a group policy.
        rules: how many rules there are.
    """

    profile: str
    manager: str
    enabled: bool | None = None
    default_inbound: str | None = None
    default_outbound: str | None = None
    active: bool | None = None
    managed_by: str | None = None
    rules: int | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """All that was read on a device.

    Attributes:
        layers: what was found.
        unread: the sources that could not be read and why.
        stopped: True where the Windows service that does the filtering is stopped.
    """

    layers: tuple[Layer, ...] = ()
    unread: tuple[Text, ...] = ()
    stopped: bool = False
