"""Terms that bind a contract, and that its people accepted them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import marshmallow as ma
from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from api.audit.actor import actor_of
from api.models import Contract, ContractState, Role, TermsAcceptance, TermsDocument
from api.models.acceptance import WAY_WORDS
from api.models.base import service_day, utc_now
from api.models.terms import TERMS_WORDS
from api.plaintext import InvalidText
from api.portal.forms import Done, FormSchema, Refusal, submitted
from api.portal.frame import contract_page, shown_contract
from api.portal.room import customer_room
from api.routes.ordering import ordering
from api.terms import acceptance, documents
from api.terms.documents import STANDING_WORDS, Standing
from api.terms.use import no_use
from api.web.errors import ApiError, status_error
from api.web.signin import signed_in_user
from collectors.text import Text

blueprint = customer_room("terms", __name__)
_ACTIVE = "portal_terms.listing"


@dataclass(frozen=True, slots=True)
class Bound:
    """A version that concerns a contract.

    Attributes:
        document: which.
        kind: its kind's name.
        standing: how it stands today.
        acceptance: that it was accepted; None if it was not.
        page: address of its text.
    """

    document: TermsDocument
    kind: Text
    standing: Standing
    acceptance: TermsAcceptance | None
    page: str

    @property
    def is_to_accept(self) -> bool:
        """Whether it holds, or is to, and was not accepted."""
        return self.acceptance is None and self.standing is not Standing.EARLIER


class _Accept(FormSchema):
    document = ma.fields.String(required=True)


class _OnPaper(FormSchema):
    document = ma.fields.String(required=True)
    accepted_by = ma.fields.String(required=True)


@blueprint.get("/<contract_id>/terms")
@no_use
def listing(contract_id: str) -> str:
    """Show which terms bind a contract."""
    return _page(contract_id)


@blueprint.post("/<contract_id>/terms")
@no_use
def accept(contract_id: str) -> ResponseReturnValue:
    """Accept terms as a user of the contract; staff do not accept for others."""
    user = signed_in_user()
    if user.role is not Role.CUSTOMER:
        raise status_error(403)

    def run(sent: dict[str, Any]) -> Done:
        return _accepted(contract_id, sent["document"], acceptance.by_user(user))

    return submitted("accept", _Accept, run, lambda refused: _page(contract_id, refused))


@blueprint.post("/<contract_id>/terms/paper")
@no_use
def accept_on_paper(contract_id: str) -> ResponseReturnValue:
    """Record, as staff, that somebody accepted terms on paper."""
    user = signed_in_user()
    if user.role is not Role.STAFF:
        raise status_error(404)

    def run(sent: dict[str, Any]) -> Done:
        try:
            acceptor = acceptance.on_paper(sent["accepted_by"], actor_of(user))
        except InvalidText as error:
            raise ApiError(422, "invalid_text", error.text) from None
        return _accepted(contract_id, sent["document"], acceptor)

    return submitted("paper", _OnPaper, run, lambda refused: _page(contract_id, refused))


def bound(session: Session, contract: Contract, today: date) -> list[Bound]:
    """Return the versions that concern a contract, in the order of precedence."""
    found: Sequence[TermsDocument] = session.scalars(documents.listed(contract)).all()
    stand = documents.standings(session, contract, found, today)
    known = acceptance.acceptances(session, contract, found)
    return [
        Bound(
            each,
            TERMS_WORDS[each.kind],
            stand[each.id],
            known.get(each.id),
            url_for(
                "terms_page.page",
                kind=each.kind.value,
                version=each.version,
                contract=contract.public_id if each.contract_id else None,
            ),
        )
        for each in found
    ]


def upcoming(session: Session, contract: Contract, today: date) -> Sequence[TermsDocument]:
    """Return the versions that are to hold."""
    return session.scalars(documents.listed(contract).where(documents.standing(today, Standing.UPCOMING))).all()


def unaccepted(session: Session, contract: Contract, today: date) -> Sequence[TermsDocument]:
    """Return what holds and was not accepted."""
    return [] if contract.state is ContractState.TERMINATED else acceptance.missing(session, contract, today)


def _accepted(contract_id: str, document_id: str, acceptor: acceptance.Acceptor) -> Done:
    with ordering(signed_in_user(), contract_id) as (order, contract):
        document = documents.documents_of(order.session, contract, [document_id]).get(document_id)
        if document is None:
            raise status_error(404)
        try:
            acceptance.accept(order.session, contract, document, acceptor, order.now)
        except acceptance.AcceptanceRefused as error:
            raise ApiError(409, error.rule, error.text) from None
        left = len(unaccepted(order.session, contract, order.today))
    name = document.name
    done = Text(
        f"「{name.ja}」第{document.version}版への同意を記録しました。",
        f'Recorded: version {document.version} of "{name.en}" is accepted.',
    )
    rest = Text(f"あと{left}件の規約が残っています。", f" {left} more to go.") if left else Text("", "")
    return Done(Text(done.ja + rest.ja, done.en + rest.en), url_for(_ACTIVE, contract_id=contract_id))


def _page(contract_id: str, refused: Refusal | None = None) -> str:
    session, contract = shown_contract(contract_id)
    return contract_page(
        "portal/terms.html",
        _ACTIVE,
        contract,
        refused,
        lines=bound(session, contract, service_day(utc_now())),
        standing_words=STANDING_WORDS,
        way_words=WAY_WORDS,
        is_over=contract.state is ContractState.TERMINATED,
    )
