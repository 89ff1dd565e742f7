# flask-smorest has no type information.
# mypy: disable-error-code="untyped-decorator"
"""`/api/v1/contracts`: contracts, what happens to them, their sites."""

from functools import partial
from typing import Any

import marshmallow as ma
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.audit.actor import actor_of
from api.contracts import changes
from api.contracts.changes import Order
from api.contracts.making import add_site as add_site_to
from api.contracts.making import change_particulars, create_contract
from api.db import current_database, read_session
from api.identity.accounts import contracts_of
from api.models import Contract, ContractState, ContractStep, Reason, ReasonCode, Site
from api.models.base import utc_now
from api.models.contract import REASONS_OF, ContractEvent
from api.routes.access import visible_contract
from api.routes.contract_fields import (
    CONTACT,
    ContractAnswer,
    ContractLine,
    NoticeAnswer,
    SiteAnswer,
    SiteRequest,
    StepAnswer,
    UsageAnswer,
    told_contract,
    told_line,
    told_notice,
    told_site,
)
from api.routes.operation import documented
from api.routes.ordering import ordering, refusals
from api.web.fields import words
from api.web.gate import Scope, current_caller, needs
from api.web.idempotency import idempotent
from api.web.paging import PAGES, Listed, SqlPage
from api.web.resource import resource

blueprint = resource("contracts", __name__, "Contracts, what happens to them, their sites", "/api/v1/contracts")
_documented = partial(documented, blueprint)
_CONFLICT = {
    400: "invalid_request, csrf_token_missing",
    409: "the contract's state or a condition of the terms does not allow it; `code` names the condition",
    422: "invalid_request, invalid_text, or the period of the terms that a date breaks",
}


class ContractQuery(ma.Schema):
    """Which contracts."""

    state = ma.fields.String(validate=ma.validate.OneOf([each.value for each in ContractState]))
    q = words(metadata={"description": "beginning of the name or of the id"})


class ContractRequest(ma.Schema):
    """An application for a contract; it begins when it is activated."""

    name = ma.fields.String(required=True, metadata={"example": "山田商事株式会社"})
    language = ma.fields.String(load_default="ja", validate=ma.validate.OneOf(["ja", "en"]))
    contact = ma.fields.String(
        load_default="",
        validate=CONTACT,
        metadata={"example": "soumu@example.jp"},
    )
    ends_on = ma.fields.Date(load_default=None, allow_none=True)
    site = ma.fields.Nested(SiteRequest, load_default=None)


class ContractChange(ma.Schema):
    """What is to be changed; what is not named stays."""

    language = ma.fields.String(validate=ma.validate.OneOf(["ja", "en"]))
    contact = ma.fields.String(validate=CONTACT)
    ends_on = ma.fields.Date(allow_none=True)


class _Reasoned(ma.Schema):
    note = ma.fields.String(load_default="", metadata={"description": "words beside the reason, told to the customer"})


class SuspendRequest(_Reasoned):
    """Why."""

    reason = ma.fields.String(
        required=True, validate=ma.validate.OneOf([c.value for c in REASONS_OF[ContractEvent.SUSPEND]])
    )


class TerminateRequest(_Reasoned):
    """Why."""

    reason = ma.fields.String(
        required=True, validate=ma.validate.OneOf([c.value for c in REASONS_OF[ContractEvent.TERMINATE]])
    )


class BreachRequest(ma.Schema):
    """A breach of the terms."""

    what = ma.fields.String(required=True, metadata={"example": "IDの第三者への貸与"})
    cure_until = ma.fields.Date(required=True, metadata={"description": "at least 7 days after today"})


@blueprint.get("")
@needs(Scope.CONTRACTS_READ)
@blueprint.arguments(ContractQuery, location="query", error_status_code=422)
@blueprint.response(200, ContractLine(many=True))
@blueprint.paginate(SqlPage, **PAGES)
@_documented({422: "invalid_request"})
def list_(asked: dict[str, Any]) -> Listed[Contract]:
    """List the contracts that one may see."""
    query = contracts_of(current_caller().user)
    if "state" in asked:
        query = query.where(Contract.state == ContractState(asked["state"]))
    if "q" in asked:
        begin = asked["q"]
        query = query.where(
            Contract.name.startswith(begin, autoescape=True) | Contract.public_id.startswith(begin, autoescape=True)
        )
    return Listed.of(read_session(), query, told_line)


@blueprint.post("")
@needs(Scope.CONTRACTS_WRITE)
@idempotent
@blueprint.arguments(ContractRequest, error_status_code=422)
@blueprint.response(201, ContractAnswer)
@_documented(_CONFLICT)
def create(sent: dict[str, Any]) -> Any:
    """Take an application: the contract is a draft until it is activated."""
    with refusals(), current_database().writing.begin() as session:
        order = Order(session, actor_of(current_caller().user), utc_now())
        made = create_contract(order, sent["name"], sent["language"], sent["contact"], sent["ends_on"])
        if sent["site"]:
            add_site_to(order, made, Site(**sent["site"]))
        return told_contract(session, made)


@blueprint.get("/<contract_id>")
@needs(Scope.CONTRACTS_READ)
@blueprint.etag
@blueprint.response(200, ContractAnswer)
@_documented({})
def show(contract_id: str) -> Any:
    """Show a contract."""
    session = read_session()
    return told_contract(session, visible_contract(session, current_caller().user, contract_id))


