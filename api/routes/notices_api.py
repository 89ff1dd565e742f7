# flask-smorest has no type information.
# mypy: disable-error-code="untyped-decorator"
"""`/api/v1/contracts/{id}/notices`: formal messages, their dispatch and that somebody read them."""

from functools import partial
from typing import Any

import marshmallow as ma
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.audit.log import record
from api.contracts import changes
from api.contracts.changes import Order
from api.db import read_session
from api.models import Contract, Dispatch, Notice, NoticeState, ServiceMail
from api.notices import dispatching
from api.routes.access import visible_contract
from api.routes.contract_fields import NoticeAnswer, told_notice
from api.routes.operation import documented
from api.routes.ordering import ordering
from api.web.errors import status_error
from api.web.gate import Scope, current_caller, needs
from api.web.idempotency import idempotent
from api.web.language import request_language
from api.web.paging import PAGES, Listed, SqlPage
from api.web.resource import resource
from collectors.text import Text

blueprint = resource("notices", __name__, "Formal messages to customers", "/api/v1")
_documented = partial(documented, blueprint)
_CHANGES = {400: "invalid_request, csrf_token_missing", 409: "notice_refused", 422: "invalid_request, invalid_text"}


class NoticeQuery(ma.Schema):
    """Which notices."""

    state = ma.fields.String(validate=ma.validate.OneOf([each.value for each in NoticeState]))


class EndRequest(ma.Schema):
    """The end of a function, or of the whole service."""

    function = ma.fields.String(
        load_default=None, metadata={"description": "which function; absent for the whole service"}
    )
    ends_on = ma.fields.Date(
        required=True,
        metadata={"description": "at least 10 days' notice for a function, a month's for the service"},
    )


class DispatchRequest(ma.Schema):
    """How somebody dispatched a notice without us."""

    how = ma.fields.String(required=True, validate=ma.validate.OneOf([Dispatch.POST.value, Dispatch.HAND.value]))
    note = ma.fields.String(load_default="", metadata={"example": "書留 123-45-67890-1"})


class MailAnswer(ma.Schema):
    """A mail that brings a notice."""

    address = ma.fields.String(required=True)
    state = ma.fields.String(required=True)
    attempts = ma.fields.Integer(required=True)
    settled_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    outcome = ma.fields.String(required=True, metadata={"description": "what the server said; empty if nothing"})


@blueprint.get("/contracts/<contract_id>/notices")
@needs(Scope.NOTICES_READ)
@blueprint.arguments(NoticeQuery, location="query", error_status_code=422)
@blueprint.response(200, NoticeAnswer(many=True))
@blueprint.paginate(SqlPage, **PAGES)
@_documented({422: "invalid_request"})
def list_(asked: dict[str, Any], contract_id: str) -> Listed[Notice]:
    """List the notices of a contract, the newest first."""
    session = read_session()
    contract = visible_contract(session, current_caller().user, contract_id)
    query = select(Notice).where(Notice.contract_id == contract.id).order_by(Notice.id.desc())
    if "state" in asked:
        query = query.where(Notice.state == NoticeState(asked["state"]))
    return Listed.of(session, query, told_notice)


@blueprint.get("/notices")
@needs(Scope.NOTICES_WRITE)
@blueprint.arguments(NoticeQuery, location="query", error_status_code=422)
@blueprint.response(200, NoticeAnswer(many=True))
@blueprint.paginate(SqlPage, **PAGES)
@_documented({422: "invalid_request"})
def all_(asked: dict[str, Any]) -> Listed[Notice]:
    """List the notices of all contracts, the newest first, e.g. those that wait to be dispatched."""
    query = select(Notice).order_by(Notice.id.desc())
    if "state" in asked:
        query = query.where(Notice.state == NoticeState(asked["state"]))
    return Listed.of(read_session(), query, told_notice)


@blueprint.get("/contracts/<contract_id>/notices/<notice_id>")
@needs(Scope.NOTICES_READ)
@blueprint.response(200, NoticeAnswer)
@_documented({})
def show(contract_id: str, notice_id: str) -> Any:
    """Show a notice."""
    session = read_session()
    contract = visible_contract(session, current_caller().user, contract_id)
    return told_notice(_notice(session, contract, notice_id))


