"""The steps of a contract, as people order them: condition, step, notice and log in one transaction.

The end of a contract takes effect when its notice is dispatched (`api.notices.dispatching`); all other steps at once.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.audit.actor import Actor
from api.audit.log import record
from api.contracts import periods
from api.contracts.guards import Step, check, open_breach
from api.models import (
    Breach,
    Contract,
    ContractEvent,
    ContractState,
    Notice,
    NoticeState,
    Reason,
    ReasonCode,
    TransitionRefused,
)
from api.models.base import service_day
from api.models.contract_step import NOTE_LENGTH
from api.notices.writing import write_notice
from api.plaintext import one_line
from collectors.text import Text


@dataclass(frozen=True, slots=True)
class Order:
    """Who orders something, and when.

    Attributes:
        session: one that writes; what is ordered is part of its transaction.
        actor: who.
        now: this moment.
    """

    session: Session
    actor: Actor
    now: datetime

    @property
    def today(self) -> date:
        """The day in Japan."""
        return service_day(self.now)


def activate(order: Order, contract: Contract) -> None:
    """Begin a contract: its devices may enrol and send.

    Raises:
        TransitionRefused: it is not a draft, or terms that hold were not accepted.
    """
    _step(order, contract, ContractEvent.ACTIVATE, None)


def suspend(order: Order, contract: Contract, reason: Reason) -> Notice:
    """Suspend a contract at once, and tell the customer why: data is refused, dashboards and reports stop.

    Raises:
        TransitionRefused: it is not active, or the reason is none of the terms for a suspension.
        InvalidText: the note cannot be used.
    """
    _step(order, contract, ContractEvent.SUSPEND, reason)
    return _notice(order, contract, "suspension", {"reason": _pair(contract.reason_text)}, order.today)


def resume(order: Order, contract: Contract) -> Notice:
    """Let a suspended contract go on: what its devices kept arrives.

    Raises:
        TransitionRefused: it is not suspended.
    """
    _step(order, contract, ContractEvent.RESUME, None)
    return _notice(order, contract, "resumption", {}, order.today)


def notify_breach(order: Order, contract: Contract, what: str, cure_until: date) -> Notice:
    """Tell a customer of a breach of the terms and by when it is to be cured.

    Raises:
        TransitionRefused: the contract has not begun or has ended, or a breach is open already.
        PeriodRefused: the customer has less than 7 days.
        InvalidText: what it is cannot be used.
    """
    told = one_line(what, NOTE_LENGTH, Text("違反の内容", "what the breach is"))
    periods.check_cure(order.today, cure_until)
    _step(order, contract, ContractEvent.NOTIFY_BREACH, None, {"cure_until": cure_until.isoformat()})
    contract.breaches.append(Breach(note=told, noted_at=order.now, cure_until=cure_until))
    return _notice(order, contract, "breach", {"what": told, "cure_until": cure_until.isoformat()}, cure_until)


def cure(order: Order, contract: Contract) -> Notice:
    """Note the open breach as cured, and tell the customer.

    Raises:
        TransitionRefused: no breach is open.
    """
    _step(order, contract, ContractEvent.CURE, None)
    breach = open_breach(order.session, contract)
    if breach is None:  # the guard has seen one in the same transaction
        raise TransitionRefused(Text("通知中の契約違反はありません", "no breach is open"), "no_breach")
    breach.cured_at = order.now
    return _notice(order, contract, "cure", {"what": breach.note}, order.today)


def order_termination(order: Order, contract: Contract, reason: Reason) -> Notice | None:
    """Order the end of a contract: it ends when its notice is dispatched. A draft ends at once, without a notice.

    Raises:
        TransitionRefused: it has ended, an end is ordered already, the reason is none of the terms for it, or a
            condition of the reason is not met.
        InvalidText: the note cannot be used.
    """
    if contract.state is ContractState.DRAFT:
        _step(order, contract, ContractEvent.TERMINATE, reason)
        return None
    check(order.session, Step(contract, ContractEvent.TERMINATE, reason.code, order.today))
    waiting = pending_end(order.session, contract)
    if waiting is not None:
        raise TransitionRefused(
            Text(
                f"契約の終了はすでに通知待ちです（通知 {waiting.public_id}）",
                f"the end of the contract is ordered already and waits for notice {waiting.public_id}",
            ),
            "end_ordered",
        )
    checked = contract.checked_reason(ContractEvent.TERMINATE, reason)
    effect = {"event": ContractEvent.TERMINATE.value, "code": checked.code.value, "note": checked.note}
    made = _notice(order, contract, "termination", {"reason": _pair(checked.text)}, None, effect)
    record(
        order.session,
        order.actor,
        "contract.order_termination",
        at=order.now,
        contract=contract.public_id,
        target=made.public_id,
        details={"reason": checked.code.value},
    )
    return made


def expire(order: Order, contract: Contract) -> Notice:
    """End a contract whose term is over.

    Raises:
        TransitionRefused: it is not.
    """
    _step(order, contract, ContractEvent.EXPIRE, Reason(ReasonCode.EXPIRED))
    return _notice(order, contract, "expiry", {}, contract.ends_on)


def end_function(order: Order, contract: Contract, what: str, ends_on: date) -> Notice:
    """Tell a customer that a function ends.

    Raises:
        PeriodRefused: that is told less than 10 days before.
        InvalidText: what it is cannot be used.
    """
    told = one_line(what, NOTE_LENGTH, Text("機能の名前", "the function"))
    periods.check_function_end(order.today, ends_on)
    return _announced(order, contract, "function_end", {"what": told}, ends_on)


def end_service(order: Order, contract: Contract, ends_on: date) -> Notice:
    """Tell a customer that the whole service ends; `order_termination` follows on the day.

    Raises:
        PeriodRefused: that is told less than a month before.
    """
    periods.check_service_end(order.today, ends_on)
    return _announced(order, contract, "service_end", {}, ends_on)


def pending_end(session: Session, contract: Contract) -> Notice | None:
    """Return the notice that the end of a contract waits for; None if no end is ordered."""
    return session.scalar(
        select(Notice)
        .where(Notice.contract_id == contract.id, Notice.kind == "termination", Notice.state == NoticeState.WAITING)
        .limit(1)
    )


def _announced(order: Order, contract: Contract, kind: str, facts: dict[str, object], ends_on: date) -> Notice:
    made = _notice(order, contract, kind, facts, ends_on)
    record(
        order.session,
        order.actor,
        f"notice.{kind}",
        at=order.now,
        contract=contract.public_id,
        target=made.public_id,
        details={"ends_on": ends_on.isoformat()},
    )
    return made


def _step(
    order: Order,
    contract: Contract,
    event: ContractEvent,
    reason: Reason | None,
    details: dict[str, object] | None = None,
) -> None:
    check(order.session, Step(contract, event, reason.code if reason else None, order.today))
    contract.apply(event, order.now, reason, order.actor.name)
    told = {"reason": reason.code.value} if reason else {}
    record(
        order.session,
        order.actor,
        f"contract.{event}",
        at=order.now,
        contract=contract.public_id,
        details={**told, **(details or {})},
    )


def _notice(
    order: Order,
    contract: Contract,
    kind: str,
    facts: dict[str, object],
    effective_on: date | None,
    effect: dict[str, str] | None = None,
) -> Notice:
    return write_notice(
        order.session,
        contract,
        kind,
        facts,
        order.actor.name,
        order.now,
        effective_on=effective_on,
        effect=effect,
    )


def _pair(text: Text) -> dict[str, str]:
    return {"ja": text.ja, "en": text.en}
