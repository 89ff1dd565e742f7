"""Flatpaks: `flatpak list`, whose columns are tabs where it does not write to a terminal."""

import re

from collectors.inputs.software.lines import UnknownLine
from collectors.inventory import SoftwareItem

SOURCE = "flatpak"
QUERY = ("list", "--app", "--columns=name,application,version,branch,arch,installation")

_APPLICATION = re.compile(r"[A-Za-z_][\w-]*(?:\.[\w-]+){2,}")
_ARCHITECTURES = frozenset({"x86_64", "aarch64", "i386", "arm", "riscv64"})
_INSTALLATIONS = frozenset({"system", "user"})


def read_line(line: str) -> SoftwareItem | None:
    """Read a line: name and application, then in this order, some of them or none: version, branch, arch, installation.

    Raises:
        UnknownLine: it is none.
    """
    cells = [cell.strip() for cell in line.split("\t")]
    if cells[:2] == ["Name", "Application ID"]:
        return None
    if len(cells) < 2 or not _APPLICATION.fullmatch(cells[1]):
        raise UnknownLine(line)
    rest = cells[2:]
    arch = next((cell for cell in rest if cell in _ARCHITECTURES), "")
    where = next((cell for cell in rest if cell in _INSTALLATIONS), "system")
    return SoftwareItem(
        name=f"{cells[0]} ({cells[1]})" if cells[0] else cells[1],
        # Without a version of its own an application is known by its branch.
        version=next((cell for cell in rest if cell and cell not in (arch, where)), ""),
        arch=arch,
        source=SOURCE,
        scope="user" if where == "user" else "machine",
    )
