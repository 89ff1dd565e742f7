"""Findings and the states of series, as they are stored."""

import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from alert_rules.evaluation import Change, Evaluated
from alert_rules.machine import Standing
from alert_rules.rule import Rule
from alert_rules.series import Key
from api.models import Contract, Finding, FindingTransition, RuleStanding, TransitionKind
from collectors.text import Text

_log = logging.getLogger(__name__)

_BATCH = 900


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
    contracts = _contracts(session, rule, done.changes)
    known = [change for change in done.changes if _contract(rule, change) in contracts]
    if len(known) < len(done.changes):
        _log.warning("rule %s: points of contracts that there are none of", rule.id)
    opening = [change for change in known if change.end is None]
    ids = _open(session, rule, opening, contracts, reasons) | _close(session, rule, known)
    stored = [change for change in known if change.key in ids]
    if stored:
        session.execute(insert(FindingTransition), [_transition(ids[change.key], change) for change in stored])
    return stored


def _open(
    session: Session,
    rule: Rule,
    changes: Sequence[Change],
    contracts: Mapping[str, int],
    reasons: Mapping[Key, Text],
) -> dict[Key, int]:
    """Store findings that open; return their ids by key. Thousands at once must not take long: no entity for each."""
    rows = [
        _opened(rule, change, contracts[_contract(rule, change)], change.reason or reasons.get(change.key))
        for change in changes
    ]
    if rows:
        session.execute(insert(Finding), rows)
    keys = {_as_text(change.key): change.key for change in changes}
    return {keys[key]: finding_id for key, finding_id in _open_ids(session, rule, list(keys)).items()}


def _close(session: Session, rule: Rule, changes: Iterable[Change]) -> dict[Key, int]:
    """Note that findings ended; return their ids by key. One that is not open any more is left out."""
    ended = {_as_text(change.key): change for change in changes if change.end is not None}
    ids = _open_ids(session, rule, list(ended))
    rows = [
        {"id": finding_id, "closed_at": _moment(ended[key].at), "end": ended[key].end}
        for key, finding_id in ids.items()
    ]
    if rows:
        session.execute(update(Finding), rows)
    return {ended[key].key: finding_id for key, finding_id in ids.items()}


def _contract(rule: Rule, change: Change) -> str:
    return change.key[rule.tags.index("contract")]


def _contracts(session: Session, rule: Rule, changes: Iterable[Change]) -> dict[str, int]:
    """Public id -> id of the contracts of changes."""
    found: dict[str, int] = {}
    for some in _batches(sorted({_contract(rule, change) for change in changes})):
        asked = select(Contract.public_id, Contract.id).where(Contract.public_id.in_(some))
        found |= dict(session.execute(asked).all())
    return found


def _open_ids(session: Session, rule: Rule, keys: list[str]) -> dict[str, int]:
    """Key -> id of the open finding, of some keys."""
    found: dict[str, int] = {}
    for some in _batches(keys):
        asked = select(Finding.key, Finding.id).where(
            Finding.rule == rule.id, Finding.key.in_(some), Finding.closed_at.is_(None)
        )
        found |= dict(session.execute(asked).all())
    return found


def _transition(finding_id: int, change: Change) -> dict[str, object]:
    kind = TransitionKind.OPENED if change.end is None else TransitionKind.CLOSED
    at = _moment(change.at)
    return {"finding_id": finding_id, "kind": kind, "at": at, "relay_at": at}


def _batches(values: list[str]) -> Iterator[list[str]]:
    """Yield values in groups that fit in one statement: SQLite takes 32,766 parameters, older ones 999."""
    for begin in range(0, len(values), _BATCH):
        yield values[begin : begin + _BATCH]


def _opened(rule: Rule, change: Change, contract_id: int, reason: Text | None) -> dict[str, object]:
    return {
        "contract_id": contract_id,
        "rule": rule.id,
        "key": _as_text(change.key),
        "tags": dict(zip(rule.tags, change.key, strict=True)),
        "since": _moment(change.since),
        "opened_at": _moment(change.at),
        "value": change.value,
        "threshold": change.limit,
        "reason": reason.ja if reason else "",
        "reason_en": reason.en if reason else "",
    }


def _store_standings(
    session: Session, rule: Rule, after: Mapping[Key, Standing], before: Mapping[Key, Standing]
) -> None:
    for some in _batches([_as_text(key) for key in before if key not in after]):
        session.execute(delete(RuleStanding).where(RuleStanding.rule == rule.id, RuleStanding.key.in_(some)))
    new = [_row(rule, key, standing) for key, standing in after.items() if key not in before]
    changed = [_row(rule, key, standing) for key, standing in after.items() if before.get(key, standing) != standing]
    if new:
        session.execute(insert(RuleStanding), new)
    if changed:
        session.execute(update(RuleStanding), changed)


def _row(rule: Rule, key: Key, standing: Standing) -> dict[str, object]:
    return {
        "rule": rule.id,
        "key": _as_text(key),
        "phase": standing.phase,
        "since": _moment(standing.since),
        "seen": _moment(standing.seen),
    }


def _as_text(key: Key) -> str:
    return json.dumps(list(key), ensure_ascii=False)


def _moment(seconds_: int) -> datetime:
    return datetime.fromtimestamp(seconds_, UTC)
