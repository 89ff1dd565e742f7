"""One evaluation of a rule over all its series: what is told, where each stood, what has changed. No I/O."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from alert_rules.machine import Bounds, End, Phase, Standing, step, step_missing
from alert_rules.rule import Compare
from alert_rules.series import Key, Reading, Values
from collectors.text import Text

Limits = Callable[[Key], float]
"""The threshold of a series: the rule's own, its contract's or its device's."""


@dataclass(frozen=True, slots=True)
class Change:
    """A finding that opened or closed.

    Attributes:
        key: which series.
        at: Unix seconds of the evaluation.
        end: why it closed; None where it opened.
        value: what was measured; None where the series is missing.
        limit: the threshold in force.
        since: Unix seconds since when it was beyond the threshold (opened) or open (closed).
        reason: the verdict's reason, where it was told.
    """

    key: Key
    at: int
    end: End | None
    value: float | None
    limit: float
    since: int
    reason: Text | None = None


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What an evaluation came to.

    Attributes:
        standings: every series that is not normal.
        changes: findings that opened or closed, in the order of their series.
    """

    standings: dict[Key, Standing]
    changes: list[Change]


def beyond(compare: Compare, values: Values, limits: Values) -> np.ndarray:
    """Tell for each value whether it is beyond its threshold; a missing one is not."""
    match compare:
        case Compare.ABOVE:
            return values > limits
        case Compare.AT_LEAST:
            return values >= limits
        case Compare.BELOW:
            return values < limits
        case Compare.AT_MOST:
            return values <= limits


def evaluate(
    bounds: Bounds, told: Sequence[Reading], before: Mapping[Key, Standing], limit_of: Limits, now: int
) -> Evaluated:
    """Return the states and changes after an evaluation.

    Series that are normal and stay so, nearly all of them, are told from the rest at once; only the others are
    looked at one by one.
    """
    limits = np.fromiter((limit_of(each.key) for each in told), np.float64, len(told))
    values = np.fromiter((each.value for each in told), np.float64, len(told))
    hot = beyond(bounds.compare, values, limits)
    standings: dict[Key, Standing] = {}
    changes: list[Change] = []
    seen = set()
    for reading, limit, is_beyond in zip(told, limits.tolist(), hot.tolist(), strict=True):
        old = before.get(reading.key)
        if old is None and not is_beyond:
            continue
        seen.add(reading.key)
        active = bounds.active(old.phase if old else Phase.NORMAL, reading.value, limit)
        new = step(bounds, old, now, active)
        if new.phase is not Phase.NORMAL:
            standings[reading.key] = new
        changes += _changes(old, new, reading, limit, now)
    for key, old in before.items():
        if key in seen:
            continue
        kept = step_missing(bounds, old, now)
        if kept is not None:
            standings[key] = kept
        elif old.open:
            changes.append(Change(key, now, bounds.missing_end, None, limit_of(key), old.since))
    return Evaluated(standings, changes)


def let_go(before: Mapping[Key, Standing], limit_of: Limits, now: int) -> Evaluated:
    """Return what becomes of a rule's series that nobody can tell anything of: findings close as unknown."""
    open_ = [(key, standing) for key, standing in before.items() if standing.open]
    return Evaluated({}, [Change(key, now, End.UNKNOWN, None, limit_of(key), each.since) for key, each in open_])


def _changes(old: Standing | None, new: Standing, reading: Reading, limit: float, now: int) -> list[Change]:
    was = old is not None and old.open
    if new.open == was:
        return []
    since = old.since if old else now
    end = None if new.open else End.RECOVERED
    return [Change(reading.key, now, end, reading.value, limit, since, reading.reason)]
