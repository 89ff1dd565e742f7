"""Reports of a contract: those that are there, and when the next ones come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from api.archive import index
from api.display.formats import Formats
from api.models import Contract, ContractState
from api.models.base import utc_now
from api.portal.frame import contract_page, shown_contract
from api.portal.room import customer_room
from api.reports.period import named
from api.reports.schedule.due import next_due
from api.reports.schedule.plans import agreed_of, plan_of
from api.routes.report import lines_of
from api.web.language import request_language
from collectors.text import Text

blueprint = customer_room("reports", __name__)


@dataclass(frozen=True, slots=True)
class Coming:
    """A report that is to come.

    Attributes:
        name: what it will be about.
        at: when it is made.
    """

    name: Text
    at: datetime


@blueprint.get("/<contract_id>/reports")
def listing(contract_id: str) -> str:
    """Show all reports, also earlier editions."""
    session, contract = shown_contract(contract_id)
    reports, newest = index.editions(session, contract.id), index.newest(session, contract.id)
    runs = contract.state is ContractState.ACTIVE
    return contract_page(
        "portal/reports.html",
        "portal_reports.listing",
        contract,
        lines=lines_of(contract, reports, newest, Formats(request_language())),
        coming=next_reports(session, contract, utc_now()) if runs else [],
    )


def next_reports(session: Session, contract: Contract, now: datetime) -> Sequence[Coming]:
    """Return which reports come next, the nearest first."""
    coming = next_due(agreed_of(plan_of(session, contract, now)), now)
    return [Coming(named(each.period, each.at).text, each.at) for each in coming]
