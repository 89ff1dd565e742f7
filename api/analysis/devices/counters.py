"""What a counter that is read once a day says: how much it grew, and when. Pure numbers.

Counters are reset by firmware or fall when sectors are written anew, and a reading may be wrong: a single reading that
differs from both of its neighbours counts for nothing, and only rises are added up.
"""

from dataclasses import dataclass

import numpy as np

from api.analysis.devices.hourly import Values


@dataclass(frozen=True, slots=True)
class Counted:
    """What a counter said.

    Attributes:
        count: what it said last.
        highest: the most that it ever said.
        growth: sum of its rises within the days asked for.
        rises: days of these on which it rose, rising.
        last_rise: day of the last rise ever; None where it never rose.
        last_day: day of its last reading.
        known_days: days between its first and its last reading.
        readings: days on which it was read.
        is_reset: whether it fell and stayed down.
    """

    count: int
    highest: int
    growth: int
    rises: tuple[int, ...]
    last_rise: int | None
    last_day: int
    known_days: int
    readings: int
    is_reset: bool


def counted(days: Values, values: Values, since: float, largest: int) -> Counted | None:
    """Return what a counter said; None where it said nothing that is a count.

    Args:
        days: days of its readings, rising.
        values: what it said; NaN where nothing.
        since: growth counts from this day on, against the last reading before it.
        largest: a value above this is no count, but several packed numbers.
    """
    good = np.isfinite(values) & (values >= 0) & (values <= largest)
    if not good.any():
        return None
    at, clean = days[good], without_strays(values[good])
    changes = np.diff(clean)
    risen = at[1:][changes > 0]
    recent = at[1:] >= since
    return Counted(
        count=int(clean[-1]),
        highest=int(clean.max()),
        growth=int(changes[recent & (changes > 0)].sum()),
        rises=tuple(int(day) for day in risen[risen >= since]),
        last_rise=int(risen[-1]) if len(risen) else None,
        last_day=int(at[-1]),
        known_days=int(at[-1] - at[0]),
        readings=len(at),
        is_reset=bool((changes < 0).any()),
    )


def without_strays(values: Values) -> Values:
    """Return values in which a single one that differs from both neighbours is what they say; the last one stays."""
    if len(values) < 3:
        return values
    clean = values.copy()
    inner = np.stack([values[:-2], values[1:-1], values[2:]])
    clean[1:-1] = np.median(inner, axis=0)
    clean[0] = np.median(values[:3])
    return clean
