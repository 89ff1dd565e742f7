"""One person of a customer, and what staff do about their ID. Steps are those of the API."""

from collections.abc import Callable
from typing import Any

import marshmallow as ma
from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.contracts.changes import Order
from api.identity import person_orders
from api.models import Contract, User
from api.models.user import POSITION_WORDS
from api.portal.forms import LANGUAGES, Done, FormSchema, Refusal, submitted
from api.portal.frame import shown_contract, staff_page
from api.portal.room import staff_room
from api.portal.staff.people import ACTIVE, PersonForm, first_password, person_of
from api.routes.ordering import account_refusals, ordering
from api.web.errors import status_error
from api.web.signin import signed_in_user
from collectors.text import Text

blueprint = staff_room("person", __name__)
_Do = Callable[[Order, User, dict[str, Any]], Text]


class _NextPerson(PersonForm):
    username = ma.fields.String(load_default=None)


@blueprint.get("/contracts/<contract_id>/users/<user_id>")
def page(contract_id: str, user_id: str) -> str:
    """Show a person."""
    return _page(contract_id, user_id)


@blueprint.post("/contracts/<contract_id>/users/<user_id>/change")
def change(contract_id: str, user_id: str) -> ResponseReturnValue:
    """Change what is said of the same person."""

    def do(order: Order, user: User, sent: dict[str, Any]) -> Text:
        known = {
            "name": user.person_name,
            "position": user.position,
            "email": user.email,
            "language": user.language,
        }
        changed = {name: value for name, value in sent.items() if value != known[name]}
        if not changed:
            return Text("変更はありません。", "Nothing was to be changed.")
        person_orders.change(order, user, changed)
        return Text("利用者の情報を変更しました。", "What is said of the person is changed.")

    return _ordered(contract_id, user_id, "change", PersonForm, do)


@blueprint.post("/contracts/<contract_id>/users/<user_id>/revoke")
def revoke(contract_id: str, user_id: str) -> ResponseReturnValue:
    """Refuse an ID from now on."""

    def do(order: Order, user: User, _sent: dict[str, Any]) -> Text:
        person_orders.revoke(order, user)
        return Text(
            "IDを停止しました。ログイン中のセッションも終了しました。",
            "The ID is revoked; its sessions have ended.",
        )

    return _ordered(contract_id, user_id, "revoke", FormSchema, do)


@blueprint.post("/contracts/<contract_id>/users/<user_id>/enable")
def enable(contract_id: str, user_id: str) -> ResponseReturnValue:
    """Let an ID in again."""

    def do(order: Order, user: User, _sent: dict[str, Any]) -> Text:
        person_orders.enable(order, user)
        return Text(
            "IDを再び使えるようにしました。パスワードは以前のままです。",
            "The ID is let in again, with the password it had.",
        )

    return _ordered(contract_id, user_id, "enable", FormSchema, do)


@blueprint.post("/contracts/<contract_id>/users/<user_id>/reset")
def reset(contract_id: str, user_id: str) -> ResponseReturnValue:
    """Send a link to choose a new password."""

    def do(order: Order, user: User, _sent: dict[str, Any]) -> Text:
        person_orders.send_reset(order, user)
        return Text(
            "パスワード再設定のリンクを本人にメールで送ります。1時間有効で、使うまで今のパスワードも使えます。",
            "A link to choose a new password goes to the person by mail. It is good for an hour; the password stays "
            "until it is used.",
        )

    return _ordered(contract_id, user_id, "reset", FormSchema, do)


@blueprint.post("/contracts/<contract_id>/users/<user_id>/remove-second-factor")
def remove_second_factor(contract_id: str, user_id: str) -> ResponseReturnValue:
    """Take the second factor of a person who lost it."""

    def do(order: Order, user: User, _sent: dict[str, Any]) -> Text:
        person_orders.remove_second_factor(order, user)
        return Text(
            "2段階認証を解除しました。ログイン中のセッションも終了しました。",
            "The second factor is removed; the person's sessions have ended.",
        )

    return _ordered(contract_id, user_id, "factor", FormSchema, do)


@blueprint.post("/contracts/<contract_id>/users/<user_id>/change-person")
def change_person(contract_id: str, user_id: str) -> ResponseReturnValue:
    """Pass an ID to another person. Its first password is in this answer and nowhere else."""

    def run(sent: dict[str, Any]) -> str:
        with ordering(signed_in_user(), contract_id) as (order, contract), account_refusals():
            user = _found(order.session, contract, user_id, lock=True)
            password = person_orders.change_person(order, user, person_of(sent), sent["username"])
        done = Text("IDを別の人に引き継ぎました", "The ID is passed to another person")
        return first_password(contract, user, password, done)

    return submitted("next", _NextPerson, run, lambda refused: _page(contract_id, user_id, refused))


def _ordered(contract_id: str, user_id: str, form: str, schema: type[FormSchema], do: _Do) -> ResponseReturnValue:
    def run(sent: dict[str, Any]) -> Done:
        with ordering(signed_in_user(), contract_id) as (order, contract), account_refusals():
            text = do(order, _found(order.session, contract, user_id, lock=True), sent)
        return Done(text, url_for(".page", contract_id=contract_id, user_id=user_id))

    return submitted(form, schema, run, lambda refused: _page(contract_id, user_id, refused))


def _found(session: Session, contract: Contract, user_id: str, lock: bool = False) -> User:
    query = select(User).where(User.contract_id == contract.id, User.public_id == user_id)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise status_error(404)
    return found


def _page(contract_id: str, user_id: str, refused: Refusal | None = None) -> str:
    session, contract = shown_contract(contract_id)
    return staff_page(
        "portal/staff/person.html",
        ACTIVE,
        refused,
        contract=contract,
        person=_found(session, contract, user_id),
        positions=POSITION_WORDS,
        languages=LANGUAGES,
    )
