"""Who of a customer may sign in; to be read only."""

from sqlalchemy import select

from api.models import User
from api.models.user import POSITION_WORDS
from api.portal.frame import contract_page, shown_contract
from api.portal.room import customer_room

blueprint = customer_room("people", __name__)


@blueprint.get("/<contract_id>/users")
def listing(contract_id: str) -> str:
    """List the people of a contract."""
    session, contract = shown_contract(contract_id)
    people = session.scalars(select(User).where(User.contract_id == contract.id).order_by(User.id)).all()
    return contract_page(
        "portal/people.html", "portal_people.listing", contract, people=people, positions=POSITION_WORDS
    )
