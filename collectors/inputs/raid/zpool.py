"""`zpool status` of OpenZFS.

Source: zpool-status(8) and zpoolconcepts(7) of OpenZFS 2. ZFS speaks English in every locale.
"""

import calendar
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

from collectors.inputs.raid.array import MOST_ERRORS, Array, Findings
from collectors.inputs.raid.wording import REASONS
from collectors.text import Text
from collectors.verdict import Verdict

SOURCE = "zfs"

_LABEL = re.compile(
    r" {0,12}(?P<label>pool|state|status|action|see|scan|scrub|config|errors|dedup|remove): ?(?P<value>.*)"
)
_VDEV = re.compile(
    r"(?P<indent>[ \t]+)(?P<name>\S+) +(?P<state>[A-Z]{5,}) +(?P<read>[\d.]{1,12}[KMGT]?)"
    r" +(?P<write>[\d.]{1,12}[KMGT]?)"
    r" +(?P<cksum>[\d.]{1,12}[KMGT]?)(?: .*)?"
)
_SPARE = re.compile(r"[ \t]+\S+ +(?:AVAIL|INUSE)\b.*")
_LEVEL = re.compile(r"(?P<level>mirror|raidz[123]?|draid[123]?)\b.*")
_DONE = re.compile(r"(?P<percent>\d{1,3}(?:\.\d+)?)% done")
_DATE = re.compile(r"\bon (?:\w{3} )?(?P<month>[A-Z][a-z]{2}) +(?P<day>\d{1,2}) \d\d:\d\d:\d\d (?P<year>\d{4})")
_MONTHS = {name: at for at, name in enumerate(calendar.month_abbr) if name}
_NO_ERRORS = "No known data errors"
_UNITS = {"K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_NONE = ("no pools available", "no datasets available")
_DAMAGED = frozenset({"DEGRADED", "FAULTED", "OFFLINE", "REMOVED", "UNAVAIL", "SUSPENDED"})
_CUT = Text("zpool status の出力が途中で切れています", "the output of zpool status is cut off")
Sections = dict[str, str]


def is_status(text: str) -> bool:
    """Tell whether a text is the output of `zpool status`."""
    start = text.lstrip("\ufeff \r\n")
    return start.startswith(("pool:", *_NONE))


def read(text: str, now_ns: int) -> Findings:
    """Return the pools; a pool whose last section is missing is unknown unless it is known to be damaged."""
    today = datetime.fromtimestamp(now_ns // 10**9, UTC).date()
    arrays = tuple(_array(sections, today) for sections in _pools(text))
    return Findings(arrays, () if arrays or text.strip("\ufeff \r\n").startswith(_NONE) else (_CUT,))


def _pools(text: str) -> Iterator[Sections]:
    current: Sections = {}
    label = ""
    for line in _whole_lines(text):
        found = _LABEL.fullmatch(line)
        if found and found["label"] == "pool":
            if current:
                yield current
            current = {}
        if found:
            label = found["label"]
            current[label] = found["value"].strip()
        elif label:
            current[label] += f"\n{line}"
    if current.get("pool"):
        yield current


def _whole_lines(text: str) -> list[str]:
    """Return the lines, without a last one that may be cut off."""
    lines = text.replace("\r", "").split("\n")
    return lines if lines[-1].strip() == f"errors: {_NO_ERRORS}" else lines[:-1]


def _array(sections: Sections, today: date) -> Array:
    vdevs = [found for line in sections.get("config", "").split("\n") if (found := _VDEV.fullmatch(line))]
    leaves = [found for at, found in enumerate(vdevs) if at + 1 == len(vdevs) or _depth(vdevs[at + 1]) <= _depth(found)]
    errors = sum(_count(leaf[name]) for leaf in leaves for name in ("read", "write", "cksum"))
    scan = sections.get("scan", sections.get("scrub", ""))
    running = "in progress" in scan
    percent = _DONE.search(scan)
    levels = [found["level"] for each in vdevs if (found := _LEVEL.fullmatch(each["name"]))]
    whole = "errors" in sections and bool(vdevs)
    return Array(
        name=sections["pool"].split("\n")[0][:120],
        source=SOURCE,
        verdict=_verdict(sections, errors),
        level=levels[0] if levels else None,
        members=len(leaves) if whole else None,
        members_active=sum(leaf["state"] == "ONLINE" for leaf in leaves) if whole else None,
        failed=sum(leaf["state"] in _DAMAGED for leaf in leaves) if whole else None,
        spares=sum(_SPARE.fullmatch(line) is not None for line in sections["config"].split("\n")) if whole else None,
        operation=scan.split()[0] if running else None,
        percent=float(percent["percent"]) if running and percent else None,
        errors=min(errors, MOST_ERRORS) if whole else None,
        scrub_age_days=_scrub_age(scan, today),
    )


def _verdict(sections: Sections, errors: int) -> Verdict:
    state = sections.get("state", "").split("\n")[0]
    told = sections.get("errors")
    if state in _DAMAGED:
        return REASONS.verdict("failed", what=state)
    if told is None:
        return REASONS.verdict("partial")
    if told.split("\n")[0] != _NO_ERRORS:
        return REASONS.verdict("data_errors", what=told.split("\n")[0].rstrip(":, ")[:80])
    if state != "ONLINE":
        return REASONS.verdict("not_told", what=state or "state")
    if errors:
        return REASONS.verdict("device_errors", errors=errors)
    return REASONS.verdict("ok")


def _depth(vdev: re.Match[str]) -> int:
    return len(vdev["indent"].expandtabs(8))


def _count(text: str) -> int:
    unit = _UNITS.get(text[-1], 1)
    try:
        return int(float(text.rstrip("KMGT")) * unit)
    except ValueError:
        return 0


def _scrub_age(scan: str, today: date) -> int | None:
    """Return calendar days since a scrub that ran to its end; the time is local and so exact to a day."""
    found = _DATE.search(scan)
    if not found or not scan.startswith("scrub repaired"):
        return None
    try:
        done = date(int(found["year"]), _MONTHS.get(found["month"], 0), int(found["day"]))
    except ValueError:
        return None
    days = (today - done).days
    return max(days, 0) if days >= -1 else None
