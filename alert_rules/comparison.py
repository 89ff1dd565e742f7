"""Two sets of would-be findings side by side, and a threshold that keeps to a budget of alerts. No I/O."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from alert_rules.backtest import Past, Spell
from alert_rules.evaluation import Limits
from alert_rules.rule import Parameter

_FEWEST = 15
"""Thresholds that are tried at least; at most ten times as many."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What findings come to.

    Attributes:
        count: how many.
        open_s: how long they were open together, seconds.
        per_device_week: findings per device (or equipment) and week; None where there is no device.
    """

    count: int
    open_s: int
    per_device_week: float | None


def tally(spells: Sequence[Spell], past: Past, devices: int) -> Tally:
    """Return what findings of a span come to, for so many devices that the rule has seen."""
    grid = past.grid
    until = grid.start + grid.steps * grid.step_s
    weeks = grid.steps * grid.step_s / (7 * 86_400)
    rate = len(spells) / weeks / devices if weeks and devices else None
    return Tally(len(spells), sum(spell.length_s(until) for spell in spells), rate)


@dataclass(frozen=True, slots=True)
class Difference:
    """How findings with another threshold differ from today's.

    Attributes:
        missed: of today's, those during which the other threshold finds nothing.
        gained: of the other's, those during which today's finds nothing.
    """

    missed: list[Spell]
    gained: list[Spell]


def compare(today: Sequence[Spell], other: Sequence[Spell]) -> Difference:
    """Tell which findings would be missed and which gained; those that overlap in time are the same one."""
    return Difference(_without(today, other), _without(other, today))


def _without(some: Sequence[Spell], others: Sequence[Spell]) -> list[Spell]:
    by_key: dict[tuple[str, ...], list[Spell]] = {}
    for each in others:
        by_key.setdefault(each.key, []).append(each)
    return [one for one in some if not any(_overlap(one, each) for each in by_key.get(one.key, ()))]


def _overlap(one: Spell, other: Spell) -> bool:
    return (one.closed is None or other.opened < one.closed) and (other.closed is None or one.opened < other.closed)


def propose(past: Past, parameter: Parameter, devices: int, budget: float) -> float | None:
    """Return the most watchful threshold that would have kept to a budget; None where not even the laziest would.

    From the laziest on, thresholds are tried until one spends more than the budget.

    Args:
        past: what the rule would have seen.
        parameter: its bounds.
        devices: how many devices the rule has seen.
        budget: findings per device and week that are acceptable.
    """
    kept: float | None = None
    for limit in _candidates(parameter, laziest_is_highest=past.bounds.compare.upward):
        found = past.spells(_always(limit))
        rate = tally(found, past, devices).per_device_week
        if rate is not None and rate > budget:
            break
        kept = limit
    return kept


def _candidates(parameter: Parameter, *, laziest_is_highest: bool) -> list[float]:
    """Numbers that people would set, all over the parameter's bounds, the laziest first."""
    width = parameter.max - parameter.min
    step = 10.0 ** math.floor(math.log10(width / _FEWEST))
    inner = np.arange(math.ceil(parameter.min / step), math.floor(parameter.max / step) + 1) * step
    # Decimal steps are no whole numbers of bits: 0.30000000000000004 would be shown to people.
    found = {parameter.min, parameter.max, *(round(float(each), 10) for each in inner)}
    return sorted(found, reverse=laziest_is_highest)


def _always(limit: float) -> Limits:
    return lambda _key: limit
