"""The state machine of one series of a rule: what an evaluation does to its state.

It does what Grafana's does (pkg/services/ngalert/state of Grafana 13), so that a rule means the same there and here:

- beyond the threshold a series is pending until `for` has passed, then firing;
- pending and firing series end by the recovery threshold, all others begin by the first one;
- a firing series whose value is well again is recovering until `keep_firing` has passed; beyond the threshold again, it
  fires at once;
- a series that is missing stays as it is, until it has been missing for a number of evaluations.
"""

from dataclasses import dataclass
from enum import StrEnum

from alert_rules.rule import Compare, NoData, Rule, seconds


class Phase(StrEnum):
    """Where a series stands."""

    NORMAL = "normal"
    PENDING = "pending"
    FIRING = "firing"
    RECOVERING = "recovering"


class End(StrEnum):
    """Why a finding ended."""

    RECOVERED = "recovered"
    """The value came back within the recovery threshold."""

    GONE = "gone"
    """It is told no longer, which by the rule means that it has ended."""

    UNKNOWN = "unknown"
    """Nobody can tell any longer: the points stopped."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of one series.

    Attributes:
        phase: where it stands.
        since: Unix seconds since when it is in this phase.
        seen: Unix seconds of the last evaluation that had a value.
    """

    phase: Phase
    since: int
    seen: int

    @property
    def open(self) -> bool:
        """Tell whether it is a finding."""
        return self.phase in (Phase.FIRING, Phase.RECOVERING)


@dataclass(frozen=True, slots=True)
class Bounds:
    """A rule's times and comparison, worked out once.

    Attributes:
        compare: when a value is beyond the threshold.
        margin: how far back within it ends a finding.
        pending_s: how long before it fires.
        keep_s: how long it stays open after.
        missing_s: how long it may be missing.
        missing_end: why it ends then.
    """

    compare: Compare
    margin: float
    pending_s: int
    keep_s: int
    missing_s: int
    missing_end: End

    @classmethod
    def of(cls, rule: Rule) -> "Bounds":
        """Return those of a rule."""
        return cls(
            compare=rule.compare,
            margin=rule.margin,
            pending_s=seconds(rule.pending),
            keep_s=seconds(rule.keep_firing),
            missing_s=rule.missing_evaluations * seconds(rule.every),
            missing_end=End.GONE if rule.no_data is NoData.OK else End.UNKNOWN,
        )

    def active(self, phase: Phase, value: float, limit: float) -> bool:
        """Tell whether a value keeps or brings a series beyond its threshold.

        With the margin m and the limit l, a series that is above l ends at or below l - m; a series that is at least l
        ends below l - m. Downwards likewise. A recovering series begins anew by the limit itself, as in Grafana.
        """
        give = self.margin if phase in (Phase.PENDING, Phase.FIRING) else 0.0
        # By the distance, as Grafana's rules do: written otherwise, a value just at l - m may come out otherwise.
        over = value - limit
        match self.compare:
            case Compare.ABOVE:
                return over > -give
            case Compare.AT_LEAST:
                return over >= -give
            case Compare.BELOW:
                return over < give
            case Compare.AT_MOST:
                return over <= give


def step(bounds: Bounds, before: Standing | None, now: int, active: bool) -> Standing:
    """Return the state after an evaluation that had a value.

    Args:
        bounds: the rule's.
        before: the state so far; None where the series is new.
        now: Unix seconds of the evaluation.
        active: what `Bounds.active` says of the value.
    """
    phase = before.phase if before else Phase.NORMAL
    since = before.since if before else now
    after = (_after_active if active else _after_well)(bounds, phase, since, now)
    return Standing(after, since if after is phase else now, now)


def step_missing(bounds: Bounds, before: Standing, now: int) -> Standing | None:
    """Return the state after an evaluation in which the series was missing; None once it is forgotten."""
    return before if now - before.seen < bounds.missing_s else None


def _after_active(bounds: Bounds, phase: Phase, since: int, now: int) -> Phase:
    if phase is Phase.NORMAL:
        return Phase.PENDING if bounds.pending_s else Phase.FIRING
    if phase is Phase.PENDING and now - since < bounds.pending_s:
        return Phase.PENDING
    return Phase.FIRING


def _after_well(bounds: Bounds, phase: Phase, since: int, now: int) -> Phase:
    if phase is Phase.FIRING and bounds.keep_s:
        return Phase.RECOVERING
    if phase is Phase.RECOVERING and now - since < bounds.keep_s:
        return Phase.RECOVERING
    return Phase.NORMAL
