"""Who of a customer may sign in: the list, and a new ID, whose first password is in one answer and nowhere else."""

from typing import Any

import marshmallow as ma
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from api.identity import person_orders
from api.identity.accounts import Person
from api.models import Contract, Position, User
from api.models.user import POSITION_WORDS
from api.portal.forms import LANGUAGES, FormSchema, Refusal, choice, language, submitted
from api.portal.frame import shown_contract, staff_page
from api.portal.pager import cut
from api.portal.room import staff_room
from api.routes.ordering import account_refusals, ordering
from api.web.signin import signed_in_user
from collectors.text import Text

blueprint = staff_room("people", __name__)
ACTIVE = "portal_staff_contracts.listing"
"""The line of the menu that pages about people belong to."""


class PersonForm(FormSchema):
    """Who it is."""

    name = ma.fields.String(required=True)
    position = choice(Position, required=True)
    email = ma.fields.String(load_default=None)
    language = language()


class _NewPerson(PersonForm):
    username = ma.fields.String(required=True)


@blueprint.get("/contracts/<contract_id>/users")
def listing(contract_id: str) -> str:
    """List the people of a contract, with a form for a new one."""
    return _page(contract_id)


@blueprint.post("/contracts/<contract_id>/users")
def create(contract_id: str) -> ResponseReturnValue:
    """Make an ID for one person."""

    def run(sent: dict[str, Any]) -> str:
        with ordering(signed_in_user(), contract_id) as (order, contract), account_refusals():
            made, password = person_orders.create(order, sent["username"], person_of(sent), contract)
        done = Text("利用者を登録しました", "The user is added")
        return first_password(contract, made, password, done)

    return submitted("person", _NewPerson, run, lambda refused: _page(contract_id, refused))


def person_of(sent: dict[str, Any]) -> Person:
    """Return who was sent by a `PersonForm`."""
    return Person(sent["name"], sent["email"], Position(sent["position"]), sent["language"])


def first_password(contract: Contract, user: User, password: str, done: Text) -> str:
    """Return the page that shows a first password.

    Args:
        contract: whose person.
        user: whose password.
        password: what is shown this once.
        done: what was done, in some words.
    """
    return staff_page(
        "portal/staff/first_password.html", ACTIVE, contract=contract, person=user, password=password, done=done
    )


def _page(contract_id: str, refused: Refusal | None = None) -> str:
    session, contract = shown_contract(contract_id)
    return staff_page(
        "portal/staff/people.html",
        ACTIVE,
        refused,
        contract=contract,
        page=cut(session, select(User).where(User.contract_id == contract.id).order_by(User.id)),
        positions=POSITION_WORDS,
        languages=LANGUAGES,
    )
