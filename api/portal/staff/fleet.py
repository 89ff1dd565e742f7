"""How all contracts stand, counted by the database: the list costs as many queries with many contracts as with one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, Subquery, and_, func, select
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
    Trouble.CRITICAL: Text("要対応の検知", "findings: act now"),
    Trouble.WARNING: Text("注意の検知", "findings: attention"),
    Trouble.SILENT: Text("3日以上応答のない機器", "devices silent for 3 days"),
    Trouble.NOTICES: Text("未発信の通知", "notices to dispatch"),
    Trouble.TRANSFERS: Text("審査中の承継", "transfers to decide"),
}
"""Trouble -> its name for people."""


Graves = Mapping[int, tuple[int, int]]
"""Row id of a contract -> how many findings to act on now, and that need attention, are open."""

_BY_FINDINGS = (Trouble.CRITICAL, Trouble.WARNING)
_COUNTED = (Trouble.SILENT, Trouble.NOTICES, Trouble.TRANSFERS)
_OF_ACTIVE = frozenset({Trouble.SILENT})
"""Troubles that only contracts that run can have: devices of the others are silent as they should be."""


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


def wanted(user: User, state: ContractState | None, trouble: Trouble | None, q: str, now: datetime) -> Select[int]:
    """Return the query of the row ids of the contracts that are wanted.

    Args:
        user: who asks.
        state: only contracts in it.
        trouble: only contracts that have it.
        q: beginning of the name or the id; "" for all.
        now: this moment.
    """
    query = contracts_of(user).order_by(None).with_only_columns(Contract.id)
    if state is not None:
        query = query.where(Contract.state == state)
    if trouble is not None:
        query = query.where(_has(trouble, now))
    if q:
        query = query.where(
            Contract.name.startswith(q, autoescape=True) | Contract.public_id.startswith(q, autoescape=True)
        )
    return query


def grave_findings(session: Session, now: datetime) -> Graves:
    """Return how many findings to act on now and that need attention are open, by the contract's row id."""
    # By the rules and not all at once: so the open ones are found by their index, and not among all there ever were.
    critical, warning = (_counts(session, _of(trouble, now)) for trouble in _BY_FINDINGS)
    return {each: (critical.get(each, 0), warning.get(each, 0)) for each in {*critical, *warning}}


def gravest_first(contracts: Sequence[int], graves: Graves) -> list[int]:
    """Return row ids of contracts, those with the gravest findings first, then the newest."""
    return sorted(contracts, key=lambda each: (graves.get(each, (0, 0)), each), reverse=True)


def lines(session: Session, contracts: Sequence[Contract], graves: Graves, now: datetime) -> list[Line]:
    """Return contracts with what is wrong with them; one query for each other kind of trouble."""
    ids = [each.id for each in contracts]
    active = [each.id for each in contracts if each.state is ContractState.ACTIVE]
    found = {
        trouble: _counts(session, _of(trouble, now, active if trouble in _OF_ACTIVE else ids)) for trouble in _COUNTED
    }
    for place, trouble in enumerate(_BY_FINDINGS):
        found[trouble] = {each: graves[each][place] for each in ids if each in graves and graves[each][place]}
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
            {trouble: found[trouble][each.id] for trouble in Trouble if each.id in found[trouble]},
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


def by_trouble(session: Session, graves: Graves, now: datetime) -> dict[Trouble, int]:
    """Return how many contracts have each trouble."""
    found = {trouble: sum(1 for counts in graves.values() if counts[at]) for at, trouble in enumerate(_BY_FINDINGS)}
    for trouble in _COUNTED:
        having = select(func.count()).select_from(Contract).where(_has(trouble, now))
        found[trouble] = session.scalar(having) or 0
    return found


def _counts(session: Session, counted: Subquery) -> dict[int, int]:
    return dict(session.execute(select(counted.c.contract_id, counted.c.number)).all())


def _has(trouble: Trouble, now: datetime) -> ColumnElement[bool]:
    """Return the condition that a contract has a trouble."""
    entity, conditions = _conditions(trouble, now)
    having = Contract.id.in_(select(entity.contract_id).where(*conditions))
    return and_(Contract.state == ContractState.ACTIVE, having) if trouble in _OF_ACTIVE else having


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
            return Device, [*runs, Device.last_seen_at < now - SILENT_IN_REPORT]
        case Trouble.NOTICES:
            return Notice, [Notice.state == NoticeState.WAITING]
        case Trouble.TRANSFERS:
            return Transfer, [Transfer.state == TransferState.APPLIED]


def rules_of(severity: Severity) -> list[str]:
    """Return the ids of the rules of a severity."""
    return [name for name, entry in entries().items() if entry.rule.severity is severity]
