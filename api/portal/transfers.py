"""A contract passes to somebody else: application, documents, and what became of it."""

from typing import Any

import marshmallow as ma
from flask import request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from api.contracts import transfer as transfers
from api.models import Contract, ContractState, Transfer, TransferGround, TransferState
from api.models.transfer import GROUND_WORDS, TRANSFER_STATE_WORDS
from api.portal.forms import Done, FormSchema, Refusal, choice, day, submitted
from api.portal.frame import contract_page, shown_contract
from api.portal.plain import TRANSFER_SIGNS
from api.portal.room import customer_room
from api.routes.ordering import ordering
from api.terms.use import no_use
from api.web.errors import ApiError, status_error
from api.web.signin import signed_in_user
from collectors.text import Text

blueprint = customer_room("transfers", __name__)
_ACTIVE = "portal_transfers.listing"


class _Application(FormSchema):
    ground = choice(TransferGround, required=True)
    successor = ma.fields.String(required=True)
    happened_on = day(required=True)


@blueprint.get("/<contract_id>/transfers")
@no_use
def listing(contract_id: str) -> str:
    """List the applications, the newest first, with a form for a new one."""
    return _page(contract_id)


@blueprint.post("/<contract_id>/transfers")
@no_use
def apply_for(contract_id: str) -> ResponseReturnValue:
    """Apply for a transfer."""

    def run(sent: dict[str, Any]) -> Done:
        with ordering(signed_in_user(), contract_id) as (order, contract):
            application = transfers.Application(TransferGround(sent["ground"]), sent["successor"], sent["happened_on"])
            made = transfers.apply_for(order, contract, application)
        text = Text(
            f"申請 {made.public_id} を受け付けました。次に、承継を証明する書類を提出してください。",
            f"Application {made.public_id} is taken. Next, hand in the documents that prove it.",
        )
        return Done(text, url_for(_ACTIVE, contract_id=contract_id))

    return submitted("apply", _Application, run, lambda refused: _page(contract_id, refused))


@blueprint.post("/<contract_id>/transfers/<transfer_id>/documents")
@no_use
def hand_in(contract_id: str, transfer_id: str) -> ResponseReturnValue:
    """Hand in a document."""

    def run(_sent: dict[str, Any]) -> Done:
        sent = request.files.get("file")
        if sent is None or not sent.filename:
            raise ApiError(422, "no_file", Text("ファイルを選んでください。", "Choose a file."))
        with ordering(signed_in_user(), contract_id) as (order, contract):
            found = transfer_of(order.session, contract, transfer_id)
            # One byte more than is taken is enough to see that it is too large.
            content = sent.stream.read(transfers.MAX_DOCUMENT_BYTES + 1)
            made = transfers.hand_in(order, contract, found, sent.filename, content)
        text = Text(
            f"書類を受け取りました（受付番号 {made.public_id}）。ほかの書類も続けて提出できます。",
            f"The document is taken as {made.public_id}. More can follow.",
        )
        return Done(text, url_for(_ACTIVE, contract_id=contract_id))

    return submitted(f"document-{transfer_id}", FormSchema, run, lambda refused: _page(contract_id, refused))


@blueprint.post("/<contract_id>/transfers/<transfer_id>/withdraw")
@no_use
def withdraw(contract_id: str, transfer_id: str) -> ResponseReturnValue:
    """Take an application back."""

    def run(_sent: dict[str, Any]) -> Done:
        with ordering(signed_in_user(), contract_id) as (order, contract):
            transfers.withdraw(order, contract, transfer_of(order.session, contract, transfer_id))
        text = Text("申請を取り下げました。契約はそのままです。", "The application is taken back; nothing changes.")
        return Done(text, url_for(_ACTIVE, contract_id=contract_id))

    return submitted(f"withdraw-{transfer_id}", FormSchema, run, lambda refused: _page(contract_id, refused))


def transfer_of(session: Session, contract: Contract, transfer_id: str) -> Transfer:
    """Return an application of a contract.

    Raises:
        ApiError: 404, there is none.
    """
    asked = select(Transfer).where(Transfer.contract_id == contract.id, Transfer.public_id == transfer_id)
    found = session.scalar(asked)
    if found is None:
        raise status_error(404)
    return found


def applications(session: Session, contract: Contract) -> list[Transfer]:
    """Return the applications of a contract with their documents, the newest first."""
    asked = select(Transfer).where(Transfer.contract_id == contract.id).order_by(Transfer.id.desc())
    return list(session.scalars(asked.options(selectinload(Transfer.documents))))


def _page(contract_id: str, refused: Refusal | None = None) -> str:
    session, contract = shown_contract(contract_id)
    found = applications(session, contract)
    under_review = any(each.state is TransferState.APPLIED for each in found)
    is_running = contract.state in (ContractState.ACTIVE, ContractState.SUSPENDED)
    return contract_page(
        "portal/transfers.html",
        _ACTIVE,
        contract,
        refused,
        transfers=found,
        may_apply=is_running and not under_review,
        is_running=is_running,
        grounds=GROUND_WORDS,
        transfer_states=TRANSFER_STATE_WORDS,
        transfer_signs=TRANSFER_SIGNS,
        most_mib=transfers.MAX_DOCUMENT_BYTES // 1024**2,
    )
