"""One round: the rules that are due are evaluated over all contracts, and what changed is stored.

A rule's states, findings and the time of its evaluation are stored in one transaction: killed at any moment, the next
round goes on from the last whole evaluation; of two at once, the later one finds that it was done.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from alert_rules.evaluation import Change, evaluate, let_go
from alert_rules.machine import Bounds, Standing
from alert_rules.query import picks
from alert_rules.rule import OnError, Rule, seconds
from alert_rules.series import Key, readings
from api.alerts.asking import Due, answers
from api.alerts.findings import standings_of, store
from api.alerts.reasons import reasons_of
from api.alerts.thresholds import Thresholds, in_force
from api.db import Database
from api.influx.engine import Engine, EngineError, Series
from api.models import RuleRun

_log = logging.getLogger(__name__)

_ERROR_LENGTH = 500
_CLOCK_MAY_DIFFER = timedelta(minutes=5)
"""By so much the clocks of two workers may differ."""


@dataclass(frozen=True, slots=True)
class Round:
    """What a round did.

    Attributes:
        evaluated: ids of the rules that were evaluated.
        opened: findings that opened.
        closed: findings that closed.
        failed: rule -> why it could not be evaluated.
    """

    evaluated: tuple[str, ...]
    opened: int
    closed: int
    failed: Mapping[str, str]


def evaluate_due(
    database: Database,
    engine: Engine,
    raw: str,
    rules: Iterable[Rule],
    now: datetime,
    going: Callable[[], bool] = lambda: True,
) -> Round:
    """Evaluate every rule whose time has come since its last evaluation.

    Args:
        database: where findings are kept.
        engine: what is asked.
        raw: the database of raw points.
        rules: all rules.
        now: this moment.
        going: False once the round is to end early.
    """
    with database.reading() as session:
        thresholds = in_force(session)
        runs = {run.rule: run.evaluated_at for run in session.scalars(select(RuleRun))}
    evaluated: list[str] = []
    opened = closed = 0
    failed: dict[str, str] = {}
    # The most frequent ones first: a router that is away must not wait for rules that are asked once an hour.
    timed = [Due(rule, _tick(rule, now)) for rule in sorted(rules, key=lambda each: seconds(each.every))]
    due = [each for each in timed if not _is_done(runs.get(each.rule.id), each.tick)]
    for each, answer in answers(engine, raw, due, going):
        rule = each.rule
        try:
            changes = _evaluate(database, engine, raw, each, answer(), thresholds)
        except EngineError as error:
            failed[rule.id] = str(error)
            changes = _failed(database, rule, thresholds, each.tick, str(error))
            closed += len(changes)
            continue
        evaluated.append(rule.id)
        opened += sum(change.end is None for change in changes)
        closed += sum(change.end is not None for change in changes)
    return Round(tuple(evaluated), opened, closed, failed)


def _tick(rule: Rule, now: datetime) -> datetime:
    """The newest moment, not after now, at which a rule is to be evaluated: whole multiples of its `every`."""
    every = seconds(rule.every)
    return datetime.fromtimestamp(int(now.timestamp()) // every * every, UTC)


def _is_done(last: datetime | None, tick: datetime) -> bool:
    """Tell whether a rule was evaluated for a tick.

    An evaluation far ahead of the clock was made before the clock was set back: to wait until the clock comes there
    again would leave the customers unwatched.
    """
    return last is not None and tick <= last <= tick + _CLOCK_MAY_DIFFER


def not_after(before: Mapping[Key, Standing], at: int) -> dict[Key, Standing]:
    """Return standings none of whose times is after a moment, which they are when the clock was set back."""
    return {
        key: Standing(each.phase, min(each.since, at), min(each.seen, at)) if each.seen > at else each
        for key, each in before.items()
    }


def _evaluate(
    database: Database, engine: Engine, raw: str, due: Due, answer: list[Series], thresholds: Thresholds
) -> list[Change]:
    rule, tick, at = due.rule, due.tick, due.at
    told = readings(rule, answer)
    with database.reading() as session:
        before = standings_of(session, rule)
    done = evaluate(Bounds.of(rule), told, not_after(before, at), thresholds.limits(rule), at)
    unexplained = [] if picks(rule) else [each.key for each in done.changes if each.end is None and not each.reason]
    reasons = reasons_of(engine, raw, rule, unexplained, at)
    with database.writing.begin() as session:
        run = session.get(RuleRun, rule.id)
        if _is_done(run.evaluated_at if run else None, tick) or standings_of(session, rule) != before:
            # Another evaluator came in between; its states are newer than those that this one began from.
            return []
        session.merge(RuleRun(rule=rule.id, evaluated_at=tick, failed_at=None, error=""))
        return store(session, rule, done, before, reasons)


def _failed(database: Database, rule: Rule, thresholds: Thresholds, tick: datetime, error: str) -> list[Change]:
    """Note that a rule could not be evaluated; what it means for its findings is the rule's own."""
    _log.warning("rule %s could not be evaluated: %s", rule.id, error)
    with database.writing.begin() as session:
        run = session.get(RuleRun, rule.id) or RuleRun(rule=rule.id)
        run.failed_at, run.error = tick, error[:_ERROR_LENGTH]
        session.add(run)
        if rule.error is OnError.KEEP:
            return []
        before = standings_of(session, rule)
        return store(session, rule, let_go(before, thresholds.limits(rule), int(tick.timestamp())), before, {})
