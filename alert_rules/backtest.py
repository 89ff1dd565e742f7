"""What a rule would have done over a span of the past. No I/O: the engine's buckets come in."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from alert_rules.evaluation import Limits, beyond
from alert_rules.machine import Bounds, End, Phase, Standing, step, step_missing
from alert_rules.rule import Rule
from alert_rules.series import Answer, Grid, Key, Values, key_of, windows


@dataclass(frozen=True, slots=True)
class Spell:
    """A finding that would have been.

    Attributes:
        key: which series.
        opened: Unix seconds.
        closed: Unix seconds; None where it goes on at the end of the span.
        end: why it closed; None where it goes on.
        value: what was measured as it opened.
        worst: the value farthest beyond the threshold while it was open.
        limit: the threshold.
    """

    key: Key
    opened: int
    closed: int | None
    end: End | None
    value: float
    worst: float
    limit: float

    def length_s(self, until: int) -> int:
        """Return how long it was open within a span that ends at `until`."""
        return (until if self.closed is None else self.closed) - self.opened


@dataclass(frozen=True, slots=True)
class Past:
    """What a rule would have seen over a span: read once, tried with as many thresholds as one likes.

    Attributes:
        bounds: the rule's.
        grid: the evaluations.
        series: each series' value at every evaluation.
    """

    bounds: Bounds
    grid: Grid
    series: list[tuple[Key, Values]]

    @classmethod
    def of(cls, rule: Rule, answers: Iterable[Answer], grid: Grid) -> "Past":
        """Put the windows together from the answers of `alert_rules.query.bucket_query` or `hour_query`."""
        return cls(
            Bounds.of(rule), grid, [(key_of(rule, answer.tags), windows(rule, answer, grid)) for answer in answers]
        )

    def spells(self, limit_of: Limits) -> list[Spell]:
        """Return what would have been found with some thresholds, the earliest first."""
        found = [
            spell for key, values in self.series for spell in spells(self.bounds, key, values, limit_of(key), self.grid)
        ]
        return sorted(found, key=lambda each: (each.opened, each.key))


def spells(bounds: Bounds, key: Key, values: Values, limit: float, grid: Grid) -> list[Spell]:
    """Return the findings of one series; one that is never beyond its threshold costs next to nothing."""
    first = np.flatnonzero(beyond(bounds.compare, values, np.full(1, limit)))
    if not len(first):
        return []
    found: list[Spell] = []
    standing: Standing | None = None
    opened = worst = 0
    for index in range(int(first[0]), grid.steps):
        value, now = float(values[index]), grid.at(index)
        if value != value:  # NaN: the window holds no point
            if standing is None:
                continue
            after, end = step_missing(bounds, standing, now), bounds.missing_end
        else:
            active = bounds.active(standing.phase if standing else Phase.NORMAL, value, limit)
            after, end = step(bounds, standing, now, active), End.RECOVERED
        was, is_open = standing is not None and standing.open, after is not None and after.open
        if is_open and not was:
            opened = worst = index
        elif was and not is_open:
            found.append(_spell(key, values, limit, grid, opened, worst, index, end))
        elif is_open and _worse(bounds, value, float(values[worst])):
            worst = index
        standing = None if after is None or after.phase is Phase.NORMAL else after
    if standing is not None and standing.open:
        found.append(_spell(key, values, limit, grid, opened, worst, None, None))
    return found


def _worse(bounds: Bounds, value: float, worst: float) -> bool:
    return value > worst if bounds.compare.upward else value < worst


def _spell(
    key: Key, values: Values, limit: float, grid: Grid, opened: int, worst: int, closed: int | None, end: End | None
) -> Spell:
    return Spell(
        key=key,
        opened=grid.at(opened),
        closed=None if closed is None else grid.at(closed),
        end=end,
        value=float(values[opened]),
        worst=float(values[worst]),
        limit=limit,
    )
