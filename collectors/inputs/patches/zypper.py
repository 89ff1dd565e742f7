"""Pending updates of SUSE Linux: `zypper list-updates` and `zypper list-patches`, tables with bars between columns.

The headings follow the language; the columns' places do not (zypper(8)).
"""

import re

from collectors.inputs.patches.facts import Update

_RULE = re.compile(r"[-+]*-\+-[-+]*")
_UPDATE_COLUMNS = 6
_PATCH_COLUMNS = 7
_SETTLED = ("applied", "not needed")
"""States of patches that `list-patches --all` lists too."""

_NONE = re.compile(r"^(?:No updates found\.|No patches found\.|0 patches needed)", re.MULTILINE)


def is_list(text: str) -> bool:
    """Tell whether a text is a list of updates or of patches."""
    return bool(_rows(text)) or _NONE.search(text) is not None


def is_patches(text: str) -> bool:
    """Tell whether a list is one of patches, which has categories and so tells security updates from others."""
    return any(len(row) >= _PATCH_COLUMNS for row in _rows(text))


def read(text: str) -> tuple[Update, ...]:
    """Return the updates; those of `list-updates` do not tell which of them mend a vulnerability."""
    found: dict[str, Update] = {}
    for row in _rows(text):
        if len(row) >= _PATCH_COLUMNS and row[5] not in _SETTLED:
            found[row[1]] = Update(f"{row[1]} ({row[2]})", row[2].lower() == "security")
        elif len(row) == _UPDATE_COLUMNS and row[3]:
            found[row[2]] = Update(f"{row[2]} {row[3]} -> {row[4]}", security=False)
    return tuple(found.values())


def _rows(text: str) -> list[list[str]]:
    """Return the cells of the lines below the rule; a line that was cut off before its end is left out."""
    rows: list[list[str]] = []
    below = False
    for line in text.split("\n")[:-1]:
        if _RULE.fullmatch(line.strip()):
            below = True
        elif below and "|" in line:
            cells = [cell.strip() for cell in line.split("|")]
            if len(cells) in (_UPDATE_COLUMNS, _PATCH_COLUMNS, _PATCH_COLUMNS + 1):
                rows.append(cells)
    return rows
