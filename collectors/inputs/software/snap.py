"""Snaps: `snap list`."""

from collections import Counter

from collectors.inputs.software.columns import read_columns
from collectors.inventory import SoftwareItem
from collectors.scalar import as_text

SOURCE = "snap"
QUERY = ("list",)

_VERIFIED_MARKS = "*✓✪"
_COLUMNS = {"name", "version", "rev", "publisher"}


def is_list(lines: list[str]) -> bool:
    """Tell whether lines are those of `snap list`."""
    return bool(lines) and set(lines[0].lower().split()) >= _COLUMNS


def read_list(lines: list[str]) -> list[SoftwareItem]:
    """Return the snaps; of one that `--all` lists in several revisions, those that are not disabled."""
    rows = [row for row in read_columns(lines) if as_text(row.get("name"))]
    listed = Counter(str(row["name"]) for row in rows)
    return [_item(row) for row in rows if _is_installed(str(row.get("notes", "")), listed[str(row["name"])])]


def _is_installed(notes: str, revisions: int) -> bool:
    words = notes.split(",")
    return "broken" not in words and ("disabled" not in words or revisions == 1)


def _item(row: dict[str, object]) -> SoftwareItem:
    version = str(row.get("version", ""))
    return SoftwareItem(
        name=str(row["name"]),
        version="" if version == "-" else version,
        publisher=str(row.get("publisher", "")).rstrip(_VERIFIED_MARKS),
        source=SOURCE,
    )
