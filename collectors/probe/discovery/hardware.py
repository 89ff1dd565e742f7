"""Hardware addresses: their form, whose they are, and which of them name no single device."""

import re
from functools import lru_cache
from typing import Final

_MAC: Final = re.compile(r"(?:[0-9a-f]{1,2}[:-]){5}[0-9a-f]{1,2}", re.IGNORECASE)

_VIRTUAL: Final[tuple[tuple[str, str], ...]] = (
    # Prefix of an address that routers share and hand over: who sends from it changes.
    ("00:00:5e:00:01:", "VRRP (RFC 9568) or CARP"),
    ("00:00:5e:00:02:", "VRRP for IPv6 (RFC 9568)"),
    ("00:00:0c:07:ac:", "HSRP"),
    ("00:00:0c:9f:f", "HSRP version 2"),
    ("00:05:73:a0:0", "HSRP for IPv6"),
    ("00:07:b4:", "GLBP"),
    ("02:bf:", "Microsoft NLB"),
    ("03:bf:", "Microsoft NLB"),
)

RANDOM: Final = "locally administered"
"""What is said in place of a vendor where the address was not given by one: privacy settings, virtual machines."""


def normal_mac(text: str) -> str:
    """Return a hardware address as `00:11:22:aa:bb:cc`; "" for what is none, all zeros, or a group's address."""
    stripped = text.strip()
    if not _MAC.fullmatch(stripped):
        return ""
    octets = [int(part, 16) for part in re.split("[:-]", stripped)]
    if not any(octets) or (octets[0] & 1 and not virtual(":".join(f"{octet:02x}" for octet in octets))):
        return ""
    return ":".join(f"{octet:02x}" for octet in octets)


def virtual(mac: str) -> str:
    """Return the protocol by which routers share this address; "" for the address of one device."""
    return next((name for prefix, name in _VIRTUAL if mac.startswith(prefix)), "")


def is_local(mac: str) -> bool:
    """Tell whether an address is locally administered (IEEE 802 section 8.2): random, or set by software."""
    return bool(mac) and bool(int(mac[:2], 16) & 2)


@lru_cache(maxsize=1024)
def vendor(mac: str) -> str:
    """Return who made a network interface; `RANDOM` where no maker gave the address; "" if it is not known."""
    if not mac:
        return ""
    if virtual(mac):
        return f"virtual address, {virtual(mac)}"
    if is_local(mac):
        return RANDOM
    # Imported where it is asked: the agent, which knows vendors from its record, does without the table's 12 MiB.
    import netaddr

    try:
        return str(netaddr.EUI(mac).oui.registration()["org"])
    except netaddr.NotRegisteredError:
        return ""
