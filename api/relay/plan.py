"""Transitions that are to be told become deliveries; the others are held back or settled.

A batch is one transaction. Two planners at once: on SQLite the second waits for the first's write lock; on PostgreSQL
each locks its own rows.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from alert_rules.registry import Entry
from alert_rules.rule import Rule
from api.db import Database
from api.models import (
    Channel,
    Contract,
    ContractState,
    Delivery,
    DeliveryItem,
    Finding,
    FindingTransition,
    Happening,
    Held,
    MaintenanceWindow,
    Snooze,
    Told,
    TransitionKind,
)
from api.relay.decision import Decision, Facts, Hold, Settle, decide
from api.relay.flapping import LOOK_BACK, openings_until
from api.relay.grouping import kind_of, rank
from api.relay.outbox import Outbox
from api.relay.windows import covers, latest_end

BATCH = 500
"""Transitions of one transaction: on SQLite nobody else writes meanwhile."""

_KEYS = 500

Value = TypeVar("Value", int, str)


@dataclass(slots=True)
class Planned:
    """What a planning did.

    Attributes:
        told: transitions that are told.
        held: transitions that wait.
        settled: transitions that nobody is told of.
    """

    told: int = 0
    held: int = 0
    settled: int = 0

    @property
    def looked_at(self) -> int:
        """How many transitions there were."""
        return self.told + self.held + self.settled


@dataclass(frozen=True, slots=True)
class _Due:
    transition: FindingTransition
    finding: Finding
    state: ContractState

    @property
    def series(self) -> tuple[str, str]:
        return self.finding.rule, self.finding.key

    @property
    def opening(self) -> bool:
        return self.transition.kind is TransitionKind.OPENED


@dataclass(slots=True)
class _Known:
    """What decisions of a batch need, read at once."""

    windows: dict[int, list[MaintenanceWindow]] = field(default_factory=lambda: defaultdict(list))
    channels: dict[int, list[Channel]] = field(default_factory=lambda: defaultdict(list))
    snoozed: dict[tuple[str, str], datetime] = field(default_factory=dict)
    opened: dict[tuple[str, str], list[datetime]] = field(default_factory=lambda: defaultdict(list))
    open_of: dict[tuple[int, str], list[Mapping[str, str]]] = field(default_factory=lambda: defaultdict(list))
    told_by: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    opening_waits: dict[int, Held] = field(default_factory=dict)


def plan(database: Database, rules: Mapping[str, Entry], now: datetime) -> Planned:
    """Look at one batch of transitions whose time has come.

    Args:
        database: where they are.
        rules: all rules by id.
        now: this moment.
    """
    done = Planned()
    with database.writing.begin() as session:
        due = _due(session, now)
        if not due:
            return done
        known = _read(session, due, rules, now)
        outbox = Outbox(session, now)
        outbox.take_in(channel for some in known.channels.values() for channel in some)
        over_in_maintenance = Counter[int]()
        for each in due:
            entry = rules.get(each.finding.rule)
            _apply(each, entry, _decision(each, entry, known, now), known, outbox, done)
            if each.transition.held is Held.MAINTENANCE and each.transition.told is Told.OVER:
                over_in_maintenance[each.finding.contract_id] += 1
        outbox.flush(over_in_maintenance)
    return done


def _due(session: Session, now: datetime) -> list[_Due]:
    asked = (
        select(FindingTransition, Finding, Contract.state)
        .join(Finding, Finding.id == FindingTransition.finding_id)
        .join(Contract, Contract.id == Finding.contract_id)
        .where(FindingTransition.relay_at <= now)
        .order_by(FindingTransition.id)
        .limit(BATCH)
        .with_for_update(of=FindingTransition, skip_locked=True)
    )
    return [_Due(*row) for row in session.execute(asked)]


def _decision(each: _Due, entry: Entry | None, known: _Known, now: datetime) -> Decision:
    if entry is None:
        return Settle(Told.RETIRED)
    if each.state is not ContractState.ACTIVE:
        return Settle(Told.INACTIVE)
    if entry.rule.staff_only:
        return Settle(Told.STAFF_ONLY)
    return decide(_facts(each, entry.rule, known, now))


def _facts(each: _Due, rule: Rule, known: _Known, now: datetime) -> Facts:
    finding, transition = each.finding, each.transition
    windows = [w for w in known.windows[finding.contract_id] if covers(w, finding.rule, finding.tags)]
    moments = (now,) if transition.held else (now, transition.at)
    ends = [end for moment in moments if (end := latest_end(windows, moment)) is not None]
    opened = known.opened[each.series]
    return Facts(
        opening=each.opening,
        at=transition.at,
        now=now,
        held=transition.held,
        closed=finding.closed_at is not None,
        was_told=bool(known.told_by[finding.id]),
        opening_waits=known.opening_waits.get(finding.id),
        maintenance_ends=max(ends, default=None),
        snoozed_until=known.snoozed.get(each.series),
        overridden=_is_overridden(rule, finding, known),
        openings=openings_until(opened, finding.opened_at),
        is_latest=finding.opened_at >= max(opened, default=finding.opened_at)
        and not (each.opening and finding.closed_at is not None),
    )


def _is_overridden(rule: Rule, finding: Finding, known: _Known) -> bool:
    """Tell whether the more urgent rule has an open finding about the same: no tag that both have differs."""
    if rule.overridden_by is None:
        return False
    return any(
        all(finding.tags.get(tag, value) == value for tag, value in tags.items())
        for tags in known.open_of[finding.contract_id, rule.overridden_by]
    )


def _apply(each: _Due, entry: Entry | None, decision: Decision, known: _Known, outbox: Outbox, done: Planned) -> None:
    transition, finding = each.transition, each.finding
    if isinstance(decision, Hold):
        transition.held, transition.relay_at = decision.why, decision.until
        if each.opening:
            known.opening_waits[finding.id] = decision.why
        done.held += 1
        return
    transition.relay_at = None
    if isinstance(decision, Settle) or entry is None:
        transition.told = decision.told if isinstance(decision, Settle) else Told.RETIRED
        done.settled += 1
        return
    channels = known.channels[finding.contract_id]
    severity = entry.rule.severity
    wanting = [c for c in channels if rank(severity) >= rank(c.min_severity) and c.escalation_min == 0]
    if not each.opening and not decision.flaps:
        wanting = [c for c in channels if c.id in known.told_by[finding.id]]
    after_maintenance = transition.held is Held.MAINTENANCE
    for channel in wanting:
        outbox.add(
            channel,
            kind_of(severity, channel.digest_from),
            finding,
            Happening.OPENED if each.opening else Happening.CLOSED,
            flaps=decision.flaps,
            after_maintenance=after_maintenance,
        )
        known.told_by[finding.id].add(channel.id)
    transition.told = Told.TOLD if wanting else Told.NO_CHANNEL
    if wanting:
        done.told += 1
    else:
        done.settled += 1


def _read(session: Session, due: Sequence[_Due], rules: Mapping[str, Entry], now: datetime) -> _Known:
    known = _Known()
    contracts = {each.finding.contract_id for each in due}
    for some in _some(contracts):
        asked = select(MaintenanceWindow).where(
            MaintenanceWindow.contract_id.in_(some), MaintenanceWindow.cancelled_at.is_(None)
        )
        for window in session.scalars(asked):
            known.windows[window.contract_id].append(window)
        wanted = select(Channel).where(Channel.contract_id.in_(some), Channel.enabled.is_(True)).order_by(Channel.id)
        for channel in session.scalars(wanted):
            known.channels[channel.contract_id].append(channel)
    _read_series(session, {each.finding.key for each in due}, known, now)
    _read_overriding(session, due, rules, known)
    for some in _some({each.finding.id for each in due if not each.opening}):
        told = (
            select(DeliveryItem.finding_id, Delivery.channel_id)
            .join(Delivery, Delivery.id == DeliveryItem.delivery_id)
            .where(DeliveryItem.finding_id.in_(some))
        )
        for finding_id, channel_id in session.execute(told):
            known.told_by[finding_id].add(channel_id)
        waiting = select(FindingTransition.finding_id, FindingTransition.held).where(
            FindingTransition.finding_id.in_(some),
            FindingTransition.kind == TransitionKind.OPENED,
            FindingTransition.held.is_not(None),
            FindingTransition.relay_at > now,
        )
        known.opening_waits.update({finding: held for finding, held in session.execute(waiting) if held})
    return known


def _read_series(session: Session, keys: set[str], known: _Known, now: datetime) -> None:
    for some in _some(keys):
        for snooze in session.scalars(select(Snooze).where(Snooze.key.in_(some)).order_by(Snooze.id)):
            known.snoozed[snooze.rule, snooze.key] = snooze.until
        opened = select(Finding.rule, Finding.key, Finding.opened_at).where(
            Finding.key.in_(some), Finding.opened_at > now - 2 * LOOK_BACK
        )
        for rule, key, at in session.execute(opened):
            known.opened[rule, key].append(at)


def _read_overriding(session: Session, due: Iterable[_Due], rules: Mapping[str, Entry], known: _Known) -> None:
    wanted: dict[int, set[str]] = defaultdict(set)
    for each in due:
        entry = rules.get(each.finding.rule)
        if each.opening and entry and entry.rule.overridden_by:
            wanted[each.finding.contract_id].add(entry.rule.overridden_by)
    for some in _some(set(wanted)):
        names = set().union(*(wanted[contract] for contract in some))
        asked = select(Finding.contract_id, Finding.rule, Finding.tags).where(
            Finding.contract_id.in_(some), Finding.rule.in_(names), Finding.closed_at.is_(None)
        )
        for contract_id, rule, tags in session.execute(asked):
            known.open_of[contract_id, rule].append(tags)


def _some(values: set[Value]) -> Iterator[list[Value]]:
    """Yield values in groups that fit in one statement."""
    in_order = sorted(values)
    for begin in range(0, len(in_order), _KEYS):
        yield in_order[begin : begin + _KEYS]
