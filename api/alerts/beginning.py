"""The first evaluation of rules over a history that is already there, as if they had been evaluated all along.

What the past held becomes findings with their ends, of which nobody is told any more. What still lasts becomes an open
finding, which is told.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from alert_rules.backtest import Spell
from alert_rules.evaluation import Change, Evaluated
from alert_rules.machine import Phase, Standing
from alert_rules.rule import Rule, seconds
from alert_rules.series import Key
from api.alerts.findings import store
from api.alerts.history import Databases, Resolution, Span, look_back
from api.alerts.reasons import reasons_of
from api.alerts.thresholds import in_force
from api.db import Database
from api.influx.engine import Engine
from api.models import Contract, ContractState, Finding, FindingTransition, RuleRun
from collectors.text import Text


@dataclass(frozen=True, slots=True)
class Begun:
    """What the past held.

    Attributes:
        rules: how many were evaluated for the first time.
        over: findings that are over.
        open: findings that last.
    """

    rules: int
    over: int
    open: int


def begin(
    database: Database,
    engine: Engine,
    databases: Databases,
    rules: Iterable[Rule],
    span: Span,
    done: Callable[[int], None] = lambda _rules: None,
) -> Begun:
    """Evaluate rules over a span that were never evaluated before; others are left alone.

    A rule is stored as a whole: cut off in between, the next call goes on with the rules that are left.

    Args:
        database: where findings are kept.
        engine: what is asked.
        databases: with raw points and with the rollup.
        rules: all rules.
        span: the past; read from raw points.
        done: is told how many rules are done since it was told last.

    Raises:
        EngineError: the engine refused or did not answer.
    """
    with database.reading() as session:
        known = set(session.scalars(select(RuleRun.rule).where(RuleRun.evaluated_at.is_not(None))))
        active = select(Contract.public_id).where(Contract.state == ContractState.ACTIVE)
        contracts = list(session.scalars(active.order_by(Contract.public_id)))
        thresholds = in_force(session)
    begun = over = open_ = 0
    for rule in rules:
        if rule.id not in known:
            spells: list[Spell] = []
            until = span.until // seconds(rule.every) * seconds(rule.every)
            for contract in contracts:
                looked = look_back(engine, databases, rule, contract, span, Resolution.RAW)
                spells += looked.past.spells(thresholds.limits(rule))
            lasting = [spell.key for spell in spells if spell.closed is None]
            reasons = reasons_of(engine, databases.raw, rule, lasting, until)
            with database.writing.begin() as session:
                _store(session, rule, spells, reasons, until)
            begun, open_ = begun + 1, open_ + len(lasting)
            over += len(spells) - len(lasting)
        done(1)
    return Begun(begun, over, open_)


def _store(session: Session, rule: Rule, spells: list[Spell], reasons: dict[Key, Text], until: int) -> None:
    """Store findings in the order in which they came: of a series one must be over before the next may open."""
    rounds: dict[Key, int] = {}
    waves: dict[int, list[Spell]] = {}
    for spell in spells:
        rounds[spell.key] = wave = rounds.get(spell.key, -1) + 1
        waves.setdefault(wave, []).append(spell)
    for wave in sorted(waves):
        opened = [Change(s.key, s.opened, None, s.value, s.limit, s.opened) for s in waves[wave]]
        closed = [Change(s.key, s.closed, s.end, None, s.limit, s.opened) for s in waves[wave] if s.closed is not None]
        standings = {s.key: Standing(Phase.FIRING, s.opened, until) for s in waves[wave] if s.closed is None}
        store(session, rule, Evaluated(standings, opened), {}, reasons)
        store(session, rule, Evaluated({}, closed), {}, reasons)
    _keep_silent(session, rule)
    session.execute(
        insert(RuleRun), [{"rule": rule.id, "evaluated_at": datetime.fromtimestamp(until, UTC), "error": ""}]
    )


def _keep_silent(session: Session, rule: Rule) -> None:
    """Settle the transitions of findings that are over: they are old news."""
    past = select(Finding.id).where(Finding.rule == rule.id, Finding.closed_at.is_not(None))
    session.execute(
        update(FindingTransition)
        .where(FindingTransition.finding_id.in_(past))
        .values(relay_at=None)
        .execution_options(synchronize_session=False)
    )
