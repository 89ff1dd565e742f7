"""What was agreed with contracts, and noting what is due by it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db import Database
from api.models import Contract, ContractState, ReportPlan, ReportRun
from api.models.report_plan import FIRST_DAY, FIRST_HOUR, Sending
from api.reports.schedule.due import Agreed, Due, due, start_of_last_month

_AT_ONCE = 500


def plan_of(session: Session, contract: Contract, now: datetime) -> ReportPlan:
    """Return a contract's plan; where it has none yet, the usual one, which is not stored.

    The usual one begins with the contract, or with last month where the contract is older than that: what was before
    there was a schedule is not made up for.
    """
    there = session.get(ReportPlan, contract.id)
    if there is not None:
        return there
    return ReportPlan(
        contract_id=contract.id,
        monthly_since=max(contract.created_at, start_of_last_month(now)),
        day=FIRST_DAY,
        hour=FIRST_HOUR,
        weekly_since=None,
        weekday=0,
        sending=Sending.ATTACH,
        channels=None,
        keep_months=None,
        changed_at=now,
        changed_by="",
    )


def agreed_of(plan: ReportPlan) -> Agreed:
    """Return what a plan says about times."""
    return Agreed(plan.monthly_since, plan.day, plan.hour, plan.weekly_since, plan.weekday)


def note_due(database: Database, now: datetime) -> int:
    """Note the reports that are due and not noted yet, of contracts that run, and return how many there are.

    Nothing is written where nothing is due, and nothing twice, however many do this at once.
    """
    with database.reading() as session:
        asked = select(Contract.id).where(Contract.state == ContractState.ACTIVE).order_by(Contract.id)
        contracts = session.scalars(asked).all()
    noted = 0
    for begin in range(0, len(contracts), _AT_ONCE):
        some = contracts[begin : begin + _AT_ONCE]
        with database.reading() as session:
            if not _missing(session, some, now):
                continue
        with database.writing.begin() as session:
            # One after the other, where a database lets several write at once: each sees what the one before noted.
            session.execute(select(Contract.id).where(Contract.id.in_(some)).order_by(Contract.id).with_for_update())
            for plan, missing in _missing(session, some, now):
                session.merge(plan)  # from now on it begins where it began
                session.add_all(
                    ReportRun(contract_id=plan.contract_id, period=each.period, created_at=now, due_at=each.at)
                    for each in missing
                )
                noted += len(missing)
    return noted


def _missing(session: Session, contracts: Iterable[int], now: datetime) -> list[tuple[ReportPlan, list[Due]]]:
    """Return plans, each with what is due and not noted; also those that are not stored yet."""
    ids = list(contracts)
    known = {
        (contract, period)
        for contract, period in session.execute(
            select(ReportRun.contract_id, ReportRun.period).where(ReportRun.contract_id.in_(ids))
        )
    }
    stored = set(session.scalars(select(ReportPlan.contract_id).where(ReportPlan.contract_id.in_(ids))))
    found = []
    active = select(Contract).where(Contract.id.in_(ids), Contract.state == ContractState.ACTIVE)
    for contract in session.scalars(active):
        plan = plan_of(session, contract, now)
        missing = [
            each
            for each in due(agreed_of(plan), contract.state_changed_at, now)
            if (contract.id, each.period) not in known
        ]
        if missing or contract.id not in stored:
            found.append((plan, missing))
    return found
