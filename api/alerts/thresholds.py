"""Thresholds as data: a rule's own, its contract's, its device's or equipment's; set with bounds, reason and undo."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from alert_rules.evaluation import Limits
from alert_rules.rule import Parameter, Rule, Subject
from alert_rules.series import Key
from api.models import Asset, Contract, Device, RuleThreshold
from api.models.rule_threshold import REASON_LENGTH
from api.plaintext import one_line
from api.told import ToldError
from collectors.text import Text


class ThresholdRefused(ToldError):
    """A threshold cannot be set as asked."""


@dataclass(frozen=True, slots=True)
class Scope:
    """For what a threshold is set.

    Attributes:
        contract_id: the contract's row.
        subject: public id of a device, or id of equipment; "" for the whole contract.
    """

    contract_id: int
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes a threshold, and why."""

    name: str
    reason: str


def parameter_of(rule: Rule, name: str) -> Parameter:
    """Return the parameter of a rule.

    Raises:
        ThresholdRefused: the rule has none, or none of that name.
    """
    parameter = rule.parameter
    if parameter is None:
        raise ThresholdRefused(
            Text(
                f"ルール {rule.id} に変えられる値はありません",
                f"rule {rule.id} has nothing that can be set",
            )
        )
    if parameter.id != name:
        raise ThresholdRefused(
            Text(
                f"ルール {rule.id} に {name} という値はありません。あるのは {parameter.id} です",
                f"rule {rule.id} has no parameter {name}; it has {parameter.id}",
            )
        )
    return parameter


def checked(rule: Rule, value: float) -> float:
    """Return a value that lies within the bounds of a rule's parameter.

    Raises:
        ThresholdRefused: it does not.
    """
    parameter = rule.parameter
    if parameter is not None and parameter.min <= value <= parameter.max:
        return value
    low, high = (parameter.min, parameter.max) if parameter else (0.0, 0.0)
    raise ThresholdRefused(
        Text(
            f"{value:g} は範囲外です。ルール {rule.id} の値は {low:g} から {high:g} までです",
            f"{value:g} is out of bounds: rule {rule.id} takes {low:g} to {high:g}",
        )
    )


def scope_of(session: Session, rule: Rule, contract: Contract, subject: str) -> Scope:
    """Return the scope of a contract, or of a device or equipment in it.

    Raises:
        ThresholdRefused: the contract has no such device or equipment, or the rule is not about that.
    """
    # What was set for something that is gone can still be taken back.
    if (
        subject
        and subject not in subjects(session, rule, contract)
        and not history(session, rule, contract.id, subject)
    ):
        raise ThresholdRefused(
            Text(
                f"契約 {contract.public_id} に、ルール {rule.id} の対象になる機器・設備 {subject} はありません",
                f"contract {contract.public_id} has no device or equipment {subject} that rule {rule.id} is about",
            )
        )
    return Scope(contract.id, subject)


def subjects(session: Session, rule: Rule, contract: Contract) -> dict[str, str]:
    """Return what a rule can have thresholds of its own for, in a contract: id -> name."""
    if rule.subject is Subject.DEVICE:
        devices = select(Device.public_id, Device.hostname).where(
            Device.contract_id == contract.id, Device.revoked_at.is_(None)
        )
        return dict(session.execute(devices.order_by(Device.hostname)).all())
    if rule.subject is Subject.EQUIPMENT:
        assets = select(Asset).where(Asset.contract_id == contract.id).order_by(Asset.asset)
        return {each.asset: next(iter(each.names), each.asset) for each in session.scalars(assets)}
    return {}


def set_threshold(
    session: Session, rule: Rule, scope: Scope, value: float | None, author: Author, now: datetime
) -> RuleThreshold:
    """Set a threshold, or take it back with None, and keep who did it and why.

    Raises:
        ThresholdRefused: out of bounds, without a reason, or nothing would change.
    """
    if value is not None:
        checked(rule, value)
    reason = one_line(author.reason, REASON_LENGTH, Text("理由", "the reason"))
    if not reason:
        raise ThresholdRefused(Text("理由を書いてください", "give a reason"))
    if value == current(session, rule, scope):
        raise ThresholdRefused(
            Text(
                "すでにその値です" if value is not None else "設定されていません",
                "that is its value already" if value is not None else "nothing is set there",
            )
        )
    row = RuleThreshold(
        rule=rule.id,
        contract_id=scope.contract_id,
        subject=scope.subject,
        value=value,
        reason=reason,
        set_by=author.name,
        set_at=now,
    )
    session.add(row)
    return row


