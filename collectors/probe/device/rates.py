"""Rates from two samples of counters: right across a wrap, none where the counter started again or cannot be trusted.

RFC 2863 section 3.1.6: a 32-bit octet counter wraps after 34 s at 1 Gbit/s, so from such a counter a rate is told only
where the interval leaves room for one wrap at most.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

TICKS_WRAP: Final = 2**32
TICKS_PER_S: Final = 100
_CLOCK_SLACK: Final = 0.25
"""How far the device's clock and ours may differ, as a share of the interval, to be telling of the same interval."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Counters of one interface at one time.

    Attributes:
        time_s: when they were read, on a clock that never goes back.
        uptime_ticks: sysUpTime then; None if not told.
        discontinuity: ifCounterDiscontinuityTime; None if not told.
        speed_bps: bits per second; None or 0 if not told.
        counters: by name.
        wide: names of those with 64 bits.
    """

    time_s: float
    uptime_ticks: int | None
    discontinuity: int | None
    speed_bps: int | None
    counters: Mapping[str, int]
    wide: frozenset[str] = frozenset()


def elapsed_s(before: Sample, now: Sample) -> float | None:
    """Return the seconds between two samples; None if the device started again in between.

    The device's own clock is taken where it agrees with ours, as it was read in the same answer as the counters.
    """
    ours = now.time_s - before.time_s
    if ours <= 0:
        return None
    if before.uptime_ticks is None or now.uptime_ticks is None:
        return ours
    theirs = (now.uptime_ticks - before.uptime_ticks) % TICKS_WRAP / TICKS_PER_S
    went_back = now.uptime_ticks < before.uptime_ticks
    agrees = abs(theirs - ours) <= max(2.0, ours * _CLOCK_SLACK)
    if went_back:
        # After 497 days sysUpTime wraps; then the time across the wrap is the time that went by. Else: a restart.
        return theirs if agrees else None
    # Some agents keep sysUpTime in a cache, so that it stands still or jumps.
    return theirs if agrees and theirs > 0 else ours


def rates(before: Sample, now: Sample) -> dict[str, float]:
    """Return growth per second by counter; a counter whose growth cannot be told is left out."""
    interval = elapsed_s(before, now)
    if interval is None or before.discontinuity != now.discontinuity:
        return {}
    found: dict[str, float] = {}
    for name, value in now.counters.items():
        wide = name in now.wide
        if name not in before.counters or wide != (name in before.wide):
            continue
        grown = growth(before.counters[name], value, 64 if wide else 32, _most(name, interval, now.speed_bps))
        if grown is not None:
            found[name] = grown / interval
    return found


def growth(before: int, now: int, bits: int, most: float | None) -> int | None:
    """Return by how much a counter grew.

    Args:
        before: earlier value.
        now: later value.
        bits: 32 or 64.
        most: how much it can have grown; None if that is not known.

    Returns:
        None if it went back other than by a wrap, or may have wrapped more than once.
    """
    size = 2**bits
    if not (0 <= before < size and 0 <= now < size):
        return None
    if bits == 32 and most is not None and most >= size:
        return None
    if now >= before:
        return now - before
    wrapped = now + size - before
    # Where the speed is not known, growth of more than half the range is rather a counter that was set back.
    limit = size // 2 if most is None else min(size // 2, most * (1 + _CLOCK_SLACK))
    return wrapped if wrapped <= limit else None


def _most(name: str, interval: float, speed_bps: int | None) -> float | None:
    """Return how much a counter of octets can grow in an interval at full speed; packets are at most 1/64 of that."""
    if not speed_bps:
        return None
    octets = speed_bps / 8 * interval
    return octets if name.endswith("octets") else octets / 64
