"""Orders about contracts and people by the API and by pages: one transaction, and refusals in their shape."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import g
from sqlalchemy.orm import Session

from api.audit.actor import actor_of
from api.contracts.changes import Order
from api.contracts.periods import PeriodRefused
from api.contracts.quota import OptionRefused
from api.contracts.transfer import TransferRefused
from api.db import current_database
from api.identity.accounts import AccountError
from api.identity.person_orders import NoLink
from api.models import Contract, TransitionRefused, User
from api.models.base import utc_now
from api.notices.dispatching import DispatchRefused
from api.plaintext import InvalidText
from api.routes.access import visible_contract
from api.web.errors import ApiError


@contextmanager
def ordering(user: User, contract_id: str) -> Iterator[tuple[Order, Contract]]:
    """Begin a transaction in which a person orders something about a contract that they may see.

    Raises:
        ApiError: 404, they see no such contract; 409, the contract's state or a condition of the terms does not allow
            it; 422, a date breaks a period of the terms or a text cannot be used.
    """
    with refusals(), current_database().writing.begin() as session:
        contract = visible_contract(session, user, contract_id)
        session.refresh(contract, with_for_update=True)
        yield Order(session, actor_of(user), utc_now()), contract
        session.flush()
        _forget_what_was_read()


@contextmanager
def refusals() -> Iterator[None]:
    """Tell what the terms do not allow as errors of the API."""
    try:
        yield
    except TransitionRefused as error:
        raise ApiError(409, error.rule, error.text) from None
    except PeriodRefused as error:
        details = {"earliest": error.earliest.isoformat()} if error.earliest else {}
        raise ApiError(422, error.rule, error.text, details) from None
    except OptionRefused as error:
        raise ApiError(422, "option_refused", error.text) from None
    except TransferRefused as error:
        raise ApiError(409, "transfer_refused", error.text) from None
    except DispatchRefused as error:
        raise ApiError(409, "notice_refused", error.text) from None
    except InvalidText as error:
        raise ApiError(422, "invalid_text", error.text) from None


@contextmanager
def account_refusals() -> Iterator[None]:
    """Tell why an ID cannot be so as errors of the API: 422, `details.field` names what cannot be used; 409 no_link."""
    try:
        yield
    except AccountError as error:
        raise ApiError(422, "invalid_user", error.text, {"field": error.field}) from None
    except InvalidText as error:
        raise ApiError(422, "invalid_user", error.text, {"field": "name"}) from None
    except NoLink as error:
        raise ApiError(409, "no_link", error.text) from None


def _forget_what_was_read() -> None:
    read: Session | None = g.get("karte_session")
    if read is not None:
        read.expire_all()
