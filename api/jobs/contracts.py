"""The job that ends contracts whose term is over, and settles quotas by the day."""

import logging

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from api.audit.actor import SERVICE
from api.contracts.changes import Order, expire
from api.contracts.quota import settle, warn
from api.jobs.job import Job, Tools
from api.models import Contract, ContractOption, ContractState, Device
from api.models.base import service_day, utc_now
from collectors.text import Text

_log = logging.getLogger(__name__)


def run(tools: Tools) -> None:
    """Go through the contracts for which something may be due, each in a transaction of its own."""
    today = service_day(utc_now())
    running = Contract.state.in_((ContractState.ACTIVE, ContractState.SUSPENDED))
    with_options = select(ContractOption.contract_id).where(ContractOption.ends_on.is_not(None))
    with_stopped = select(Device.contract_id).where(Device.stopped_at.is_not(None))
    asked = select(Contract.id).where(
        running, or_(Contract.ends_on < today, Contract.id.in_(with_options), Contract.id.in_(with_stopped))
    )
    with tools.database.reading() as session:
        due = session.scalars(asked.order_by(Contract.id)).all()
    for contract_id in due:
        if not tools.going():
            return
        _look_after(tools, contract_id)


def _look_after(tools: Tools, contract_id: int) -> None:
    with tools.database.writing.begin() as session:
        contract = session.get_one(
            Contract, contract_id, with_for_update=True, options=[selectinload(Contract.options)]
        )
        order = Order(session, SERVICE, utc_now())
        if contract.ends_on is not None and contract.ends_on < order.today:
            expire(order, contract)
            _log.info("contract %s: its term was over on %s", contract.public_id, contract.ends_on)
            return
        warn(session, contract, order.now)
        settle(session, contract, order.now)


JOB = Job(
    name="contracts",
    text=Text(
        "契約期間の満了とオプションの開始・終了を処理します（毎時）",
        "ends contracts whose term is over, and applies options that begin or end, every hour",
    ),
    minutes="6",
    run=run,
    expires_s=3000,
)
