"""The first page of a contract: how it stands, what it means, and what needs attention."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.contracts.changes import pending_end
from api.contracts.guards import open_breach
from api.contracts.quota import usage
from api.db import read_session
from api.identity.accounts import contracts_of
from api.models import Contract, ContractState, Notice, NoticeState, Role
from api.models.base import service_day, utc_now
from api.portal.findings import by_severity, open_findings
from api.portal.frame import contract_page, shown_contract
from api.portal.plain import CONTRACT_MEANING
from api.portal.reports import next_reports
from api.portal.room import customer_room
from api.portal.terms import unaccepted, upcoming
from api.routes.access import visible_contract
from api.web.errors import status_error
from api.web.signin import signed_in_user

blueprint = customer_room("home", __name__)

_SHOWN = 5


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Go to the first page: of one's own contract, of the one that staff name, or of the staff."""
    session, user = read_session(), signed_in_user()
    asked = request.args.get("contract")
    if asked:
        return redirect(url_for(".home", contract_id=visible_contract(session, user, asked).public_id), 303)
    if user.role is Role.STAFF:
        return redirect(url_for("portal_staff_contracts.listing"), 303)
    own = session.scalar(contracts_of(user))
    if own is None:
        raise status_error(404)
    return redirect(url_for(".home", contract_id=own.public_id), 303)


@blueprint.get("/<contract_id>")
def home(contract_id: str) -> str:
    """Show how a contract stands."""
    session, contract = shown_contract(contract_id)
    now = utc_now()
    today, found = service_day(now), open_findings(session, contract)
    return contract_page(
        "portal/home.html",
        "portal_home.home",
        contract,
        meaning=CONTRACT_MEANING[contract.state],
        used=usage(session, contract, today),
        breach=open_breach(session, contract),
        ending=pending_end(session, contract),
        found=found[:_SHOWN],
        more=max(0, len(found) - _SHOWN),
        counts=by_severity(found),
        notices=_unread(session, contract),
        reports=next_reports(session, contract, now) if contract.state is ContractState.ACTIVE else [],
        coming=upcoming(session, contract, today),
        unaccepted=unaccepted(session, contract, today),
        options=[each for each in contract.options if each.ends_on is None or each.ends_on >= today],
        today=today,
    )


def _unread(session: Session, contract: Contract) -> list[Notice]:
    asked = (
        select(Notice)
        .where(
            Notice.contract_id == contract.id,
            Notice.acknowledged_at.is_(None),
            Notice.state != NoticeState.CANCELLED,
        )
        .order_by(Notice.id.desc())
        .limit(_SHOWN)
    )
    return list(session.scalars(asked))
