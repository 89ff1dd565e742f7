"""Answers of the engine as numbers: values by series, and windows put together from buckets."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from alert_rules.query import REASONS, VALUE, partials
from alert_rules.rule import Reduce, Rule
from collectors.text import Text

Key = tuple[str, ...]
"""What tells a rule's series apart: the values of `Rule.tags`, in that order; "" for a tag that a series lacks."""

Values = NDArray[np.float64]

NS = 10**9


class Answer(Protocol):
    """One series of an answer to a query, as `api.influx.engine.Series` has it."""

    @property
    def tags(self) -> Mapping[str, str]:
        """Values of the GROUP BY tags."""
        ...

    @property
    def columns(self) -> Sequence[str]:
        """Names of the columns, "time" first."""
        ...

    @property
    def values(self) -> Sequence[Sequence[Any]]:
        """Rows; time is Unix nanoseconds."""
        ...


@dataclass(frozen=True, slots=True)
class Reading:
    """What a window's query told of one series.

    Attributes:
        key: which series.
        value: its value, in the unit of the rule's field.
        reason: the verdict's reason, where it was asked for and told.
    """

    key: Key
    value: float
    reason: Text | None = None


def key_of(rule: Rule, tags: Mapping[str, str]) -> Key:
    """Return what tells a series apart."""
    return tuple(tags.get(tag, "") for tag in rule.tags)


def readings(rule: Rule, answers: Iterable[Answer]) -> list[Reading]:
    """Return what the answer to `alert_rules.query.moment_query` tells; series without a value are left out."""
    found = []
    for answer in answers:
        for row in answer.values:
            told = dict(zip(answer.columns, row, strict=True))
            if told.get(VALUE) is not None:
                found.append(Reading(key_of(rule, answer.tags), float(told[VALUE]), reason_of(told)))
    return found


def reason_of(told: Mapping[str, Any]) -> Text | None:
    """Return the reason that a row tells."""
    ja, en = (told.get(name) or "" for name in REASONS)
    return Text(ja or en, en or ja) if ja or en else None


@dataclass(frozen=True, slots=True)
class Grid:
    """Evaluations at even steps.

    Attributes:
        start: Unix seconds at which the first bucket begins; the first evaluation is one step later.
        step_s: length of a bucket, and time between two evaluations.
        steps: how many.
        window: buckets that a window holds.
    """

    start: int
    step_s: int
    steps: int
    window: int

    def at(self, index: int) -> int:
        """Return when an evaluation is made, Unix seconds."""
        return self.start + (index + 1) * self.step_s


def windows(rule: Rule, answer: Answer, grid: Grid) -> Values:
    """Return a series' value at every evaluation of a grid, from its buckets; NaN where its window is empty."""
    times = np.fromiter((row[0] for row in answer.values), np.int64, len(answer.values))
    places = (times // NS - grid.start) // grid.step_s
    within = (places >= 0) & (places < grid.steps)
    columns = {}
    for name in partials(rule.reduce):
        at = answer.columns.index(name)
        # numpy reads None as NaN.
        told = np.array([row[at] for row in answer.values], np.float64)
        columns[name] = _folded(name, places[within], told[within], grid.steps)
    return _reduced(rule.reduce, columns, grid.window)


def _folded(partial: str, places: NDArray[np.int64], told: Values, steps: int) -> Values:
    """Buckets from rows, of which several may be of one bucket."""
    places, told = places[~np.isnan(told)], told[~np.isnan(told)]
    buckets = np.full(steps, np.nan)
    match partial:
        case "last":
            buckets[places] = told
        case "min":
            np.fmin.at(buckets, places, told)
        case "max":
            np.fmax.at(buckets, places, told)
        case _:
            buckets[places] = 0.0
            np.add.at(buckets, places, told)
    return buckets


def _reduced(reduce: Reduce, columns: Mapping[str, Values], width: int) -> Values:
    match reduce:
        case Reduce.LAST:
            return _last(columns["last"], width)
        case Reduce.MIN:
            return _extreme(columns["min"], width, np.fmin)
        case Reduce.MAX:
            return _extreme(columns["max"], width, np.fmax)
        case Reduce.SPREAD:
            return _extreme(columns["max"], width, np.fmax) - _extreme(columns["min"], width, np.fmin)
        case Reduce.MEAN:
            count = _sum(columns["count"], width)
            with np.errstate(invalid="ignore"):
                return np.where(count > 0, _sum(columns["sum"], width) / count, np.nan)
        case Reduce.COUNT:
            return _sum(columns["count"], width)
        case Reduce.HITS:
            return _sum(columns["hits"], width)


def _last(buckets: Values, width: int) -> Values:
    """The newest value of each window: carried forward, as long as the window reaches."""
    place = np.where(np.isnan(buckets), -1, np.arange(len(buckets)))
    newest = np.maximum.accumulate(place)
    reached = (newest >= 0) & (np.arange(len(buckets)) - newest < width)
    return np.where(reached, buckets[np.maximum(newest, 0)], np.nan)


def _extreme(buckets: Values, width: int, pick: np.ufunc) -> Values:
    found = buckets.copy()
    for shift in range(1, min(width, len(buckets))):
        found[shift:] = pick(found[shift:], buckets[:-shift])
    return found


def _sum(buckets: Values, width: int) -> Values:
    """The sum of each window; NaN where it holds no bucket."""
    there = ~np.isnan(buckets)
    total, held = (_rolled(each, width) for each in (np.where(there, buckets, 0.0), there.astype(np.float64)))
    return np.where(held > 0, total, np.nan)


def _rolled(buckets: Values, width: int) -> Values:
    total = np.cumsum(buckets)
    rolled = total.copy()
    rolled[width:] -= total[:-width]
    return rolled
