"""Failed units of systemd.

Only `failed` counts: a unit that is enabled and inactive is often one that did its work and ended (oneshot), so that
being stopped tells nothing. Source: systemctl(1), "list-units".
"""

import re

from collectors.input import BadOutput
from collectors.inputs.services.service import Down, Findings
from collectors.json_text import load_json
from collectors.scalar import as_text

ARGUMENTS = ("list-units", "--failed", "--all", "--plain", "--no-legend", "--no-pager", "--full")
"""What is asked of systemctl."""

_ROW = re.compile(r"[●×*↻ ]*(?P<unit>\S+\.[a-z]+) +(?P<load>\S+) +(?P<active>\S+) +(?P<sub>\S+)(?: .*)?")
_HEAD = re.compile(r" *UNIT +LOAD +ACTIVE +SUB\b.*")
_FOOT = re.compile(r"(?P<count>\d+) loaded units? listed\..*")


def is_listing(text: str) -> bool:
    """Tell whether a text is `systemctl list-units` or `systemctl --failed`."""
    lines = [line for line in text.splitlines() if line.strip()]
    return bool(lines) and any(pattern.fullmatch(lines[0]) for pattern in (_HEAD, _FOOT, _ROW))


def read(text: str) -> Findings:
    """Return the failed units of a listing; a listing whose foot is missing after a head is not whole."""
    lines = text.replace("\r", "").split("\n")
    rows = [found for line in lines if (found := _ROW.fullmatch(line.rstrip()))]
    with_head = any(_HEAD.fullmatch(line) for line in lines)
    foot = next((found for line in lines if (found := _FOOT.fullmatch(line.strip()))), None)
    whole = foot is not None if with_head else not lines[-1].strip() or foot is not None
    down = tuple(Down(_unit(row["unit"]), failed=True) for row in rows if row["active"] == "failed")
    return Findings(down, whole=whole)


def read_json(text: str) -> Findings:
    """Return the failed units of `systemctl list-units --output=json`.

    Raises:
        BadOutput: it is no such list, or is cut off.
    """
    loaded = load_json(text)
    rows = loaded if isinstance(loaded, list) else []
    if not all(isinstance(row, dict) and "unit" in row and "active" in row for row in rows) or loaded != rows:
        raise BadOutput("this is no list of systemd's units")
    down = [_unit(as_text(row["unit"]) or "?") for row in rows if row["active"] == "failed"]
    return Findings(tuple(Down(name, failed=True) for name in down))


def _unit(name: str) -> str:
    return name.removesuffix(".service")[:120]
