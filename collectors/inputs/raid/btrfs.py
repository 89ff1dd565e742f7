"""`btrfs device stats`: errors that btrfs counted on each device of a file system.

Source: btrfs-device(8), "DEVICE STATS". The counters stay until `btrfs device stats --reset`.
"""

import re

from collectors.inputs.raid.array import MOST_ERRORS, Array
from collectors.inputs.raid.wording import REASONS
from collectors.verdict import Verdict

SOURCE = "btrfs"

_LINE = re.compile(r"\[(?P<device>[^\]]+)\]\.(?P<counter>\w+_(?:errs|io_errs)) +(?P<count>\d{1,18})")
_COUNTERS = 5
"""Lines a device: write, read, flush, corruption and generation errors."""


def is_stats(text: str) -> bool:
    """Tell whether a text is the output of `btrfs device stats`."""
    return _LINE.match(text.lstrip("\ufeff \r\n")) is not None


def read(text: str, name: str) -> Array:
    """Return the file system as an array of that name."""
    counters: dict[str, list[int]] = {}
    lines = text.split("\n")
    for at, line in enumerate(lines, 1):
        found = _LINE.fullmatch(line.rstrip())
        # A line without its end may hold half a number; no number but 0 begins with 0.
        if found and (at < len(lines) or found["count"] == "0"):
            counters.setdefault(found["device"], []).append(int(found["count"]))
    whole = all(len(each) == _COUNTERS for each in counters.values()) and bool(counters)
    missing = [device for device in counters if "missing" in device]
    errors = sum(sum(each) for each in counters.values())
    return Array(
        name=name,
        source=SOURCE,
        verdict=_verdict(whole, len(missing), len(counters), errors),
        members=len(counters) if whole else None,
        members_active=len(counters) - len(missing) if whole else None,
        errors=min(errors, MOST_ERRORS) if whole else None,
    )


def _verdict(whole: bool, missing: int, devices: int, errors: int) -> Verdict:
    if missing:
        return REASONS.verdict("degraded", active=devices - missing, members=devices)
    if errors:
        return REASONS.verdict("device_errors", errors=errors)
    return REASONS.verdict("ok") if whole else REASONS.verdict("partial")
