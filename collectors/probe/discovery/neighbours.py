"""The neighbour table: which hardware address answers for which IP address on this machine's own networks."""

import ipaddress
import re
import socket
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
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
_GONE: Final = frozenset({"failed", "incomplete", "unreachable"})
_PROPERTIES: Final = "@('IPAddress','LinkLayerAddress','State')"
_SCRIPT: Final = powershell.script(
    "neighbours", f"Read-Part 'neighbours' {{ Get-NetNeighbor | ForEach-Object {{ Get-Plain $_ {_PROPERTIES} }} }}"
)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One entry.

    Attributes:
        address: IP address, without a zone.
        mac: hardware address; "" where nobody answers for it.
    """

    address: str
    mac: str


def parse_ip_neigh(text: str) -> list[Neighbour]:
    """Return the entries of `ip -j neigh`.

    Raises:
        BadOutput: it is no JSON.
    """
    found = []
    for record in objects_in(load_json(text), depth=1):
        state = record.get("state")
        states = {str(each).lower() for each in state} if isinstance(state, list) else set()
        found.append(_entry(record.get("dst"), record.get("lladdr"), gone=bool(states & _GONE)))
    return _known(found)


def parse_proc_arp(text: str) -> list[Neighbour]:
    """Return the entries of `/proc/net/arp`; flag 0x2 is ATF_COM, a complete entry."""
    rows = (line.split() for line in text.splitlines()[1:])
    return _known(_entry(row[0], row[3], gone=row[2] == "0x0") for row in rows if len(row) >= 4)


_WINDOWS_ARP: Final = re.compile(r"^\s*(\d+\.\d+\.\d+\.\d+)\s+((?:[0-9a-f]{2}-){5}[0-9a-f]{2})\s", re.I | re.M)
_BSD_ARP: Final = re.compile(r"\((\d+\.\d+\.\d+\.\d+)\) at ([0-9a-f:]{11,17}|\S?incomplete\S?)", re.I)


def parse_arp(text: str) -> list[Neighbour]:
    """Return the entries of `arp -a` of Windows, in whatever language, and of macOS and the BSDs."""
    pairs = [*_WINDOWS_ARP.findall(f"{text}\n"), *_BSD_ARP.findall(text)]
    return _known(_entry(address, mac, gone="incomplete" in mac.lower()) for address, mac in pairs)


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
        _entry(each.get("ipaddress"), each.get("linklayeraddress"), str(each.get("state")).lower() in _GONE)
        for each in document.items.get("neighbours", [])
    )


def _entry(address: object, mac: object, gone: bool) -> Neighbour | None:
    try:
        plain = str(ipaddress.ip_address(str(address).partition("%")[0]))
    except ValueError:
        return None
    known = "" if gone or not isinstance(mac, str) else normal_mac(mac)
    return Neighbour(plain, known)


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


def own_addresses() -> list[Neighbour]:
    """Return this machine's own IP addresses with the hardware address of their interface."""
    found = []
    for parts in psutil.net_if_addrs().values():
        mac = next((normal_mac(each.address) for each in parts if each.family == psutil.AF_LINK), "")
        ips = [each.address for each in parts if each.family in (socket.AF_INET, socket.AF_INET6)]
        found += _known(_entry(each, mac, gone=False) for each in ips)
    return found
