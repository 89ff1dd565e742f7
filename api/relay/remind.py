"""Findings that are still open: those to whom it is passed on after a while are told, and once a day everybody is."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from alert_rules.registry import Entry
from alert_rules.rule import Severity
from api.db import Database
from api.models import (
    Channel,
    Contract,
    ContractState,
    Delivery,
    DeliveryItem,
    DeliveryKind,
    Finding,
    FindingTransition,
    Happening,
    MaintenanceWindow,
    Snooze,
    Told,
    TransitionKind,
)
from api.relay.grouping import rank
from api.relay.outbox import Outbox
from api.relay.windows import covers, latest_end

EVERY = timedelta(days=1)
"""How often a finding that is to be acted on today is told again, until somebody says that they look after it."""


def remind(database: Database, rules: Mapping[str, Entry], now: datetime) -> int:
    """Make deliveries of findings that are open too long; return how many findings and channels that were.

    What is due is found without the right to write: nobody else has to wait for a look at all that is open.
    """
    with database.reading() as session:
        due = _due(session, rules, now)
    if not due:
        return 0
    with database.writing.begin() as session:
        # Another worker may have found the same meanwhile.
        told_at = _told_at(session)
        due = {pair: last for pair, last in due.items() if told_at.get((pair[1], pair[0])) == last}
        channels = {channel_id: session.get_one(Channel, channel_id) for channel_id, _finding in due}
        outbox = Outbox(session, now)
        outbox.take_in(channels.values())
        for channel_id, finding_id in due:
            outbox.add(
                channels[channel_id], DeliveryKind.REMINDER, session.get_one(Finding, finding_id), Happening.REMINDER
            )
        outbox.flush({})
    return len(due)


def _due(session: Session, rules: Mapping[str, Entry], now: datetime) -> dict[tuple[int, int], datetime | None]:
    """Return ids of channels and findings that they are to be told of again, and when they last were."""
    channels = _channels(session)
    if not channels:
        return {}
    found: dict[tuple[int, int], datetime | None] = {}
    told_at, resting, windows = _told_at(session), _resting(session, now), _windows(session)
    for finding in session.scalars(_open_and_told()):
        entry = rules.get(finding.rule)
        if entry is None or entry.rule.staff_only or (finding.rule, finding.key) in resting:
            continue
        held = [w for w in windows[finding.contract_id] if covers(w, finding.rule, finding.tags)]
        if latest_end(held, now) is not None:
            continue
        for channel in channels[finding.contract_id]:
            last = told_at.get((finding.id, channel.id))
            if _is_due(channel, finding, entry.rule.severity, last, now):
                found[channel.id, finding.id] = last
    return found


def _is_due(channel: Channel, finding: Finding, severity: Severity, last: datetime | None, now: datetime) -> bool:
    if rank(severity) < rank(channel.min_severity) or rank(severity) <= rank(channel.digest_from):
        return False
    if last is None:
        # Those who are told at once were told by the plan, if they were to be.
        return channel.escalation_min > 0 and now - finding.opened_at >= timedelta(minutes=channel.escalation_min)
    return severity is Severity.CRITICAL and now - last >= EVERY


def _channels(session: Session) -> dict[int, list[Channel]]:
    asked = (
        select(Channel)
        .join(Contract, Contract.id == Channel.contract_id)
        .where(Channel.enabled.is_(True), Contract.state == ContractState.ACTIVE)
        .order_by(Channel.id)
    )
    found: dict[int, list[Channel]] = defaultdict(list)
    for channel in session.scalars(asked):
        found[channel.contract_id].append(channel)
    return found


def _open_and_told() -> Select[Finding]:
    """Return the statement of findings that are open, that nobody took up, and whose opening is not held back."""
    settled = select(FindingTransition.finding_id).where(
        FindingTransition.finding_id == Finding.id,
        FindingTransition.kind == TransitionKind.OPENED,
        FindingTransition.told.in_((Told.TOLD, Told.NO_CHANNEL)),
    )
    return select(Finding).where(Finding.closed_at.is_(None), Finding.taken_at.is_(None), settled.exists())


def _told_at(session: Session) -> dict[tuple[int, int], datetime]:
    """(finding, channel) -> when a message was last made, of open findings."""
    asked = (
        select(DeliveryItem.finding_id, Delivery.channel_id, func.max(Delivery.due_at))
        .join(Delivery, Delivery.id == DeliveryItem.delivery_id)
        .join(Finding, Finding.id == DeliveryItem.finding_id)
        .where(Finding.closed_at.is_(None), Finding.taken_at.is_(None))
        .group_by(DeliveryItem.finding_id, Delivery.channel_id)
    )
    return {(finding, channel): at for finding, channel, at in session.execute(asked)}


def _resting(session: Session, now: datetime) -> set[tuple[str, str]]:
    asked = select(Snooze.rule, Snooze.key).where(Snooze.until > now)
    return {(rule, key) for rule, key in session.execute(asked)}


def _windows(session: Session) -> dict[int, list[MaintenanceWindow]]:
    found: dict[int, list[MaintenanceWindow]] = defaultdict(list)
    for window in session.scalars(select(MaintenanceWindow).where(MaintenanceWindow.cancelled_at.is_(None))):
        found[window.contract_id].append(window)
    return found
