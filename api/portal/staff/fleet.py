"""How all contracts stand, counted by the database: the list costs as many queries with many contracts as with one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, Subquery, case, func, select
from sqlalchemy.orm import Session

from alert_rules.registry import entries
from alert_rules.rule import Severity
from api.identity.accounts import contracts_of
from api.models import Contract, ContractState, Device, Finding, Notice, NoticeState, Transfer, TransferState, User
from api.models.device import TARGET_KINDS
from api.readings.condition import SILENT_IN_REPORT
from collectors.text import Text


class Trouble(StrEnum):
    """What may be wrong with a contract."""

    CRITICAL = "critical"
    WARNING = "warning"
    SILENT = "silent"
    NOTICES = "notices"
    TRANSFERS = "transfers"


TROUBLE_WORDS: Mapping[Trouble, Text] = {
    Trouble.CRITICAL: Text("要対応の検知", "findings to act on now"),
    Trouble.WARNING: Text("注意の検知", "findings that need attention"),
    Trouble.SILENT: Text("3日以上応答のない機器", "devices silent for 3 days"),
    Trouble.NOTICES: Text("未発信の通知", "notices not dispatched"),
    Trouble.TRANSFERS: Text("審査中の承継", "transfers under review"),
}
"""Trouble -> its name for people."""


@dataclass(frozen=True, slots=True)
class Line:
    """A contract in the list.

    Attributes:
        contract: which.
        counts: what is wrong with it; a trouble that it has none of is absent.
        devices: how many target devices are in use.
    """

    contract: Contract
    counts: Mapping[Trouble, int]
    devices: int


def wanted(user: User, state: ContractState | None, trouble: Trouble | None, q: str, now: datetime) -> Select[Contract]:
    """Return the query of the contracts that are wanted, those with the gravest findings first.

    Args:
        user: who asks.
        state: only contracts in it.
        trouble: only contracts that have it.
        q: beginning of the name or the id; "" for all.
        now: this moment.
    """
    open_ = _open_findings()
    query = contracts_of(user).order_by(None).outerjoin(open_, open_.c.contract_id == Contract.id)
    if state is not None:
        query = query.where(Contract.state == state)
    if trouble is not None:
        query = query.where(Contract.id.in_(select(_of(trouble, now).c.contract_id)))
    if q:
        query = query.where(
            Contract.name.startswith(q, autoescape=True) | Contract.public_id.startswith(q, autoescape=True)
        )
    worst = (func.coalesce(open_.c[severity.value], 0).desc() for severity in (Severity.CRITICAL, Severity.WARNING))
    return query.order_by(*worst, Contract.id.desc())


def lines(session: Session, contracts: Sequence[Contract], now: datetime) -> list[Line]:
    """Return contracts with what is wrong with them; one query for each kind of trouble."""
    ids = [each.id for each in contracts]
    found = {trouble: _counts(session, _of(trouble, now, ids)) for trouble in Trouble}
    asked = select(Device.contract_id, func.count()).where(
        Device.contract_id.in_(ids),
        Device.revoked_at.is_(None),
        Device.stopped_at.is_(None),
        Device.kind.in_(TARGET_KINDS),
    )
    devices: dict[int, int] = dict(session.execute(asked.group_by(Device.contract_id)).all())
    return [
        Line(
            each,
            {trouble: counts[each.id] for trouble, counts in found.items() if each.id in counts},
            devices.get(each.id, 0),
        )
        for each in contracts
    ]


def by_state(session: Session) -> dict[ContractState, int]:
    """Return how many contracts are in each state."""
    counts: dict[ContractState, int] = dict(
        session.execute(select(Contract.state, func.count()).group_by(Contract.state)).all()
    )
    return {state: counts.get(state, 0) for state in ContractState}


def by_trouble(session: Session, now: datetime) -> dict[Trouble, int]:
    """Return how many contracts have each trouble."""
    return {trouble: session.scalar(select(func.count()).select_from(_of(trouble, now))) or 0 for trouble in Trouble}


def _counts(session: Session, counted: Subquery) -> dict[int, int]:
    return dict(session.execute(select(counted.c.contract_id, counted.c.number)).all())


def _of(trouble: Trouble, now: datetime, contracts: Collection[int] | None = None) -> Subquery:
    """Return contracts that have a trouble, with how often."""
    entity, conditions = _conditions(trouble, now)
    if contracts is not None:
        conditions.append(entity.contract_id.in_(contracts))
    return (
        select(entity.contract_id, func.count().label("number")).where(*conditions).group_by(entity.contract_id)
    ).subquery()


def _conditions(
    trouble: Trouble, now: datetime
) -> tuple[type[Finding | Device | Notice | Transfer], list[ColumnElement[bool]]]:
    match trouble:
        case Trouble.CRITICAL | Trouble.WARNING:
            return Finding, [Finding.closed_at.is_(None), Finding.rule.in_(rules_of(Severity(trouble.value)))]
        case Trouble.SILENT:
            runs = [Device.revoked_at.is_(None), Device.stopped_at.is_(None)]
            active = select(Contract.id).where(Contract.state == ContractState.ACTIVE)
            return Device, [*runs, Device.last_seen_at < now - SILENT_IN_REPORT, Device.contract_id.in_(active)]
        case Trouble.NOTICES:
            return Notice, [Notice.state == NoticeState.WAITING]
        case Trouble.TRANSFERS:
            return Transfer, [Transfer.state == TransferState.APPLIED]


def rules_of(severity: Severity) -> list[str]:
    """Return the ids of the rules of a severity."""
    return [name for name, entry in entries().items() if entry.rule.severity is severity]


def _open_findings() -> Subquery:
    graves = (Severity.CRITICAL, Severity.WARNING)
    counted = (
        func.sum(case((Finding.rule.in_(rules_of(severity)), 1), else_=0)).label(severity.value) for severity in graves
    )
    asked = select(Finding.contract_id, *counted).where(Finding.closed_at.is_(None))
    return asked.group_by(Finding.contract_id).subquery()
