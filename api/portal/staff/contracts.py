"""The contracts, by state and by trouble."""

from collections.abc import Sequence
from enum import StrEnum
from typing import TypeVar

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db import read_session
from api.models import Contract, ContractState
from api.models.base import utc_now
from api.portal.frame import staff_page
from api.portal.pager import SIZE, Cut, asked_page, searched
from api.portal.room import staff_room
from api.portal.staff.fleet import (
    TROUBLE_WORDS,
    Trouble,
    by_state,
    by_trouble,
    grave_findings,
    gravest_first,
    lines,
    wanted,
)
from api.web.signin import signed_in_user

blueprint = staff_room("contracts", __name__)
_Value = TypeVar("_Value", bound=StrEnum)


@blueprint.get("")
@blueprint.get("/contracts")
def listing() -> str:
    """List contracts, those with the gravest findings first."""
    session, now, q = read_session(), utc_now(), searched()
    state = _chosen(ContractState, "state")
    trouble = _chosen(Trouble, "trouble")
    graves = grave_findings(session, now)
    ids = gravest_first(session.scalars(wanted(signed_in_user(), state, trouble, q, now)).all(), graves)
    page = _cut(session, ids)
    return staff_page(
        "portal/staff/contracts.html",
        "portal_staff_contracts.listing",
        page=page,
        lines=lines(session, page.rows, graves, now),
        state=state,
        trouble=trouble,
        q=q,
        states=by_state(session),
        troubles=by_trouble(session, graves, now),
        trouble_words=TROUBLE_WORDS,
    )


def _cut(session: Session, ids: Sequence[int]) -> Cut[Contract]:
    """Return the page that the request asks for, of contracts that are in order already."""
    number = asked_page()
    shown = ids[(number - 1) * SIZE : number * SIZE]
    found = {each.id: each for each in session.scalars(select(Contract).where(Contract.id.in_(shown)))}
    return Cut([found[each] for each in shown if each in found], number, len(ids))


def _chosen(kind: type[_Value], name: str) -> _Value | None:
    asked = request.args.get(name, "")
    return kind(asked) if asked in set(kind) else None
