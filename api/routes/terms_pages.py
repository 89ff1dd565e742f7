"""`/terms`: the terms of service, for anybody: what holds, what is to come, and earlier versions.

Individual terms are those of one customer: they are shown to its own people, who are signed in, and to the staff.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db import read_session
from api.models import Contract, Role, TermsDocument, TermsKind
from api.models.base import service_day, utc_now
from api.models.terms import TERMS_WORDS
from api.routes.access import require_sign_in, visible_contract
from api.terms import documents
from api.terms.documents import STANDING_WORDS, Standing
from api.terms.markdown import rendered
from api.web.errors import status_error
from api.web.language import request_language
from api.web.signin import signed_in_or_none, signed_in_user
from collectors.text import Text

blueprint = Blueprint("terms_page", __name__)


@dataclass(frozen=True, slots=True)
class Group:
    """One kind of terms on the page.

    Attributes:
        kind: which.
        text: its name.
        versions: how each stands, with the version; the newest first.
    """

    kind: TermsKind
    text: Text
    versions: Sequence[tuple[Standing, TermsDocument]]


@blueprint.get("/terms")
def listing() -> str:
    """Show which terms there are, in the order of precedence."""
    session, contract = read_session(), _own_contract()
    found = session.scalars(documents.listed(contract)).all()
    stand = documents.standings(session, contract, found, service_day(utc_now()))
    groups = [
        Group(kind, TERMS_WORDS[kind], [(stand[each.id], each) for each in found if each.kind is kind])
        for kind in TermsKind
    ]
    return render_template("terms.html", groups=groups, words=STANDING_WORDS, contract=contract)


@blueprint.get("/terms/<kind>/<int:version>")
def page(kind: str, version: int) -> ResponseReturnValue:
    """Show a version."""
    if kind not in set(TermsKind):
        raise status_error(404)
    session, contract = read_session(), None
    if kind == TermsKind.INDIVIDUAL:
        asked_to_sign_in = require_sign_in()
        if asked_to_sign_in is not None:
            return asked_to_sign_in
        contract = _whose(session)
    # SQLite and PostgreSQL take no larger number.
    found = documents.version_of(session, contract, TermsKind(kind), version) if version < 2**31 else None
    if found is None:
        raise status_error(404)
    return _shown(session, contract, found)


def _shown(session: Session, contract: Contract | None, found: TermsDocument) -> str:
    others = session.scalars(documents.listed(contract).where(TermsDocument.kind == found.kind)).all()
    stand = documents.standings(session, contract, others, service_day(utc_now()))
    body = Text(found.body, found.body_en).in_(request_language())
    next_ = next((each for each in others if each.version == found.version + 1), None)
    return render_template(
        "terms_version.html",
        found=found,
        kind=TERMS_WORDS[found.kind],
        standing=stand[found.id],
        replaced_by=next_,
        others=[(stand[each.id], each) for each in others if each.id != found.id],
        words=STANDING_WORDS,
        body=rendered(body),
        contract=contract,
    )


def _own_contract() -> Contract | None:
    """Return the contract of the customer who is signed in, if one is."""
    user = signed_in_or_none()
    if user is None or user.role is not Role.CUSTOMER:
        return None
    return read_session().scalar(select(Contract).where(Contract.id == user.contract_id))


def _whose(session: Session) -> Contract:
    """Return whose individual terms are asked for: a customer's own, or those that staff name."""
    own = _own_contract()
    return own if own is not None else visible_contract(session, signed_in_user(), request.args.get("contract", ""))
