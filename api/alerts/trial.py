"""A rule tried on stored history: today's thresholds beside another value, for the command line, the API and pages."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from alert_rules.backtest import Past, Spell
from alert_rules.comparison import Difference, Tally, compare, propose, tally
from alert_rules.evaluation import Limits
from alert_rules.rule import Rule
from alert_rules.series import Key
from api.alerts.history import DAY_S, Databases, Looked, Resolution, Span, choose, look_back
from api.alerts.message import part, subject
from api.alerts.thresholds import Thresholds
from api.influx.engine import Engine

WEEK_S = 7 * DAY_S


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be tried.

    Attributes:
        rule: which rule.
        contract: public id of the contract whose history is read.
        span: which part of the past.
        value: a threshold to try beside today's; None for none.
        subject: the device or equipment that the value is for; "" for the whole contract.
        budget: findings per device and week to which a proposal is to keep; None for no proposal.
        resolution: what is read; None for what suits the rule and the span.
    """

    rule: Rule
    contract: str
    span: Span
    value: float | None = None
    subject: str = ""
    budget: float | None = None
    resolution: Resolution | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is found with one set of thresholds."""

    spells: list[Spell]
    tally: Tally


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it.

    Attributes:
        asked: what was tried.
        looked: what was read.
        devices: how many devices, pieces of equipment or sites the rule has seen.
        today: with the thresholds in force.
        tried: with the value beside; None where none was asked for.
        difference: how the two differ.
        proposal: the most watchful value that keeps to the budget; None where none does, or none was asked for.
    """

    asked: Asked
    looked: Looked
    devices: int
    today: Outcome
    tried: Outcome | None
    difference: Difference | None
    proposal: float | None


def try_rule(engine: Engine, databases: Databases, thresholds: Thresholds, asked: Asked) -> Trial:
    """Read a rule's past once and tell what would have been found.

    Raises:
        EngineError: the engine refused or did not answer.
    """
    rule, span = asked.rule, asked.span
    resolution = asked.resolution or choose(rule, span)
    limits = [thresholds.limits(rule)]
    if asked.value is not None:
        limits.append(thresholds.tried(rule, asked.contract, asked.value, asked.subject).limits(rule))
    # A proposal tries many thresholds, so that every series may matter.
    only = limits if asked.budget is None else []
    looked = look_back(engine, databases, rule, asked.contract, span, resolution, only)
    devices = len({key[: len(rule.subject.tags)] for key, _values in looked.past.series})
    today, *others = (_outcome(looked.past, limit, devices) for limit in limits)
    tried = others[0] if others else None
    proposal = None
    if asked.budget is not None and rule.parameter is not None:
        proposal = propose(looked.past, rule.parameter, devices, asked.budget)
    difference = compare(today.spells, tried.spells) if tried else None
    return Trial(asked, looked, devices, today, tried, difference, proposal)


def _outcome(past: Past, limits: Limits, devices: int) -> Outcome:
    spells = past.spells(limits)
    return Outcome(spells, tally(spells, past, devices))


def about(rule: Rule, key: Key) -> str:
    """Return the name of what a series is about, with its part."""
    tags = dict(zip(rule.tags, key, strict=True))
    return f"{subject(tags)} {part(rule, tags)}".strip()


def weekly(spells: Sequence[Spell], looked: Looked) -> list[int]:
    """Return how many findings opened in each week of the span; the last one may be shorter."""
    counts = Counter((each.opened - looked.since) // WEEK_S for each in spells)
    weeks = -(-(looked.until - looked.since) // WEEK_S)
    return [counts[week] for week in range(weeks)]


def plain(trial: Trial) -> dict[str, object]:
    """Return a trial as JSON has it: times are UTC."""
    rule, looked, difference = trial.asked.rule, trial.looked, trial.difference
    return {
        "rule": rule.id,
        "since": _iso(looked.since),
        "until": _iso(looked.until),
        "read": str(looked.resolution),
        "exact": looked.is_exact,
        "devices": trial.devices,
        "today": _plain_outcome(rule, looked, trial.today),
        "tried": _plain_outcome(rule, looked, trial.tried) if trial.tried else None,
        "missed": [_plain_spell(rule, each) for each in difference.missed] if difference else [],
        "gained": [_plain_spell(rule, each) for each in difference.gained] if difference else [],
        "proposed": trial.proposal,
    }


def _plain_outcome(rule: Rule, looked: Looked, outcome: Outcome) -> dict[str, object]:
    return {
        "findings": outcome.tally.count,
        "open_s": outcome.tally.open_s,
        "per_device_week": outcome.tally.per_device_week,
        "weekly": weekly(outcome.spells, looked),
        "spells": [_plain_spell(rule, each) for each in outcome.spells],
    }


def _plain_spell(rule: Rule, spell: Spell) -> dict[str, object]:
    return {
        "tags": dict(zip(rule.tags, spell.key, strict=True)),
        "opened": _iso(spell.opened),
        "closed": None if spell.closed is None else _iso(spell.closed),
        "end": None if spell.end is None else str(spell.end),
        "value": spell.value,
        "worst": spell.worst,
        "limit": spell.limit,
    }


def moment_of(second: int) -> datetime:
    """Return Unix seconds as a moment."""
    return datetime.fromtimestamp(second, UTC)


def second_of(moment: datetime) -> int:
    """Return a moment as whole Unix seconds."""
    return int(moment.timestamp())


def _iso(second: int) -> str:
    return moment_of(second).isoformat()
