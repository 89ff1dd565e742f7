"""Patch lag: for how many days a device has been without a security update that exists.

Where the source gives dates it is the age of the oldest missing security update. Windows' monthly updates replace
each other: a PC that missed six of them is offered the newest only, whose age would be a few days. There the lag is
counted from the first monthly release (the second Tuesday, https://learn.microsoft.com/windows/deployment/update/
release-cycle) after the last security update that is installed, if that is longer. Where no dates are given it is
the days since updates were last installed.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from collectors.inputs.patches import hotfixes
from collectors.inputs.patches.facts import Facts

_SECONDS_A_DAY = 86_400
_TUESDAY = 1


class Basis(StrEnum):
    """How a lag was counted."""

    NONE_MISSING = "none_missing"
    OLDEST_MISSING = "oldest_missing"
    MISSED_RELEASE = "missed_release"
    LAST_SUCCESS = "last_success"


@dataclass(frozen=True, slots=True)
class Lag:
    """A lag.

    Attributes:
        days: how long.
        basis: how it was counted.
    """

    days: float
    basis: Basis


def lag(facts: Facts, now_ns: int) -> Lag | None:
    """Return how far a device is behind; None if the source does not tell."""
    today = datetime.fromtimestamp(now_ns // 10**9, UTC).date()
    if facts.security_count == 0:
        return Lag(0.0, Basis.NONE_MISSING)
    dates = [each.released for each in facts.pending or () if each.security and each.released]
    if dates and min(dates) <= today:
        missing = Lag(float((today - min(dates)).days), Basis.OLDEST_MISSING)
        missed = _missed_release(facts, today)
        return missed if missed and missed.days > missing.days else missing
    if facts.last_success is None:
        return None
    seconds = now_ns / 1e9 - facts.last_success.timestamp()
    return Lag(max(seconds, 0.0) / _SECONDS_A_DAY, Basis.LAST_SUCCESS) if seconds > -_SECONDS_A_DAY else None


def second_tuesday(year: int, month: int) -> date:
    """Return the day of Microsoft's monthly security release."""
    first = date(year, month, 1)
    return first + timedelta(days=(_TUESDAY - first.weekday()) % 7 + 7)


def _missed_release(facts: Facts, today: date) -> Lag | None:
    installed = hotfixes.newest(facts.hotfixes or (), security_only=True) if facts.monthly else None
    if installed is None:
        return None
    last = installed[0]
    release = second_tuesday(last.year, last.month)
    if release <= last:
        year, month = (last.year, last.month + 1) if last.month < 12 else (last.year + 1, 1)
        release = second_tuesday(year, month)
    return Lag(float((today - release).days), Basis.MISSED_RELEASE) if release <= today else None
