"""Notices of all contracts: those that wait to be dispatched, and what becomes of each."""

from typing import Any

import marshmallow as ma
from flask import request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from api.audit.log import record
from api.contracts.changes import Order
from api.db import read_session
from api.display.words import Sign
from api.identity.accounts import contracts_of
from api.models import Contract, DeliveryState, Dispatch, Notice, NoticeState, ServiceMail
from api.models.delivery import DELIVERY_WORDS
from api.models.notice import DISPATCH_WORDS, NOTICE_STATE_WORDS
from api.notices import dispatching
from api.notices.kinds import KINDS
from api.portal.forms import Done, FormSchema, Refusal, submitted
from api.portal.frame import staff_page
from api.portal.pager import cut
from api.portal.room import staff_room
from api.routes.access import visible_contract
from api.routes.ordering import ordering
from api.web.errors import status_error
from api.web.signin import signed_in_user
from collectors.text import Text

blueprint = staff_room("notices", __name__)
_ACTIVE = "portal_staff_notices.listing"

_MAIL_SIGNS = {DeliveryState.WAITING: "◇", DeliveryState.SENT: "●", DeliveryState.DEAD: "×"}
MAILS = {state: Sign(_MAIL_SIGNS[state], DELIVERY_WORDS[state]) for state in DeliveryState}
"""State of a mail -> how it is shown."""


class _Dispatched(FormSchema):
    how = ma.fields.String(required=True, validate=ma.validate.OneOf([Dispatch.POST.value, Dispatch.HAND.value]))
    note = ma.fields.String(load_default="")


@blueprint.get("/notices")
def listing() -> str:
    """List notices, the newest first; those that wait unless another state is asked for."""
    session, asked = read_session(), request.args.get("state", NoticeState.WAITING.value)
    query = (
        select(Notice)
        .join(Contract, Contract.id == Notice.contract_id)
        .where(Notice.contract_id.in_(_mine()))
        .options(contains_eager(Notice.contract))
        .order_by(Notice.id.desc())
    )
    if asked in set(NoticeState):
        query = query.where(Notice.state == NoticeState(asked))
    return staff_page(
        "portal/staff/notices.html",
        _ACTIVE,
        page=cut(session, query),
        state=asked if asked in set(NoticeState) else "all",
        kinds=KINDS,
        notice_states=NOTICE_STATE_WORDS,
    )


@blueprint.get("/notices/<notice_id>")
def page(notice_id: str) -> str:
    """Show a notice and what became of its mails."""
    return _page(notice_id)


@blueprint.post("/notices/<notice_id>/dispatch")
def dispatch(notice_id: str) -> ResponseReturnValue:
    """Note that a notice was posted or handed over; what waited for that takes effect."""

    def do(order: Order, notice: Notice, sent: dict[str, Any]) -> Text:
        if notice.state is NoticeState.DISPATCHED:
            return Text("この通知はすでに発信済みです。", "This notice was dispatched already.")
        dispatching.dispatch(order.session, notice, Dispatch(sent["how"]), sent["note"], order.now)
        _record(order, notice, "notice.dispatch")
        if notice.effect:
            return Text("発信を記録し、契約を終了しました。", "The dispatch is recorded, and the contract has ended.")
        return Text("発信を記録しました。", "The dispatch is recorded.")

    return _ordered(notice_id, "dispatch", _Dispatched, do)


@blueprint.post("/notices/<notice_id>/cancel")
def cancel(notice_id: str) -> ResponseReturnValue:
    """Take a notice back that was not dispatched yet."""

    def do(order: Order, notice: Notice, _sent: dict[str, Any]) -> Text:
        dispatching.cancel(notice)
        _record(order, notice, "notice.cancel")
        return Text("通知を取り消しました。メールも送りません。", "The notice is taken back; no mail of it goes out.")

    return _ordered(notice_id, "cancel", FormSchema, do)


def _ordered(notice_id: str, form: str, schema: type[FormSchema], do: Any) -> ResponseReturnValue:
    def run(sent: dict[str, Any]) -> Done:
        _notice, contract_id = _found(read_session(), notice_id)
        with ordering(signed_in_user(), contract_id) as (order, _contract):
            notice = order.session.scalars(select(Notice).where(Notice.public_id == notice_id)).one()
            text = do(order, notice, sent)
        return Done(text, url_for(".page", notice_id=notice_id))

    return submitted(form, schema, run, lambda refused: _page(notice_id, refused))


def _mine() -> Any:
    return contracts_of(signed_in_user()).order_by(None).with_only_columns(Contract.id)


def _found(session: Session, notice_id: str) -> tuple[Notice, str]:
    found = session.execute(
        select(Notice, Contract.public_id)
        .join(Contract, Contract.id == Notice.contract_id)
        .where(Notice.public_id == notice_id, Notice.contract_id.in_(_mine()))
    ).first()
    if found is None:
        raise status_error(404)
    notice, contract_id = found
    return notice, contract_id


def _page(notice_id: str, refused: Refusal | None = None) -> str:
    session = read_session()
    notice, contract_id = _found(session, notice_id)
    mails = session.scalars(
        select(ServiceMail).where(ServiceMail.subject == notice.public_id).order_by(ServiceMail.id)
    ).all()
    return staff_page(
        "portal/staff/notice.html",
        _ACTIVE,
        refused,
        notice=notice,
        contract=visible_contract(session, signed_in_user(), contract_id),
        mails=mails,
        mail_signs=MAILS,
        kinds=KINDS,
        notice_states=NOTICE_STATE_WORDS,
        dispatch_words=DISPATCH_WORDS,
    )


def _record(order: Order, notice: Notice, action: str) -> None:
    contract = notice.contract.public_id
    record(order.session, order.actor, action, at=order.now, contract=contract, target=notice.public_id)
