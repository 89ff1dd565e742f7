"""Conditions of the terms for a step of a contract, beyond the table of states. No I/O besides reading."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.models import Breach, Contract, ContractEvent, Notice, NoticeState, ReasonCode, TransitionRefused
from api.models.terms import TERMS_WORDS
from api.terms.acceptance import missing
from collectors.text import Text


@dataclass(frozen=True, slots=True)
class Step:
    """A step that is asked for.

    Attributes:
        contract: whose.
        event: what is to happen.
        code: the reason of the terms; None where the event takes none.
        on: today in Japan.
    """

    contract: Contract
    event: ContractEvent
    code: ReasonCode | None
    on: date


@dataclass(frozen=True, slots=True)
class Guard:
    """One condition.

    Attributes:
        event: of which event.
        code: only where this is the reason; None for all.
        text: the condition, for people and for the picture of the states.
        check: raises `TransitionRefused` where it is not met.
    """

    event: ContractEvent
    code: ReasonCode | None
    text: Text
    check: Callable[[Session, Step], None]


def check(session: Session, step: Step) -> None:
    """See that a step is possible from the contract's state and meets the conditions of the terms.

    Raises:
        TransitionRefused: it is not; the message and `rule` say which.
    """
    step.contract.possible(step.event)
    for guard in GUARDS:
        if guard.event is step.event and guard.code in (None, step.code):
            guard.check(session, step)


def open_breach(session: Session, contract: Contract) -> Breach | None:
    """Return the breach that the customer was told to cure and has not."""
    return session.scalar(
        select(Breach)
        .where(Breach.contract_id == contract.id, Breach.cured_at.is_(None))
        .order_by(Breach.id.desc())
        .limit(1)
    )


def _terms_accepted(session: Session, step: Step) -> None:
    left = missing(session, step.contract, step.on)
    if left:
        named = [TERMS_WORDS[each.kind] for each in left]
        raise _refused(
            "terms_accepted",
            f"次の規約への同意がまだありません: {'、'.join(each.ja for each in named)}",
            f"these terms were not accepted yet: {', '.join(each.en for each in named)}",
        )


def _none_open(session: Session, step: Step) -> None:
    breach = open_breach(session, step.contract)
    if breach is not None:
        raise _refused(
            "breach_open",
            f"契約違反がすでに通知されています（是正の期限 {breach.cure_until}）",
            f"a breach is open already, to be cured until {breach.cure_until}",
        )


def _one_open(session: Session, step: Step) -> None:
    if open_breach(session, step.contract) is None:
        raise _refused("no_breach", "通知中の契約違反はありません", "no breach is open")


def _period_over(session: Session, step: Step) -> None:
    breach = open_breach(session, step.contract)
    if breach is None:
        raise _refused(
            "breach_notice",
            "契約違反を理由に終了するには、先に是正を求める通知が必要です",
            "to end a contract for a breach, the customer must first be told to cure it",
        )
    if step.on <= breach.cure_until:
        raise _refused(
            "cure_period",
            f"是正の期限 {breach.cure_until} が過ぎるまで、契約違反を理由に終了できません",
            f"the customer may cure the breach until {breach.cure_until}; the contract cannot end for it before",
        )


def _service_ended(session: Session, step: Step) -> None:
    told = session.scalar(
        select(Notice.effective_on)
        .where(
            Notice.contract_id == step.contract.id,
            Notice.kind == "service_end",
            Notice.state == NoticeState.DISPATCHED,
        )
        .order_by(Notice.effective_on)
        .limit(1)
    )
    if told is None or step.on < told:
        raise _refused(
            "service_end_notice",
            "サービスの終了を理由に終了するには、1か月以上前の通知と終了日の到来が必要です",
            "to end a contract with the service, its end must have been told a month before, and the day have come",
        )


def _term_over(_session: Session, step: Step) -> None:
    ends_on = step.contract.ends_on
    if ends_on is None or step.on <= ends_on:
        raise _refused(
            "term",
            f"契約期間はまだ満了していません（{ends_on or '期間の定めなし'}）",
            f"the term of the contract is not over ({ends_on or 'no end is agreed'})",
        )


def _refused(rule: str, ja: str, en: str) -> TransitionRefused:
    return TransitionRefused(Text(ja, en), rule)


GUARDS: tuple[Guard, ...] = (
    Guard(
        ContractEvent.ACTIVATE,
        None,
        Text("適用中の規約すべてに同意済み", "all terms that hold were accepted"),
        _terms_accepted,
    ),
    Guard(ContractEvent.NOTIFY_BREACH, None, Text("未是正の違反がない", "no breach is open"), _none_open),
    Guard(ContractEvent.CURE, None, Text("違反を通知済み", "a breach is open"), _one_open),
    Guard(
        ContractEvent.TERMINATE,
        ReasonCode.BREACH,
        Text("是正の期限（7日以上）が過ぎた", "the period to cure (7 days or more) is over"),
        _period_over,
    ),
    Guard(
        ContractEvent.TERMINATE,
        ReasonCode.END_OF_SERVICE,
        Text("1か月以上前に通知し、終了日が来た", "told a month before, and the day has come"),
        _service_ended,
    ),
    Guard(ContractEvent.EXPIRE, None, Text("契約期間が満了した", "the term is over"), _term_over),
)
"""All conditions. That of a transfer, a document that proves it, is looked at by `api.contracts.transfer`."""

GUARDED: Mapping[ContractEvent, tuple[Guard, ...]] = {
    event: tuple(guard for guard in GUARDS if guard.event is event) for event in ContractEvent
}
"""Event -> its conditions."""
