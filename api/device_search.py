"""Finding a device among all that a person may see, by the beginning of its name or id; quick with 100,000 of them."""

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, selectinload

from api.folding import folded
from api.identity.accounts import contracts_of
from api.matching import begins
from api.models import Contract, Device, Role, User

_LEAST_OF_ID = 4
"""Signs of an id, "d-" included, from which on it is looked for by its beginning: fewer fit thousands."""


def found_devices(session: Session, user: User, text: str) -> Select[Device]:
    """Return the query of devices, with their contract and site.

    Args:
        session: what is read.
        user: who looks; a customer finds their own contract's.
        text: beginning of the host name, or of the public id.
    """
    named = begins(session, Device.search_name, text)
    wanted = folded(text)
    if wanted.startswith("d-") and len(wanted) >= _LEAST_OF_ID:
        named = or_(named, begins(session, Device.public_id, wanted))
    asked = (
        select(Device)
        .where(named)
        # Joined they would be read for all pages before the one that is wanted.
        .options(selectinload(Device.contract), selectinload(Device.site))
        .order_by(Device.search_name, Device.id)
    )
    if user.role is Role.STAFF:
        return asked
    own = contracts_of(user).order_by(None).with_only_columns(Contract.id)
    return asked.where(Device.contract_id.in_(own))
