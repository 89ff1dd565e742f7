"""Findings and the states of series, as they are stored."""

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from alert_rules.evaluation import Change, Evaluated
from alert_rules.machine import Standing
from alert_rules.rule import Rule
from alert_rules.series import Key
from api.models import Contract, Finding, FindingTransition, RuleStanding, TransitionKind
from collectors.text import Text

_log = logging.getLogger(__name__)


def standings_of(session: Session, rule: Rule) -> dict[Key, Standing]:
    """Return how every series of a rule stands that is not normal."""
    rows = session.scalars(select(RuleStanding).where(RuleStanding.rule == rule.id))
    return {
        tuple(json.loads(row.key)): Standing(row.phase, int(row.since.timestamp()), int(row.seen.timestamp()))
        for row in rows
    }


def store(
    session: Session, rule: Rule, done: Evaluated, before: Mapping[Key, Standing], reasons: Mapping[Key, Text]
) -> list[Change]:
    """Store how series stand after an evaluation, and what changed; return what was stored of that.

    Args:
        session: whose transaction it becomes part of.
        rule: what was evaluated.
        done: what came of it.
        before: how series stood before.
        reasons: of series whose change does not tell one.
    """
    _store_standings(session, rule, done.standings, before)
    at = rule.tags.index("contract")
    contracts = dict(
        session.execute(
            select(Contract.public_id, Contract.id).where(
                Contract.public_id.in_({change.key[at] for change in done.changes})
            )
        ).all()
    )
    stored = []
    for change in done.changes:
        contract_id = contracts.get(change.key[at])
        if contract_id is None:
            _log.warning("rule %s: points of contract %r, which there is none of", rule.id, change.key[at])
            continue
        if change.end is None:
            finding = _opened(rule, change, contract_id, change.reason or reasons.get(change.key))
            session.add(finding)
        else:
            found = session.scalar(
                select(Finding).where(
                    Finding.rule == rule.id, Finding.key == _as_text(change.key), Finding.closed_at.is_(None)
                )
            )
            if found is None:
                continue
            finding, finding.closed_at, finding.end = found, _moment(change.at), change.end
        session.flush()
        kind = TransitionKind.OPENED if change.end is None else TransitionKind.CLOSED
        session.add(FindingTransition(finding_id=finding.id, kind=kind, at=_moment(change.at)))
        stored.append(change)
    return stored


def _opened(rule: Rule, change: Change, contract_id: int, reason: Text | None) -> Finding:
    return Finding(
        contract_id=contract_id,
        rule=rule.id,
        key=_as_text(change.key),
        tags=dict(zip(rule.tags, change.key, strict=True)),
        since=_moment(change.since),
        opened_at=_moment(change.at),
        value=change.value,
        threshold=change.limit,
        reason=reason.ja if reason else "",
        reason_en=reason.en if reason else "",
    )


def _store_standings(
    session: Session, rule: Rule, after: Mapping[Key, Standing], before: Mapping[Key, Standing]
) -> None:
    gone = [_as_text(key) for key in before if key not in after]
    if gone:
        session.execute(delete(RuleStanding).where(RuleStanding.rule == rule.id, RuleStanding.key.in_(gone)))
    for key, standing in after.items():
        if before.get(key) != standing:
            session.merge(
                RuleStanding(
                    rule=rule.id,
                    key=_as_text(key),
                    phase=standing.phase,
                    since=_moment(standing.since),
                    seen=_moment(standing.seen),
                )
            )


def _as_text(key: Key) -> str:
    return json.dumps(list(key), ensure_ascii=False)


def _moment(seconds_: int) -> datetime:
    return datetime.fromtimestamp(seconds_, UTC)
