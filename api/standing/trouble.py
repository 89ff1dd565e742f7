"""How many findings of each contract are open, and how many of its devices are silent for too long.

Counted here once a minute, so that a page of all contracts reads a point of each and not each of their devices.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from alert_rules.registry import Entry
from alert_rules.rule import Severity
from api.models import Contract, ContractState, Device, DeviceKind, Finding
from collectors.service.device import ALWAYS_ON_SILENT_S, PC_SILENT_S


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with a contract now.

    Attributes:
        critical: open findings that ask for action now.
        warning: open findings that deserve attention.
        silent_always_on: servers, NAS and probes that are silent for too long; None where points are not expected.
        silent_pcs: PCs that are.
    """

    critical: int = 0
    warning: int = 0
    silent_always_on: int | None = None
    silent_pcs: int | None = None


NO_TROUBLE = Trouble()


def read_trouble(session: Session, rules: Mapping[str, Entry], now: datetime) -> dict[int, Trouble]:
    """Return the trouble of all contracts that have not ended, by their row."""
    critical, warning = _open(session, rules, Severity.CRITICAL), _open(session, rules, Severity.WARNING)
    servers = _silent(session, Device.kind != DeviceKind.PC, now - timedelta(seconds=ALWAYS_ON_SILENT_S))
    pcs = _silent(session, Device.kind == DeviceKind.PC, now - timedelta(seconds=PC_SILENT_S))
    asked = select(Contract.id, Contract.state).where(Contract.state != ContractState.TERMINATED)
    found = {}
    for row, state in session.execute(asked):
        told = (servers[row], pcs[row]) if state is ContractState.ACTIVE else (None, None)
        found[row] = Trouble(critical[row], warning[row], *told)
    return found


def _open(session: Session, rules: Mapping[str, Entry], severity: Severity) -> Counter[int]:
    names = [name for name, entry in rules.items() if entry.rule.severity is severity]
    asked = (
        select(Finding.contract_id, func.count())
        .where(Finding.closed_at.is_(None), Finding.rule.in_(names))
        .group_by(Finding.contract_id)
    )
    return Counter(dict(session.execute(asked).all()))


def _silent(session: Session, of_kind: ColumnElement[bool], since: datetime) -> Counter[int]:
    asked = (
        select(Device.contract_id, func.count())
        .where(Device.revoked_at.is_(None), of_kind, Device.last_seen_at < since)
        .group_by(Device.contract_id)
    )
    return Counter(dict(session.execute(asked).all()))