@blueprint.patch("/<contract_id>")
@needs(Scope.CONTRACTS_WRITE)
@blueprint.etag
@blueprint.arguments(ContractChange, error_status_code=422)
@blueprint.response(200, ContractAnswer)
@_documented({**_CONFLICT, 412: "changed_meanwhile", 428: "if_match_missing"})
def change(sent: dict[str, Any], contract_id: str) -> Any:
    """Change what may be changed without a step: language, address for notices, end of the term."""
    with ordering(current_caller().user, contract_id) as (order, contract):
        blueprint.check_etag(told_contract(order.session, contract), ContractAnswer)
        change_particulars(order, contract, sent)
        return told_contract(order.session, contract)


@blueprint.post("/<contract_id>/activate")
@needs(Scope.CONTRACTS_WRITE)
@idempotent
@blueprint.response(200, ContractAnswer)
@_documented(_CONFLICT)
def activate(contract_id: str) -> Any:
    """Begin a contract; its terms must have been accepted."""
    with ordering(current_caller().user, contract_id) as (order, contract):
        changes.activate(order, contract)
        return told_contract(order.session, contract)


@blueprint.post("/<contract_id>/suspend")
@needs(Scope.CONTRACTS_WRITE)
@idempotent
@blueprint.arguments(SuspendRequest, error_status_code=422)
@blueprint.response(200, NoticeAnswer, description="suspended; the notice that tells the customer")
@_documented(_CONFLICT)
def suspend(sent: dict[str, Any], contract_id: str) -> Any:
    """Suspend a contract at once, for a reason of the terms."""
    with ordering(current_caller().user, contract_id) as (order, contract):
        return told_notice(changes.suspend(order, contract, Reason(ReasonCode(sent["reason"]), sent["note"])))


@blueprint.post("/<contract_id>/resume")
@needs(Scope.CONTRACTS_WRITE)
@idempotent
@blueprint.response(200, NoticeAnswer, description="resumed; the notice that tells the customer")
@_documented(_CONFLICT)
def resume(contract_id: str) -> Any:
    """Let a suspended contract go on."""
    with ordering(current_caller().user, contract_id) as (order, contract):
        return told_notice(changes.resume(order, contract))


@blueprint.post("/<contract_id>/breach")
@needs(Scope.CONTRACTS_WRITE)
@idempotent
@blueprint.arguments(BreachRequest, error_status_code=422)
@blueprint.response(200, NoticeAnswer, description="the notice that tells the customer")
@_documented(_CONFLICT)
def breach(sent: dict[str, Any], contract_id: str) -> Any:
    """Tell the customer of a breach of the terms, and by when it is to be cured."""
    with ordering(current_caller().user, contract_id) as (order, contract):
        return told_notice(changes.notify_breach(order, contract, sent["what"], sent["cure_until"]))


@blueprint.post("/<contract_id>/cure")
@needs(Scope.CONTRACTS_WRITE)
@idempotent
@blueprint.response(200, NoticeAnswer, description="the notice that tells the customer")
@_documented(_CONFLICT)
def cure(contract_id: str) -> Any:
    """Note the open breach as cured."""
    with ordering(current_caller().user, contract_id) as (order, contract):
        return told_notice(changes.cure(order, contract))


@blueprint.post("/<contract_id>/terminate")
@needs(Scope.CONTRACTS_WRITE)
@idempotent
@blueprint.arguments(TerminateRequest, error_status_code=422)
@blueprint.response(200, ContractAnswer, description="`end_ordered` names the notice whose dispatch ends it")
@_documented(_CONFLICT)
def terminate(sent: dict[str, Any], contract_id: str) -> Any:
    """Order the end of a contract: it ends when its notice is dispatched."""
    with ordering(current_caller().user, contract_id) as (order, contract):
        changes.order_termination(order, contract, Reason(ReasonCode(sent["reason"]), sent["note"]))
        order.session.flush()
        return told_contract(order.session, contract)


@blueprint.get("/<contract_id>/steps")
@needs(Scope.CONTRACTS_READ)
@blueprint.response(200, StepAnswer(many=True))
@blueprint.paginate(SqlPage, **PAGES)
@_documented({})
def steps(contract_id: str) -> Listed[ContractStep]:
    """List what happened to a contract, the newest first."""
    session, contract = _read(contract_id)
    query = select(ContractStep).where(ContractStep.contract_id == contract.id).order_by(ContractStep.id.desc())
    return Listed.of(session, query, _step)


@blueprint.get("/<contract_id>/usage")
@needs(Scope.CONTRACTS_READ)
@blueprint.response(200, UsageAnswer)
@_documented({})
def usage(contract_id: str) -> Any:
    """Tell how many devices the contract covers and how many are in use."""
    session, contract = _read(contract_id)
    return told_contract(session, contract)["usage"]


@blueprint.get("/<contract_id>/sites")
@needs(Scope.CONTRACTS_READ)
@blueprint.response(200, SiteAnswer(many=True))
@_documented({})
def sites(contract_id: str) -> Any:
    """List the sites of a contract."""
    return [told_site(site) for site in _read(contract_id)[1].sites]


@blueprint.post("/<contract_id>/sites")
@needs(Scope.CONTRACTS_WRITE)
@idempotent
@blueprint.arguments(SiteRequest, error_status_code=422)
@blueprint.response(201, SiteAnswer)
@_documented(_CONFLICT)
def add_site(sent: dict[str, Any], contract_id: str) -> Any:
    """Add a site; the service area is Japan."""
    with ordering(current_caller().user, contract_id) as (order, contract):
        made = Site(**sent)
        add_site_to(order, contract, made)
        return told_site(made)


def _read(contract_id: str) -> tuple[Session, Contract]:
    session = read_session()
    return session, visible_contract(session, current_caller().user, contract_id)


def _step(step: ContractStep) -> dict[str, Any]:
    return {name: getattr(step, name) for name in ("at", "event", "before", "after", "reason", "note", "who")}
