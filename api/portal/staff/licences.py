"""Licences of all contracts, counted against what devices list."""

from sqlalchemy import select

from api.db import read_session
from api.folding import folded
from api.identity.accounts import contracts_of
from api.licences import counted
from api.models import Contract, Licence
from api.portal.frame import staff_page
from api.portal.pager import cut, searched
from api.portal.room import staff_room
from api.web.signin import signed_in_user

blueprint = staff_room("licences", __name__)


@blueprint.get("/licences")
def listing() -> str:
    """List licences by customer and product."""
    session, q = read_session(), searched()
    mine = contracts_of(signed_in_user()).order_by(None).with_only_columns(Contract.id)
    query = (
        select(Licence, Contract)
        .join(Contract, Contract.id == Licence.contract_id)
        .where(Licence.contract_id.in_(mine))
        .order_by(Contract.id, Licence.product, Licence.id)
    )
    if q:
        found = Licence.product_like.contains(folded(q), autoescape=True)
        query = query.where(found | Contract.name.startswith(q, autoescape=True))
    page = cut(session, query)
    contracts = {licence.id: contract for licence, contract in page.rows}
    return staff_page(
        "portal/staff/licences.html",
        "portal_staff_licences.listing",
        page=page,
        lines=[(contracts[each.licence.id], each) for each in counted(session, [row[0] for row in page.rows])],
        q=q,
    )
