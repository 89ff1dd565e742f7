"""What a notice brings about once it is dispatched."""

from datetime import datetime

from sqlalchemy.orm import Session

from api.audit.actor import SERVICE
from api.audit.log import record
from api.models import Contract, ContractEvent, ContractState, Notice, Reason, ReasonCode


def take_effect(session: Session, notice: Notice, now: datetime) -> None:
    """Let a contract go the step that waited for a notice, as part of the session's transaction."""
    if notice.effect is None:
        return
    contract = session.get_one(Contract, notice.contract_id, with_for_update=True)
    if contract.state is ContractState.TERMINATED:  # it ended otherwise meanwhile
        return
    event = ContractEvent(notice.effect["event"])
    reason = Reason(ReasonCode(notice.effect["code"]), notice.effect["note"])
    contract.apply(event, now, reason, notice.made_by)
    record(
        session,
        SERVICE,
        f"contract.{event}",
        at=now,
        contract=contract.public_id,
        target=notice.public_id,
        details={"reason": reason.code.value, "on_dispatch_of": notice.public_id},
    )
