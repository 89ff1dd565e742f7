"""What the person who is signed in may see."""

from flask import current_app
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from api.audit.access import note_read
from api.identity.accounts import contracts_of
from api.models import Contract, User
from api.web.errors import status_error
from api.web.signin import signed_in_or_none


def require_sign_in() -> ResponseReturnValue | None:
    """Send whoever is not signed in to the form; for a blueprint's `before_request`."""
    if signed_in_or_none() is not None:
        return None
    answer: ResponseReturnValue = current_app.login_manager.unauthorized()  # type: ignore[attr-defined]  # Flask-Login's
    return answer


def visible_contract(session: Session, user: User, public_id: str) -> Contract:
    """Return a contract that a person may see, and note that this request reads what belongs to it.

    Raises:
        ApiError: 404, there is none of that id, or it is another customer's, which must not be told apart.
    """
    contract = session.scalar(contracts_of(user).where(Contract.public_id == public_id))
    if contract is None:
        raise status_error(404)
    note_read(contract.public_id)
    return contract
