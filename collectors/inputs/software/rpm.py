"""Packages of rpm: `rpm -qa` with a query format, and as it prints them by itself."""

import re

from collectors.inputs.software.install_date import InstallDates
from collectors.inputs.software.lines import UnknownLine
from collectors.inventory import SoftwareItem
from collectors.scalar import as_int

SOURCE = "rpm"
QUERY = (
    "-qa",
    "--queryformat",
    r"%{NAME}\t%{ARCH}\t%{VERSION}-%{RELEASE}\t%{INSTALLTIME}\t%{SIZE}\t%{VENDOR}\n",
)

_ARCH = re.compile(r"noarch|x86_64(?:_v\d)?|i[3-6]86|aarch64|armv\w+|ppc64(?:le)?|s390x?|riscv64|src|athlon|geode|ia64")
_NEVRA = re.compile(rf"(?P<name>\S+)-(?P<version>[^-\s]+-[^-\s]+)\.(?P<arch>{_ARCH.pattern})")
_FROM_REPOSITORY = re.compile(r"\s@\S+\s*$|\sinstalled\s*$")
"""Lists of what is on offer, such as `check-update`, name the repository without the sign."""

_LISTED = re.compile(rf"(?P<name>\S+)\.(?P<arch>{_ARCH.pattern})\s+(?P<version>(?:\d+:)?[^-\s]+-[^-\s]+)\s+\S+")
_LISTED_HEADINGS = ("Installed Packages", "Installed packages", "インストール済みパッケージ")
_NOT_A_PACKAGE = "gpg-pubkey"
"""A key that rpm keeps as if it were a package."""

_NONE = "(none)"


def read_query_line(line: str, dates: InstallDates) -> SoftwareItem | None:
    """Read a line of `QUERY`: name, architecture, version-release, time, size in bytes, vendor; more may follow.

    Raises:
        UnknownLine: it is none.
    """
    cells = [cell.strip() for cell in line.split("\t")]
    if cells[0] == _NOT_A_PACKAGE:
        return None
    if len(cells) < 3 or not cells[0] or not cells[2] or not (_ARCH.fullmatch(cells[1]) or cells[1] == _NONE):
        raise UnknownLine(line)
    time, size, vendor = (*cells[3:6], "", "", "")[:3]
    seconds, octets = as_int(time), as_int(size)
    return SoftwareItem(
        name=cells[0],
        version=cells[2],
        arch="" if cells[1] == _NONE else cells[1],
        publisher="" if vendor == _NONE else vendor,
        source=SOURCE,
        installed_on=dates.at(seconds),
        size_kib=None if octets is None or octets < 0 else -(-octets // 1024),
    )


def read_listed_line(line: str) -> SoftwareItem | None:
    """Read a line of `dnf list installed` or `yum list installed`: name.architecture, version, repository.

    Raises:
        UnknownLine: it is none.
    """
    if line.strip() in _LISTED_HEADINGS:
        return None
    found = _LISTED.fullmatch(line.strip())
    if not found or not _FROM_REPOSITORY.search(line):
        raise UnknownLine(line)
    return SoftwareItem(name=found["name"], version=found["version"], arch=found["arch"], source=SOURCE)


def read_plain_line(line: str) -> SoftwareItem | None:
    """Read a line of plain `rpm -qa`: name-version-release.architecture.

    Raises:
        UnknownLine: it is none.
    """
    if line.startswith(f"{_NOT_A_PACKAGE}-"):
        return None
    found = _NEVRA.fullmatch(line.split()[0])
    if not found:
        raise UnknownLine(line)
    return SoftwareItem(name=found["name"], version=found["version"], arch=found["arch"], source=SOURCE)
