"""Notices of a contract: the list, and each with a button that says that it was read."""

from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.audit.log import record
from api.db import read_session
from api.identity.accounts import contracts_of
from api.models import Contract, Notice, Role, User
from api.models.notice import DISPATCH_WORDS, NOTICE_STATE_WORDS
from api.notices.dispatching import acknowledge as note_as_read
from api.notices.kinds import KINDS
from api.portal.forms import Done, FormSchema, Refusal, submitted
from api.portal.frame import contract_page, shown_contract
from api.portal.pager import cut
from api.portal.room import customer_room
from api.routes.access import visible_contract
from api.routes.ordering import ordering
from api.terms.use import no_use
from api.web.errors import status_error
from api.web.signin import signed_in_user
from collectors.text import Text

blueprint = customer_room("notices", __name__)
_ACTIVE = "portal_notices.listing"


@blueprint.get("/<contract_id>/notices")
@no_use
def listing(contract_id: str) -> str:
    """List the notices, the newest first."""
    session, contract = shown_contract(contract_id)
    query = select(Notice).where(Notice.contract_id == contract.id).order_by(Notice.id.desc())
    return contract_page(
        "portal/notices.html",
        _ACTIVE,
        contract,
        page=cut(session, query),
        kinds=KINDS,
        notice_states=NOTICE_STATE_WORDS,
    )


@blueprint.get("/notices/<notice_id>")
@no_use
def page(notice_id: str) -> str:
    """Show a notice; mails link here."""
    return _page(notice_id)


@blueprint.post("/notices/<notice_id>")
@no_use
def acknowledge(notice_id: str) -> ResponseReturnValue:
    """Say that one has read a notice; staff do not say so for others."""
    user = signed_in_user()
    if user.role is not Role.CUSTOMER:
        raise status_error(403)

    def run(_sent: dict[str, Any]) -> Done:
        _notice, contract_id = _found(read_session(), user, notice_id)
        with ordering(user, contract_id) as (order, contract):
            notice = order.session.scalars(select(Notice).where(Notice.public_id == notice_id)).one()
            note_as_read(notice, order.actor.id, order.now)
            record(
                order.session,
                order.actor,
                "notice.acknowledge",
                at=order.now,
                contract=contract.public_id,
                target=notice.public_id,
            )
        text = Text("確認したことを記録しました。", "It is recorded that you have read this notice.")
        return Done(text, url_for(".page", notice_id=notice_id))

    return submitted("acknowledge", FormSchema, run, lambda refused: _page(notice_id, refused))


def _found(session: Session, user: User, notice_id: str) -> tuple[Notice, str]:
    """Return a notice of a contract that a person may see, and the contract's public id.

    Raises:
        ApiError: 404, there is none, or it is another customer's.
    """
    mine = contracts_of(user).order_by(None).with_only_columns(Contract.id)
    found = session.execute(
        select(Notice, Contract.public_id)
        .join(Contract, Contract.id == Notice.contract_id)
        .where(Notice.public_id == notice_id, Notice.contract_id.in_(mine))
    ).first()
    if found is None:
        raise status_error(404)
    notice, contract_id = found
    return notice, contract_id


def _page(notice_id: str, refused: Refusal | None = None) -> str:
    session, user = read_session(), signed_in_user()
    notice, contract_id = _found(session, user, notice_id)
    contract = visible_contract(session, user, contract_id)
    reader = session.scalar(select(User).where(User.public_id == notice.acknowledged_by))
    return contract_page(
        "portal/notice.html",
        _ACTIVE,
        contract,
        refused,
        notice=notice,
        reader=(reader.person_name or reader.username) if reader else "",
        kinds=KINDS,
        notice_states=NOTICE_STATE_WORDS,
        dispatch_words=DISPATCH_WORDS,
    )
