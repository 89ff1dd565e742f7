"""Which Linux this is: os-release(5)."""

import re
import shlex

from collectors.inputs.patches.facts import OperatingSystem
from collectors.inputs.patches.os_support import linux_support
from collectors.scalar import as_text

_LINE = re.compile(r"(?P<name>[A-Z][A-Z0-9_]*)=(?P<value>.*)")


def is_os_release(text: str) -> bool:
    """Tell whether a text is an os-release file."""
    values = _values(text)
    return "ID" in values and ("NAME" in values or "PRETTY_NAME" in values)


def read(text: str) -> OperatingSystem:
    """Return the operating system that an os-release file names."""
    values = _values(text)
    identity, version = values.get("ID", ""), values.get("VERSION_ID", "")
    return OperatingSystem(
        as_text(values.get("PRETTY_NAME") or values.get("NAME"), limit=100),
        support=linux_support(identity, version),
    )


def _values(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    lines = text.split("\n")
    # A file that does not end with a line end may be cut inside its last value.
    for line in lines[:-1]:
        row = _LINE.fullmatch(line.strip())
        if row:
            try:
                found[row["name"]] = " ".join(shlex.split(row["value"]))
            except ValueError:
                continue
    return found
