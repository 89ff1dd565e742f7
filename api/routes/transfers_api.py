# flask-smorest has no type information.
# mypy: disable-error-code="untyped-decorator"
"""`/api/v1/contracts/{id}/transfers`: a contract passes to somebody else."""

from functools import partial
from typing import Any

import marshmallow as ma
from flask import Response, request
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from api.contracts import transfer as transfers
from api.db import read_session
from api.models import Contract, Transfer, TransferDocument, TransferGround, TransferState
from api.routes.access import visible_contract
from api.routes.operation import documented
from api.routes.ordering import ordering
from api.web.errors import ErrorSchema, status_error
from api.web.gate import Scope, current_caller, needs
from api.web.idempotency import idempotent
from api.web.resource import resource

blueprint = resource("transfers", __name__, "A contract passes to somebody else", "/api/v1/contracts")
_documented = partial(documented, blueprint)
_CHANGES = {
    400: "invalid_request, csrf_token_missing",
    409: "transfer_refused, or the contract's state does not allow it",
    422: "invalid_request, invalid_text",
}
_UPLOAD_BYTES = transfers.MAX_DOCUMENT_BYTES + 64 * 1024


class ApplicationRequest(ma.Schema):
    """Who takes a contract over and why; there are no other grounds."""

    ground = ma.fields.String(required=True, validate=ma.validate.OneOf([each.value for each in TransferGround]))
    successor = ma.fields.String(required=True, metadata={"example": "新山田商事株式会社"})
    happened_on = ma.fields.Date(required=True, metadata={"description": "a succession: within a month"})


class DecisionRequest(ma.Schema):
    """What is decided."""

    accepted = ma.fields.Boolean(required=True)
    decision = ma.fields.String(load_default="", metadata={"description": "words about it, told to the customer"})


class DocumentAnswer(ma.Schema):
    """A document that was handed in."""

    id = ma.fields.String(required=True, metadata={"example": "td-7k2m9x4tqa"})
    name = ma.fields.String(required=True)
    media_type = ma.fields.String(required=True)
    size = ma.fields.Integer(required=True, metadata={"description": "bytes"})
    sha256 = ma.fields.String(required=True)
    handed_in_at = ma.fields.AwareDateTime(required=True)


class TransferAnswer(ma.Schema):
    """An application to take a contract over."""

    id = ma.fields.String(required=True, metadata={"example": "tr-7k2m9x4tqa"})
    ground = ma.fields.String(required=True)
    former = ma.fields.String(required=True)
    successor = ma.fields.String(required=True)
    happened_on = ma.fields.Date(required=True)
    documents_by = ma.fields.Date(required=True, allow_none=True)
    state = ma.fields.String(required=True, validate=ma.validate.OneOf([each.value for each in TransferState]))
    applied_at = ma.fields.AwareDateTime(required=True)
    decided_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    decision = ma.fields.String(required=True)
    documents = ma.fields.List(ma.fields.Nested(DocumentAnswer), required=True)


@blueprint.get("/<contract_id>/transfers")
@needs(Scope.CONTRACTS_READ)
@blueprint.response(200, TransferAnswer(many=True))
@_documented({})
def list_(contract_id: str) -> Any:
    """List the applications, the newest first; history stays, whatever was decided."""
    session = read_session()
    contract = visible_contract(session, current_caller().user, contract_id)
    query = select(Transfer).where(Transfer.contract_id == contract.id).order_by(Transfer.id.desc())
    # What the documents are, and not their bytes.
    documents = selectinload(Transfer.documents).defer(TransferDocument.content)
    return [_told(each) for each in session.scalars(query.options(documents))]


@blueprint.post("/<contract_id>/transfers")
@needs(Scope.TRANSFERS_APPLY)
@idempotent
@blueprint.arguments(ApplicationRequest, error_status_code=422)
@blueprint.response(201, TransferAnswer)
@_documented(_CHANGES)
def apply_for(sent: dict[str, Any], contract_id: str) -> Any:
    """Apply for a transfer."""
    with ordering(current_caller().user, contract_id) as (order, contract):
        application = transfers.Application(TransferGround(sent["ground"]), sent["successor"], sent["happened_on"])
        return _told(transfers.apply_for(order, contract, application))


