"""What rules have found under a contract, with what to do about it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import url_for
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from alert_rules.registry import Entry, entries
from alert_rules.rule import Severity
from api.alerts.listing import about, headline, sentence
from api.display.formats import Formats
from api.models import Contract, Finding, Role
from api.models.base import utc_now
from api.portal.frame import contract_page, shown_contract
from api.portal.pager import cut
from api.portal.room import customer_room
from api.web.language import request_language
from api.web.signin import signed_in_user

blueprint = customer_room("findings", __name__)

_RECENT = timedelta(days=90)
_MOST_OPEN = 500
_ORDER = list(Severity)


@dataclass(frozen=True, slots=True)
class Found:
    """A finding as pages show it.

    Attributes:
        finding: its row.
        severity: how soon somebody should look; None for a rule that there is none of any more.
        title: what it is.
        about: device or equipment, and which part of it.
        sentence: what was found.
        advice: address of the page of what to do; "" if there is none.
    """

    finding: Finding
    severity: Severity | None
    title: str
    about: str
    sentence: str
    advice: str


@blueprint.get("/<contract_id>/findings")
def listing(contract_id: str) -> str:
    """Show what is open, and what is over."""
    session, contract = shown_contract(contract_id)
    over = (
        select(Finding)
        .where(*told_to_customers(contract), Finding.closed_at >= utc_now() - _RECENT)
        .order_by(Finding.closed_at.desc(), Finding.id.desc())
    )
    past = cut(session, over)
    return contract_page(
        "portal/findings.html",
        "portal_findings.listing",
        contract,
        open=open_findings(session, contract),
        past=past,
        past_rows=[_found(each) for each in past.rows],
        days=_RECENT.days,
        formats=Formats(request_language()),
    )


def open_findings(session: Session, contract: Contract) -> list[Found]:
    """Return what is open, the gravest first."""
    asked = (
        select(Finding)
        .where(*told_to_customers(contract), Finding.closed_at.is_(None))
        .order_by(Finding.opened_at.desc(), Finding.id.desc())
        .limit(_MOST_OPEN)
    )
    found = [_found(each) for each in session.scalars(asked)]
    return sorted(found, key=lambda each: _ORDER.index(each.severity) if each.severity else len(_ORDER))


def by_severity(found: Sequence[Found]) -> dict[Severity, int]:
    """Return how many there are of each severity that there are any of, the gravest first."""
    counts = Counter(each.severity for each in found)
    return {severity: counts[severity] for severity in Severity if counts[severity]}


def told_to_customers(contract: Contract) -> list[ColumnElement[bool]]:
    """Return what holds for findings of a contract that the person who is signed in is told of."""
    whose = [Finding.contract_id == contract.id]
    if signed_in_user().role is Role.STAFF:
        return whose
    for_staff = [name for name, entry in entries().items() if entry.rule.staff_only]
    return [*whose, Finding.rule.not_in(for_staff)]


def _found(finding: Finding) -> Found:
    lang, entry = request_language(), entries().get(finding.rule)
    return Found(
        finding,
        entry.rule.severity if entry else None,
        headline(entry, finding, lang),
        about(entry, finding),
        _sentence(entry, finding),
        url_for("advice.page", name=entry.rule.advice_id) if entry else "",
    )


def _sentence(entry: Entry | None, finding: Finding) -> str:
    try:
        return sentence(entry, finding, request_language())
    except KeyError:
        # The rule's words have changed since, and name what was not kept with this finding.
        return ""