def undo(session: Session, rule: Rule, scope: Scope, author: Author, now: datetime) -> RuleThreshold:
    """Bring back what was in force before the newest change of a scope, as a change of its own.

    Raises:
        ThresholdRefused: nothing was ever set there.
    """
    changes = history(session, rule, scope.contract_id, scope.subject)
    if not changes:
        raise ThresholdRefused(Text("取り消す変更がありません", "there is no change to undo"))
    before = changes[1].value if len(changes) > 1 else None
    return set_threshold(session, rule, scope, before, author, now)


def current(session: Session, rule: Rule, scope: Scope) -> float | None:
    """Return what is set for a scope itself; None where nothing is."""
    changes = history(session, rule, scope.contract_id, scope.subject)
    return changes[0].value if changes else None


def history(session: Session, rule: Rule, contract_id: int, subject: str | None = None) -> Sequence[RuleThreshold]:
    """Return the changes of a rule's threshold in a contract, the newest first; of one subject if it is given."""
    asked = select(RuleThreshold).where(RuleThreshold.rule == rule.id, RuleThreshold.contract_id == contract_id)
    if subject is not None:
        asked = asked.where(RuleThreshold.subject == subject)
    return session.scalars(asked.order_by(RuleThreshold.id.desc())).all()


Scoped = tuple[str, str, str]
"""Rule, public id of the contract, subject."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """All thresholds in force that differ from the rules' own.

    Attributes:
        values: scope -> threshold.
    """

    values: dict[Scoped, float]

    def limits(self, rule: Rule) -> Limits:
        """Return what gives a series its threshold: the narrowest one that is set, else the rule's own."""
        own = rule.limit
        if not any(name == rule.id for name, _contract, _subject in self.values):
            return lambda _key: own
        contract_at = rule.tags.index("contract")
        tag = _SUBJECT_TAG.get(rule.subject)
        subject_at = None if tag is None else rule.tags.index(tag)

        def limit(key: Key) -> float:
            contract = key[contract_at]
            wide = self.values.get((rule.id, contract, ""), own)
            return wide if subject_at is None else self.values.get((rule.id, contract, key[subject_at]), wide)

        return limit

    def of_contract(self, rule: Rule, contract: str) -> tuple[float, int]:
        """Return a contract's threshold, and how many of its devices or equipment have one of their own."""
        own = sum(1 for name, where, subject in self.values if (name, where) == (rule.id, contract) and subject)
        return self.values.get((rule.id, contract, ""), rule.limit), own

    def tried(self, rule: Rule, contract: str, value: float, subject: str = "") -> "Thresholds":
        """Return what would be in force if a threshold were set: narrower ones that are set stay."""
        return Thresholds({**self.values, (rule.id, contract, subject): value})


_SUBJECT_TAG = {Subject.DEVICE: "device", Subject.EQUIPMENT: "asset"}


def in_force(session: Session) -> Thresholds:
    """Return all thresholds in force."""
    rows = session.execute(_newest().where(RuleThreshold.value.is_not(None)))
    return Thresholds(
        {(rule, contract, subject): value for rule, contract, subject, value in rows if value is not None}
    )


def taken_back(session: Session, since: datetime) -> list[Scoped]:
    """Return the scopes whose threshold was taken back since a moment, and not set again."""
    rows = session.execute(_newest().where(RuleThreshold.value.is_(None), RuleThreshold.set_at >= since))
    return [(rule, contract, subject) for rule, contract, subject, _value in rows]


def _newest() -> Select[str, str, str, float | None]:
    """Ask for the newest change of every scope."""
    newest = (
        select(func.max(RuleThreshold.id))
        .group_by(RuleThreshold.rule, RuleThreshold.contract_id, RuleThreshold.subject)
        .scalar_subquery()
    )
    return (
        select(RuleThreshold.rule, Contract.public_id, RuleThreshold.subject, RuleThreshold.value)
        .join(Contract, Contract.id == RuleThreshold.contract_id)
        .where(RuleThreshold.id.in_(newest))
    )
