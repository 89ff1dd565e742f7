"""Groups smaller than k are made larger by saying less of them, or left out. Pure.

Source: L. Sweeney, "Achieving k-anonymity privacy protection using generalization and suppression", International
Journal on Uncertainty, Fuzziness and Knowledge-based Systems 10 (5), 2002; the recoding here is local.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass

ANY = "*"
"""Stands for a value that is not told."""

Traits = tuple[str, ...]
"""What is told of a row by which somebody may recognise whose it is."""


@dataclass(frozen=True, slots=True)
class Step:
    """One way of saying less.

    Attributes:
        column: which of the traits.
        told: value -> what is told of it then.
    """

    column: int
    told: Callable[[str], str]

    def take(self, traits: Traits) -> Traits:
        """Return the traits after it."""
        return (*traits[: self.column], self.told(traits[self.column]), *traits[self.column + 1 :])


def anything(value: str) -> str:
    """Tell nothing of a value; that there is none is told as well by nothing."""
    return ANY


def generalised(groups: Mapping[Traits, Set[str]], steps: Sequence[Step], k: int) -> dict[Traits, Traits | None]:
    """Return what is told of each group: as much as k members or more share; None where even the least is too much.

    Step by step, less is told of groups that still are too small. One that is large enough stays as it is, and may only
    grow by others that become like it.

    Args:
        groups: traits -> whose rows have them.
        steps: what is given up, the first first.
        k: how many members a group must have.
    """
    told = {traits: traits for traits in groups}
    for step in steps:
        small = _small(groups, told, k)
        if not small:
            break
        for traits, now in told.items():
            if now in small:
                told[traits] = step.take(now)
    small = _small(groups, told, k)
    return {traits: None if now in small else now for traits, now in told.items()}


def _small(groups: Mapping[Traits, Set[str]], told: Mapping[Traits, Traits], k: int) -> set[Traits]:
    members: defaultdict[Traits, set[str]] = defaultdict(set)
    for traits, now in told.items():
        members[now] |= groups[traits]
    return {now for now, those in members.items() if len(those) < k}