@blueprint.post("/<contract_id>/transfers/<transfer_id>/documents")
@needs(Scope.TRANSFERS_APPLY, _UPLOAD_BYTES)
@blueprint.doc(
    requestBody={
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
)
@blueprint.response(201, TransferAnswer)
@_documented({**_CHANGES, 413: "too_large"})
def hand_in(contract_id: str, transfer_id: str) -> Any:
    """Hand in a document: PDF, PNG or JPEG, at most 5 MiB."""
    sent = request.files.get("file")
    if sent is None:
        raise status_error(422)
    with ordering(current_caller().user, contract_id) as (order, contract):
        found = _transfer(order.session, contract, transfer_id)
        transfers.hand_in(order, contract, found, sent.filename or "", sent.stream.read())
        order.session.refresh(found, ["documents"])
        return _told(found)


@blueprint.get("/<contract_id>/transfers/<transfer_id>/documents/<document_id>")
@needs(Scope.CONTRACTS_WRITE)
@blueprint.alt_response(200, description="the file", content_type="application/octet-stream")
@blueprint.alt_response(401, schema=ErrorSchema)
@blueprint.alt_response(403, schema=ErrorSchema)
@blueprint.alt_response(404, schema=ErrorSchema)
def document(contract_id: str, transfer_id: str, document_id: str) -> Response:
    """Send a document that was handed in; to be kept and not shown, whatever it holds."""
    session = read_session()
    contract = visible_contract(session, current_caller().user, contract_id)
    transfer = _transfer(session, contract, transfer_id)
    found = session.scalar(
        select(TransferDocument).where(
            TransferDocument.transfer_id == transfer.id, TransferDocument.public_id == document_id
        )
    )
    if found is None:
        raise status_error(404)
    answer = Response(found.content, mimetype="application/octet-stream")
    answer.headers.set("Content-Disposition", "attachment", filename=found.public_id)
    return answer


@blueprint.post("/<contract_id>/transfers/<transfer_id>/decision")
@needs(Scope.CONTRACTS_WRITE)
@idempotent
@blueprint.arguments(DecisionRequest, error_status_code=422)
@blueprint.response(200, TransferAnswer)
@_documented(_CHANGES)
def decide(sent: dict[str, Any], contract_id: str, transfer_id: str) -> Any:
    """Decide on an application; the contract's name changes where it is accepted."""
    with ordering(current_caller().user, contract_id) as (order, contract):
        found = _transfer(order.session, contract, transfer_id)
        transfers.decide(order, contract, found, accepted=sent["accepted"], decision=sent["decision"])
        return _told(found)


@blueprint.post("/<contract_id>/transfers/<transfer_id>/withdraw")
@needs(Scope.TRANSFERS_APPLY)
@idempotent
@blueprint.response(200, TransferAnswer)
@_documented(_CHANGES)
def withdraw(contract_id: str, transfer_id: str) -> Any:
    """Take an application back."""
    with ordering(current_caller().user, contract_id) as (order, contract):
        found = _transfer(order.session, contract, transfer_id)
        transfers.withdraw(order, contract, found)
        return _told(found)


def _transfer(session: Session, contract: Contract, transfer_id: str) -> Transfer:
    asked = select(Transfer).where(Transfer.contract_id == contract.id, Transfer.public_id == transfer_id)
    found = session.scalar(asked)
    if found is None:
        raise status_error(404)
    return found


def _told(transfer: Transfer) -> dict[str, Any]:
    return {
        "id": transfer.public_id,
        "ground": transfer.ground.value,
        "former": transfer.former,
        "successor": transfer.successor,
        "happened_on": transfer.happened_on,
        "documents_by": transfer.documents_by,
        "state": transfer.state.value,
        "applied_at": transfer.applied_at,
        "decided_at": transfer.decided_at,
        "decision": transfer.decision,
        "documents": [
            {
                "id": each.public_id,
                "name": each.name,
                "media_type": each.media_type,
                "size": each.size,
                "sha256": each.sha256,
                "handed_in_at": each.handed_in_at,
            }
            for each in transfer.documents
        ],
    }
