"""Packages of dpkg: `dpkg-query -W` with a format, and `dpkg -l`.

Only what is installed counts: a package that was removed may leave its configuration behind, and one that is half
installed does not work. Source: dpkg-query(1).
"""

import re
from collections.abc import Callable
from datetime import date

from collectors.inputs.software.lines import UnknownLine
from collectors.inventory import SoftwareItem
from collectors.scalar import as_int

SOURCE = "dpkg"
QUERY = ("-W", "-f", r"${Package}\t${Architecture}\t${Version}\t${Installed-Size}\t${Section}\t${Status}\n")

# fmt: off
ARCHITECTURES = frozenset({
    "all", "amd64", "arm64", "armel", "armhf", "i386", "loong64", "mips", "mips64el", "mipsel", "powerpc", "ppc64el",
    "riscv64", "s390x",
})
# fmt: on
INSTALLED = frozenset({"installed", "triggers-awaited", "triggers-pending"})
_STATUS = re.compile(r"(?:unknown|install|hold|deinstall|purge) (?:ok|reinstreq) (?P<state>[a-z-]+)")
_NAME = re.compile(r"(?P<name>[a-z0-9][a-z0-9+.-]+)(?::(?P<arch>[a-z0-9-]+))?")
_VERSION = re.compile(r"\S*\d\S*")
_LISTED = re.compile(
    r"[uirphn](?P<state>[A-Za-z])(?P<error>R?) +(?P<name>\S+) +(?P<version>\S+)(?: +(?P<arch>\S+))?(?: .*)?"
)
_APT_HEADING = re.compile(r"[^\s/\[\]]+\.\.\.(?: \S+)?")
_APT_LISTED = re.compile(
    r"(?P<name>[a-z0-9][a-z0-9+.-]+)/(?P<archives>\S+) (?P<version>\S*\d\S*) (?P<arch>[a-z0-9-]+) \[[^\]]+\]"
)
_LISTED_INSTALLED = frozenset("iWTt")
_LISTED_HEAD = ("Desired=", "|", "+++-")

Installed = Callable[[str, str], date | None]
"""Package and architecture -> day of its installation or last update; None if not known."""


def never(_name: str, _arch: str) -> date | None:
    """Know no day."""
    return None


def read_query_line(line: str, installed: Installed = never) -> SoftwareItem | None:
    """Read a line of `QUERY`: name, architecture, version; size, section and status may lack.

    Raises:
        UnknownLine: it is none.
    """
    name, *cells = line.split("\t")
    found = _NAME.fullmatch(name)
    if not found or not cells:
        raise UnknownLine(line)
    told = next((cell for cell in cells[:2] if cell in ARCHITECTURES), None)
    version = next((cell for cell in cells[:2] if cell != told and _VERSION.fullmatch(cell)), None)
    states = [match["state"] for cell in cells if (match := _STATUS.fullmatch(cell.strip()))]
    if states and states[0] not in INSTALLED:
        return None
    if version is None or (told is None and len(cells) > 1):
        raise UnknownLine(line)
    arch = told or found["arch"] or ""
    size = next((number for cell in cells[2:] if (number := as_int(cell)) is not None), None)
    return SoftwareItem(
        name=found["name"],
        version=version,
        arch=arch,
        source=SOURCE,
        installed_on=installed(found["name"], arch),
        size_kib=size if size is not None and size >= 0 else None,
    )


def read_apt_line(line: str) -> SoftwareItem | None:
    """Read a line of `apt list --installed`: name/archives version architecture [state].

    The word for the state follows the language; that the archive "now" is named shows what is installed.

    Raises:
        UnknownLine: it is none.
    """
    if _APT_HEADING.fullmatch(line.rstrip()):
        return None
    found = _APT_LISTED.fullmatch(line.rstrip())
    if not found or found["arch"] not in ARCHITECTURES:
        raise UnknownLine(line)
    if "now" not in found["archives"].split(","):
        return None
    return SoftwareItem(name=found["name"], version=found["version"], arch=found["arch"], source=SOURCE)


def is_list(lines: list[str]) -> bool:
    """Tell whether lines are those of `dpkg -l`."""
    return any(line.startswith("+++-") for line in lines[:20])


def below_heading(lines: list[str]) -> list[str]:
    """Return the lines of `dpkg -l` below its heading, whose words follow the language."""
    rule = next((at for at, line in enumerate(lines[:20]) if line.startswith("+++-")), -1)
    return lines[rule + 1 :]


def read_list_line(line: str, has_arch: bool = True) -> SoftwareItem | None:
    """Read a line of `dpkg -l`: three letters of wanted, found and error, name, version, architecture.

    Raises:
        UnknownLine: it is none.
    """
    if line.startswith(_LISTED_HEAD):
        return None
    found = _LISTED.fullmatch(line.rstrip())
    name = _NAME.fullmatch(found["name"]) if found else None
    if found is None or name is None:
        raise UnknownLine(line)
    if found["state"] not in _LISTED_INSTALLED or found["error"]:
        return None
    arch = found["arch"] if has_arch and found["arch"] in ARCHITECTURES else name["arch"]
    return SoftwareItem(name=name["name"], version=found["version"], arch=arch or "", source=SOURCE)
