"""The neighbour table: which hardware address answers for which IP address on this machine's own networks."""

import ipaddress
import re
import socket
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

import psutil

from collectors import command
from collectors.decode import decode_text
from collectors.input import BadOutput, InputError, find_program
from collectors.json_text import load_json, objects_in
from collectors.probe.discovery.hardware import normal_mac
from collectors.windows import powershell

_TIMEOUT_S: Final = 20.0
_PROC_ARP: Final = Path("/proc/net/arp")
_PROPERTIES: Final = "@('IPAddress','LinkLayerAddress','State')"
_SCRIPT: Final = powershell.script(
    "neighbours", f"Read-Part 'neighbours' {{ Get-NetNeighbor | ForEach-Object {{ Get-Plain $_ {_PROPERTIES} }} }}"
)


class Freshness(Enum):
    """What an entry says of the neighbour being there now.

    Systems keep entries of neighbours that left long ago (Linux: for ever, up to 128 of them, gc_thresh1), so that only
    one that was confirmed lately shows a sign of life. Asking a neighbour makes the system confirm or drop its entry
    within 8 s (RFC 4861 section 7.3.3, which Linux and Windows follow for ARP too).
    """

    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    UNTOLD = "untold"
    """The table does not tell how fresh it is."""
    GONE = "gone"
    """Nobody answers for the address."""


_FRESHNESS: Final = {
    "reachable": Freshness.CONFIRMED,
    "permanent": Freshness.CONFIRMED,
    "noarp": Freshness.CONFIRMED,
    "stale": Freshness.UNCONFIRMED,
    "delay": Freshness.UNCONFIRMED,
    "probe": Freshness.UNCONFIRMED,
    "failed": Freshness.GONE,
    "incomplete": Freshness.GONE,
    "unreachable": Freshness.GONE,
    "none": Freshness.GONE,
}
"""States as `ip neigh` and Get-NetNeighbor name them."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One entry.

    Attributes:
        address: IP address, without a zone.
        mac: hardware address; "" where nobody answers for it.
        freshness: what it says of the neighbour being there now.
    """

    address: str
    mac: str
    freshness: Freshness


def parse_ip_neigh(text: str) -> list[Neighbour]:
    """Return the entries of `ip -j neigh`.

    Raises:
        BadOutput: it is no JSON.
    """
    found = []
    for record in objects_in(load_json(text), depth=1):
        states = record.get("state")
        state = states[0] if isinstance(states, list) and states else ""
        found.append(_entry(record.get("dst"), record.get("lladdr"), _fresh(state)))
    return _known(found)


def parse_proc_arp(text: str) -> list[Neighbour]:
    """Return the entries of `/proc/net/arp`; flag 0x2 is ATF_COM, a complete entry."""
    rows = (line.split() for line in text.splitlines()[1:])
    return _known(
        _entry(row[0], row[3], Freshness.GONE if row[2] == "0x0" else Freshness.UNTOLD) for row in rows if len(row) >= 4
    )


_WINDOWS_ARP: Final = re.compile(r"^\s*(\d+\.\d+\.\d+\.\d+)\s+((?:[0-9a-f]{2}-){5}[0-9a-f]{2})\s", re.I | re.M)
_BSD_ARP: Final = re.compile(r"\((\d+\.\d+\.\d+\.\d+)\) at ([0-9a-f:]{11,17}|\S?incomplete\S?)", re.I)


def parse_arp(text: str) -> list[Neighbour]:
    """Return the entries of `arp -a` of Windows, in whatever language, and of macOS and the BSDs."""
    pairs = [*_WINDOWS_ARP.findall(f"{text}\n"), *_BSD_ARP.findall(text)]
    return _known(_entry(address, mac, Freshness.UNTOLD) for address, mac in pairs)


def parse_net_neighbor(text: str) -> list[Neighbour]:
    """Return the entries that PowerShell's Get-NetNeighbor told.

    Raises:
        BadOutput: it is not the answer of our script.
        InputError: PowerShell could not read them.
    """
    document = powershell.read_document(text)
    if "neighbours" in document.errors:
        raise powershell.typed(document.errors["neighbours"], "the neighbour table")
    return _known(
        _entry(each.get("ipaddress"), each.get("linklayeraddress"), _fresh(each.get("state")))
        for each in document.items.get("neighbours", [])
    )


def _fresh(state: object) -> Freshness:
    return _FRESHNESS.get(str(state).lower(), Freshness.UNTOLD)


def _entry(address: object, mac: object, freshness: Freshness) -> Neighbour | None:
    try:
        plain = str(ipaddress.ip_address(str(address).partition("%")[0]))
    except ValueError:
        return None
    known = normal_mac(mac) if isinstance(mac, str) and freshness is not Freshness.GONE else ""
    return Neighbour(plain, known, freshness if known else Freshness.GONE)


def _known(found: Iterable[Neighbour | None]) -> list[Neighbour]:
    return [each for each in found if each is not None]


def read_neighbours() -> list[Neighbour]:
    """Read this machine's table.

    Raises:
        InputError: it cannot be read here.
    """
    return _READERS.get(sys.platform, _read_arp)()


def _read_linux() -> list[Neighbour]:
    if find_program("ip"):
        try:
            return parse_ip_neigh(_output("ip", "-j", "neigh"))
        except BadOutput:
            pass  # an iproute2 without JSON
    try:
        return parse_proc_arp(_PROC_ARP.read_text("ascii", errors="replace"))
    except OSError as error:
        raise InputError(f"{_PROC_ARP} could not be read: {error.strerror}") from error


def _read_windows() -> list[Neighbour]:
    try:
        return parse_net_neighbor(powershell.ask(_SCRIPT, _TIMEOUT_S))
    except InputError:
        return _read_arp()


def _read_arp() -> list[Neighbour]:
    return parse_arp(_output("arp", "-a"))


_READERS: Final[dict[str, Callable[[], list[Neighbour]]]] = {"linux": _read_linux, "win32": _read_windows}


def _output(program: str, *arguments: str) -> str:
    return decode_text(command.run(program, arguments, _TIMEOUT_S).stdout)


def own_addresses() -> list[tuple[str, str]]:
    """Return this machine's own IP addresses with the hardware address of their interface."""
    found = []
    for parts in psutil.net_if_addrs().values():
        mac = next((normal_mac(each.address) for each in parts if each.family == psutil.AF_LINK), "")
        ips = [each.address for each in parts if each.family in (socket.AF_INET, socket.AF_INET6)]
        found += [(each.partition("%")[0], mac) for each in ips]
    return found
