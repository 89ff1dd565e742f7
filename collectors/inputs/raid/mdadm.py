"""`mdadm --detail` of Linux, one or several arrays one after the other.

Source: mdadm(8) and mdadm's Detail.c. mdadm speaks English in every locale.
"""

import re
from collections.abc import Mapping

from collectors.inputs.raid.array import Array, Findings
from collectors.inputs.raid.mdstat import SOURCE
from collectors.inputs.raid.wording import REASONS
from collectors.text import Text
from collectors.verdict import Verdict

_HEAD = re.compile(r"/dev/(?:md/)?(?P<name>\S{1,100}):")
_ROW = re.compile(r" {2,}(?P<label>[A-Z][\w ]*?) : (?P<value>.*)")
_TABLE = re.compile(r" +Number +Major +Minor +RaidDevice +State")
_PERCENT = re.compile(r"(?P<percent>\d{1,3})% complete")
_OPERATIONS = {
    "Rebuild Status": "recovery",
    "Resync Status": "resync",
    "Check Status": "check",
    "Reshape Status": "reshape",
}
_CUT = Text("mdadm --detail の出力が途中で切れています", "the output of mdadm --detail is cut off")
Rows = Mapping[str, str]


def is_detail(text: str) -> bool:
    """Tell whether a text is the output of `mdadm --detail`."""
    lines = text.lstrip("\ufeff \r\n").replace("\r", "").split("\n")
    return _HEAD.fullmatch(lines[0]) is not None and any(_ROW.fullmatch(line) for line in lines[1:8])


def read(text: str) -> Findings:
    """Return the arrays; one whose table of disks is missing was cut off, and is unknown unless known to be damaged."""
    found: list[tuple[str, dict[str, str]]] = []
    # What follows the last line end may be half a line.
    for line in text.lstrip("\ufeff").replace("\r", "").split("\n")[:-1]:
        head, row = _HEAD.fullmatch(line), _ROW.fullmatch(line)
        if head:
            found.append((head["name"], {}))
        elif found and row:
            found[-1][1][row["label"]] = row["value"].strip()
        elif found and _TABLE.fullmatch(line.rstrip()):
            found[-1][1]["table"] = ""
    whole = bool(found) and all("table" in rows for _, rows in found)
    return Findings(tuple(_array(name, rows) for name, rows in found), () if whole else (_CUT,))


def _array(name: str, rows: Rows) -> Array:
    operation, percent = _operation(rows)
    is_container = rows.get("Raid Level") == "container"
    return Array(
        name=name,
        source=SOURCE,
        verdict=REASONS.verdict("container") if is_container else _verdict(rows, operation, percent),
        level=rows.get("Raid Level"),
        members=_count(rows, "Raid Devices"),
        # Active alone, without the disk that is just being rebuilt.
        members_active=_count(rows, "Active Devices"),
        failed=_count(rows, "Failed Devices"),
        spares=_count(rows, "Spare Devices"),
        operation=operation,
        percent=percent,
    )


def _verdict(rows: Rows, operation: str | None, percent: float | None) -> Verdict:
    states = {word.strip() for word in rows.get("State", "").split(",")}
    members, active = _count(rows, "Raid Devices"), _count(rows, "Active Devices")
    progress = {"operation": operation or "", "percent": "" if percent is None else f"{percent:.0f} %"}
    if "FAILED" in states or "broken" in states:
        return REASONS.verdict("failed", what="FAILED" if "FAILED" in states else "broken")
    if "inactive" in states or "Not Started" in states:
        return REASONS.verdict("inactive")
    if "degraded" in states or (members is not None and active is not None and active < members):
        counts = {"active": "?" if active is None else active, "members": "?" if members is None else members}
        return (
            REASONS.verdict("rebuilding", **counts, **progress) if operation else REASONS.verdict("degraded", **counts)
        )
    if states.isdisjoint(("clean", "active")) or members is None or active is None:
        return REASONS.verdict("partial")
    if operation:
        return REASONS.verdict("busy", **progress)
    failed = _count(rows, "Failed Devices")
    return REASONS.verdict("failed_spare", failed=failed) if failed else REASONS.verdict("ok")


def _operation(rows: Rows) -> tuple[str | None, float | None]:
    for label, operation in _OPERATIONS.items():
        if label in rows:
            percent = _PERCENT.search(rows[label])
            return operation, float(percent["percent"]) if percent else None
    return None, None


def _count(rows: Rows, label: str) -> int | None:
    text = rows.get(label, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 5 else None
