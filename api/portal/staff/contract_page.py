"""The page of one contract, with its forms; what they order stands in the modules beside this one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from api.contracts import periods, quota
from api.contracts.changes import Order, pending_end
from api.contracts.guards import open_breach
from api.models import (
    Contract,
    ContractEvent,
    ContractState,
    Notice,
    NoticeState,
    ReasonCode,
    TransferState,
    TransitionRefused,
    User,
)
from api.models.base import service_day, utc_now
from api.models.contract import REASONS_OF
from api.models.contract_option import OPTION_WORDS
from api.models.contract_reason import REASONS, ReasonUse, reason_text
from api.models.prefecture import PREFECTURES
from api.models.transfer import GROUND_WORDS, TRANSFER_STATE_WORDS
from api.notices.kinds import KINDS
from api.portal.findings import by_severity, open_findings
from api.portal.forms import LANGUAGES, Done, FormSchema, Refusal, submitted
from api.portal.frame import shown_contract, staff_page
from api.portal.plain import CONTRACT_MEANING, TRANSFER_SIGNS
from api.portal.terms import unaccepted
from api.portal.transfers import applications
from api.routes.ordering import ordering
from api.web.signin import signed_in_user
from collectors.text import Text

Do = Callable[[Order, Contract, dict[str, Any]], Text]
"""Does what a form orders, and says what is done."""

_SHOWN_NOTICES = 5


@dataclass(frozen=True, slots=True)
class Todo:
    """What is to be done before a contract can begin.

    Attributes:
        text: what.
        is_done: whether it was.
        url: where one does it.
    """

    text: Text
    is_done: bool
    url: str


def ordered(contract_id: str, form: str, schema: type[FormSchema], do: Do) -> ResponseReturnValue:
    """Do what a form of the page orders, and show the page again with what was done, or why not.

    Args:
        contract_id: public id of the contract.
        form: which form of the page.
        schema: what it may hold.
        do: does it in a transaction, and says what is done.
    """

    def run(sent: dict[str, Any]) -> Done:
        with ordering(signed_in_user(), contract_id) as (order, contract):
            text = do(order, contract, sent)
        return Done(text, url_for("portal_staff_contract.page", contract_id=contract_id))

    return submitted(form, schema, run, lambda refused: shown(contract_id, refused))


def shown(contract_id: str, refused: Refusal | None = None) -> str:
    """Return the page of a contract.

    Raises:
        ApiError: 404, the person sees no such contract.
    """
    session, contract = shown_contract(contract_id)
    now = utc_now()
    today = service_day(now)
    waiting = (
        select(Notice)
        .where(Notice.contract_id == contract.id, Notice.state == NoticeState.WAITING)
        .order_by(Notice.id.desc())
        .limit(_SHOWN_NOTICES)
    )
    found = applications(session, contract)
    people = session.scalar(select(func.count()).where(User.contract_id == contract.id)) or 0
    to_accept = unaccepted(session, contract, today)
    return staff_page(
        "portal/staff/contract.html",
        "portal_staff_contracts.listing",
        refused,
        contract=contract,
        meaning=CONTRACT_MEANING[contract.state],
        can={event.value: _is_possible(contract, event) for event in ContractEvent},
        suspend_reasons=[(code, REASONS[code]) for code in REASONS_OF[ContractEvent.SUSPEND]],
        immediate=_reasons(ReasonUse.IMMEDIATE_TERMINATION),
        ordinary=_reasons(ReasonUse.TERMINATION),
        used=quota.usage(session, contract, today),
        breach=open_breach(session, contract),
        ending=pending_end(session, contract),
        steps=list(reversed(contract.steps)),
        step_reason=lambda step: reason_text(step.reason, step.note),
        options=list(reversed(contract.options)),
        option_words=OPTION_WORDS,
        transfers=found,
        open_transfers=[each for each in found if each.state is TransferState.APPLIED],
        grounds=GROUND_WORDS,
        transfer_states=TRANSFER_STATE_WORDS,
        transfer_signs=TRANSFER_SIGNS,
        counts=by_severity(open_findings(session, contract)),
        waiting=session.scalars(waiting).all(),
        kinds=KINDS,
        users=people,
        unaccepted=to_accept,
        until_begun=_until_begun(contract, people, len(to_accept)) if contract.state is ContractState.DRAFT else (),
        languages=LANGUAGES,
        prefectures=PREFECTURES,
        today=today,
        earliest={
            "cure": today + timedelta(days=periods.CURE_DAYS),
            "function": today + timedelta(days=periods.FUNCTION_END_DAYS + 1),
            "service": periods.months_after(today + timedelta(days=1), periods.SERVICE_END_MONTHS),
        },
    )


def _until_begun(contract: Contract, people: int, to_accept: int) -> tuple[Todo, ...]:
    at = contract.public_id
    return (
        Todo(Text("拠点を登録する", "add a site"), bool(contract.sites), "#sites"),
        Todo(
            Text("利用者を登録し、初期パスワードを本人に渡す", "add a user, and hand over the first password"),
            people > 0,
            url_for("portal_staff_people.listing", contract_id=at),
        ),
        Todo(
            Text(
                "規約に同意してもらう（利用者が画面で。紙で受けた同意は記録する）",
                "let them accept the terms on their pages, or record an acceptance on paper",
            ),
            to_accept == 0,
            url_for("portal_terms.listing", contract_id=at),
        ),
        Todo(Text("契約を開始する", "begin the contract"), False, "#actions"),
    )


def _is_possible(contract: Contract, event: ContractEvent) -> bool:
    try:
        contract.possible(event)
    except TransitionRefused:
        return False
    return True


def _reasons(use: ReasonUse) -> list[tuple[ReasonCode, Text]]:
    return [(code, REASONS[code].text) for code in REASONS_OF[ContractEvent.TERMINATE] if REASONS[code].use is use]
