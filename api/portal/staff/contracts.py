"""The contracts, by state and by trouble."""

from enum import StrEnum
from typing import TypeVar

from flask import request

from api.db import read_session
from api.models import ContractState
from api.models.base import utc_now
from api.portal.frame import staff_page
from api.portal.pager import cut, searched
from api.portal.room import staff_room
from api.portal.staff.fleet import TROUBLE_WORDS, Trouble, by_state, by_trouble, lines, wanted
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
    page = cut(session, wanted(signed_in_user(), state, trouble, q, now))
    return staff_page(
        "portal/staff/contracts.html",
        "portal_staff_contracts.listing",
        page=page,
        lines=lines(session, page.rows, now),
        state=state,
        trouble=trouble,
        q=q,
        states=by_state(session),
        troubles=by_trouble(session, now),
        trouble_words=TROUBLE_WORDS,
    )


def _chosen(kind: type[_Value], name: str) -> _Value | None:
    asked = request.args.get(name, "")
    return kind(asked) if asked in set(kind) else None