@blueprint.get("/contracts/<contract_id>/notices/<notice_id>/mails")
@needs(Scope.NOTICES_WRITE)
@blueprint.response(200, MailAnswer(many=True))
@_documented({})
def mails(contract_id: str, notice_id: str) -> Any:
    """Tell what became of the mails that bring a notice."""
    session = read_session()
    contract = visible_contract(session, current_caller().user, contract_id)
    notice = _notice(session, contract, notice_id)
    asked = select(ServiceMail).where(ServiceMail.subject == notice.public_id).order_by(ServiceMail.id)
    return [
        {
            "address": mail.address,
            "state": mail.state.value,
            "attempts": mail.attempts,
            "settled_at": mail.settled_at,
            "outcome": Text(mail.why, mail.why_en).in_(request_language()),
        }
        for mail in session.scalars(asked)
    ]


@blueprint.post("/contracts/<contract_id>/notices")
@needs(Scope.NOTICES_WRITE)
@idempotent
@blueprint.arguments(EndRequest, error_status_code=422)
@blueprint.response(201, NoticeAnswer)
@_documented({**_CHANGES, 422: "invalid_request; function_end_notice, service_end_notice: `details.earliest`"})
def announce(sent: dict[str, Any], contract_id: str) -> Any:
    """Tell a customer that a function or the whole service ends; other notices come with the steps of a contract."""
    with ordering(current_caller().user, contract_id) as (order, contract):
        if sent["function"] is None:
            return told_notice(changes.end_service(order, contract, sent["ends_on"]))
        return told_notice(changes.end_function(order, contract, sent["function"], sent["ends_on"]))


@blueprint.post("/contracts/<contract_id>/notices/<notice_id>/dispatch")
@needs(Scope.NOTICES_WRITE)
@idempotent
@blueprint.arguments(DispatchRequest, error_status_code=422)
@blueprint.response(200, NoticeAnswer)
@_documented(_CHANGES)
def dispatch(sent: dict[str, Any], contract_id: str, notice_id: str) -> Any:
    """Note that a notice was posted or handed over; what waited for that takes effect."""
    with ordering(current_caller().user, contract_id) as (order, contract):
        notice = _notice(order.session, contract, notice_id)
        dispatching.dispatch(order.session, notice, Dispatch(sent["how"]), sent["note"], order.now)
        _record(order, contract, notice, "notice.dispatch")
        return told_notice(notice)


@blueprint.post("/contracts/<contract_id>/notices/<notice_id>/cancel")
@needs(Scope.NOTICES_WRITE)
@idempotent
@blueprint.response(200, NoticeAnswer)
@_documented(_CHANGES)
def cancel(contract_id: str, notice_id: str) -> Any:
    """Take a notice back that was not dispatched yet; what waited for it does not happen."""
    with ordering(current_caller().user, contract_id) as (order, contract):
        notice = _notice(order.session, contract, notice_id)
        dispatching.cancel(notice)
        _record(order, contract, notice, "notice.cancel")
        return told_notice(notice)


@blueprint.post("/contracts/<contract_id>/notices/<notice_id>/acknowledge")
@needs(Scope.NOTICES_ACKNOWLEDGE)
@idempotent
@blueprint.response(200, NoticeAnswer)
@_documented(_CHANGES)
def acknowledge(contract_id: str, notice_id: str) -> Any:
    """Say that one has read a notice; the first one of a contract who does stands."""
    with ordering(current_caller().user, contract_id) as (order, contract):
        notice = _notice(order.session, contract, notice_id)
        dispatching.acknowledge(notice, order.actor.id, order.now)
        _record(order, contract, notice, "notice.acknowledge")
        return told_notice(notice)


def _notice(session: Session, contract: Contract, notice_id: str) -> Notice:
    found = session.scalar(select(Notice).where(Notice.contract_id == contract.id, Notice.public_id == notice_id))
    if found is None:
        raise status_error(404)
    return found


def _record(order: Order, contract: Contract, notice: Notice, action: str) -> None:
    record(order.session, order.actor, action, at=order.now, contract=contract.public_id, target=notice.public_id)
