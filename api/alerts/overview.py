"""How often rules have fired, and which thresholds of their own contracts and devices have."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alert_rules.rule import Rule
from api.alerts.thresholds import Thresholds, history, subjects
from api.models import Contract, Finding, RuleThreshold


@dataclass(frozen=True, slots=True)
class Activity:
    """What a rule has found.

    Attributes:
        open: findings that are open now.
        opened: findings that opened since a moment.
        contracts: contracts of which these were.
    """

    open: int = 0
    opened: int = 0
    contracts: int = 0


def activity(session: Session, since: datetime, contract: Contract | None = None) -> dict[str, Activity]:
    """Return what rules have found, by rule; of one contract if it is given."""
    here = [] if contract is None else [Finding.contract_id == contract.id]
    still = session.execute(
        select(Finding.rule, func.count()).where(Finding.closed_at.is_(None), *here).group_by(Finding.rule)
    )
    opened = session.execute(
        select(Finding.rule, func.count(), func.count(Finding.contract_id.distinct()))
        .where(Finding.opened_at >= since, *here)
        .group_by(Finding.rule)
    )
    open_ = dict(still.all())
    lately = {rule: (count, contracts) for rule, count, contracts in opened}
    return {rule: Activity(open_.get(rule, 0), *lately.get(rule, (0, 0))) for rule in {*open_, *lately}}


@dataclass(frozen=True, slots=True)
class OwnThreshold:
    """A threshold that is set and in force.

    Attributes:
        subject: id of the device or equipment; "" for the whole contract.
        name: of that device or equipment; its id where it is gone; "" for the whole contract.
        value: the threshold.
        change: who set it, when and why.
    """

    subject: str
    name: str
    value: float
    change: RuleThreshold


def own_thresholds(session: Session, rule: Rule, contract: Contract) -> list[OwnThreshold]:
    """Return what is set in a contract, the contract's own first."""
    names = subjects(session, rule, contract)
    newest: dict[str, RuleThreshold] = {}
    for change in history(session, rule, contract.id):
        newest.setdefault(change.subject, change)
    found = [
        OwnThreshold(subject, names.get(subject, subject), change.value, change)
        for subject, change in newest.items()
        if change.value is not None
    ]
    return sorted(found, key=lambda each: (each.subject != "", each.name))


def contract_limit(thresholds: Thresholds, rule: Rule, contract: Contract | None) -> float:
    """Return the threshold that holds for a contract as a whole; the rule's own where none is given."""
    if contract is None:
        return rule.limit
    return thresholds.values.get((rule.id, contract.public_id, ""), rule.limit)


def contracts_apart(thresholds: Thresholds, rule: Rule) -> Sequence[str]:
    """Return the public ids of the contracts in which something is set for a rule."""
    return sorted({contract for name, contract, _subject in thresholds.values if name == rule.id})
