"""When inputs run: a fixed place for each device within the interval, so that a fleet does not call all at once."""

import hashlib

FIRST_RUN_WITHIN_S = 60.0
"""However long its interval, an input runs for the first time within a minute: a PC may be on for an hour a day."""

RECHECK_S = 3600.0
"""How soon an input that cannot be used here is looked at again: a tool may have been installed since."""


def first_delay_s(device: str, name: str, interval_s: float) -> float:
    """Return the seconds from the agent's start to an input's first run; the same for a device at every start."""
    digest = hashlib.sha256(f"{device}\n{name}".encode()).digest()
    share = int.from_bytes(digest[:8], "big") / 2**64
    return share * min(interval_s, FIRST_RUN_WITHIN_S)


def next_due(due: float, now: float, interval_s: float) -> float:
    """Return the next time after `now` on the grid that `due` and the interval span; missed times are not made up."""
    missed = max(0.0, (now - due) // interval_s)
    return due + (missed + 1) * interval_s
