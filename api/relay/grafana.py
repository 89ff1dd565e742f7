"""Grafana's webhook: its alerts become transitions of findings, as the evaluator's own do.

Grafana tells of an alert again and again, and after a restart or a lost answer out of order. What counts is when an
alert began: an alert that began before the series' newest finding did is old news.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from alert_rules.machine import End
from alert_rules.registry import Entry
from alert_rules.rule import NoData, Rule
from api.models import Contract, Finding, FindingTransition, TransitionKind
from api.told import ToldError
from collectors.text import Text

MOST_ALERTS = 10_000
"""Alerts of one message that are looked at."""


class WebhookRefused(ToldError):
    """What came is no message of Grafana's."""


class Alert(msgspec.Struct, rename="camel"):
    """An alert in Grafana's message; what else it holds is not looked at.

    Attributes:
        status: firing or resolved.
        labels: `rule` and the series' tags.
        annotations: texts; Grafana puts its own `grafana_state_reason` among them.
        starts_at: since when it fires.
        ends_at: when it was resolved; Grafana sends the year 1 while it fires.
        values: numbers of the rule's expressions by refID.
    """

    status: str
    labels: dict[str, str]
    starts_at: datetime
    annotations: dict[str, str] = {}
    ends_at: datetime | None = None
    values: dict[str, float | None] | None = None


class WebhookMessage(msgspec.Struct):
    """Grafana's message."""

    alerts: list[Alert]


@dataclass(slots=True)
class Taken:
    """What became of a message.

    Attributes:
        opened: findings that opened.
        closed: findings that closed.
        known: alerts that told nothing new.
        ignored: alerts of a rule, contract or series that there is none of.
    """

    opened: int = 0
    closed: int = 0
    known: int = 0
    ignored: int = 0


def parse(body: bytes) -> WebhookMessage:
    """Return the message that a body holds.

    Raises:
        WebhookRefused: it is none.
    """
    try:
        message = msgspec.json.decode(body, type=WebhookMessage)
    except (msgspec.DecodeError, RecursionError) as error:
        raise WebhookRefused(
            Text(f"Grafana の通知として読めません: {error}", f"this is no message of Grafana's: {error}")
        ) from None
    for alert in message.alerts:
        if alert.starts_at.tzinfo is None or (alert.ends_at is not None and alert.ends_at.tzinfo is None):
            raise WebhookRefused(Text("時刻に時差の指定がありません", "a time has no zone"))
    if len(message.alerts) > MOST_ALERTS:
        raise WebhookRefused(
            Text(f"一度に {MOST_ALERTS:,} 件までです", f"at most {MOST_ALERTS:,} alerts can come at once")
        )
    return message


def take(session: Session, message: WebhookMessage, rules: Mapping[str, Entry], now: datetime) -> Taken:
    """Store the transitions of a message, as part of the session's transaction."""
    taken = Taken()
    named = {alert.labels.get("contract", "") for alert in message.alerts}
    contracts = dict(
        session.execute(select(Contract.public_id, Contract.id).where(Contract.public_id.in_(sorted(named)))).all()
    )
    for alert in message.alerts:
        entry = rules.get(alert.labels.get("rule", ""))
        contract_id = contracts.get(alert.labels.get("contract", ""))
        tags = _tags(entry.rule, alert) if entry else None
        if entry is None or contract_id is None or tags is None:
            taken.ignored += 1
        elif alert.status == "firing":
            _open(session, entry.rule, contract_id, tags, alert, now, taken)
        elif alert.status == "resolved":
            _close(session, entry.rule, tags, alert, now, taken)
        else:
            taken.ignored += 1
    return taken


def _tags(rule: Rule, alert: Alert) -> dict[str, str] | None:
    """Return the series' tags; None where one that tells series apart by the subject is missing.

    Grafana drops a label that is empty, as a tag of points without it is.
    """
    if not all(alert.labels.get(tag) for tag in rule.subject.tags):
        return None
    return {tag: alert.labels.get(tag, "") for tag in rule.tags}


def _newest(session: Session, rule: Rule, tags: Mapping[str, str]) -> Finding | None:
    asked = (
        select(Finding)
        .where(Finding.rule == rule.id, Finding.key == _key(rule, tags))
        .order_by(Finding.opened_at.desc(), Finding.id.desc())
        .limit(1)
    )
    return session.scalar(asked)


def _key(rule: Rule, tags: Mapping[str, str]) -> str:
    return json.dumps([tags[tag] for tag in rule.tags], ensure_ascii=False)


def _open(
    session: Session, rule: Rule, contract_id: int, tags: dict[str, str], alert: Alert, now: datetime, taken: Taken
) -> None:
    began = min(alert.starts_at, now)
    newest = _newest(session, rule, tags)
    if newest is not None and (newest.closed_at is None or began <= newest.closed_at):
        taken.known += 1
        return
    finding = Finding(
        contract_id=contract_id,
        rule=rule.id,
        key=_key(rule, tags),
        tags=tags,
        since=began,
        opened_at=began,
        value=_number(alert, "value", rule.limit),
        threshold=_number(alert, "limit", rule.limit),
        reason=alert.annotations.get("reason", "")[:2000],
        reason_en=alert.annotations.get("reason_en", "")[:2000],
    )
    session.add(finding)
    session.flush()
    session.add(FindingTransition(finding_id=finding.id, kind=TransitionKind.OPENED, at=began, relay_at=now))
    session.flush()
    taken.opened += 1


def _close(session: Session, rule: Rule, tags: Mapping[str, str], alert: Alert, now: datetime, taken: Taken) -> None:
    newest = _newest(session, rule, tags)
    ended = min(alert.ends_at or now, now)
    if newest is None or newest.closed_at is not None or ended < newest.opened_at:
        taken.known += 1
        return
    newest.closed_at, newest.end = ended, _end(rule, alert)
    session.add(FindingTransition(finding_id=newest.id, kind=TransitionKind.CLOSED, at=ended, relay_at=now))
    session.flush()
    taken.closed += 1


def _end(rule: Rule, alert: Alert) -> End:
    """Return why an alert ended: Grafana says so where its series is gone."""
    if alert.annotations.get("grafana_state_reason", "") in ("MissingSeries", "NoData", "Error"):
        return End.GONE if rule.no_data is NoData.OK else End.UNKNOWN
    return End.RECOVERED


def _number(alert: Alert, ref_id: str, otherwise: float) -> float:
    number = (alert.values or {}).get(ref_id)
    return number if number is not None and math.isfinite(number) else otherwise
