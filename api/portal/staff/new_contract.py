"""A new contract with its first site: a draft, which begins once its terms are accepted."""

from typing import Any

import marshmallow as ma
from flask import url_for
from flask.typing import ResponseReturnValue

from api.audit.actor import actor_of
from api.contracts import making
from api.contracts.changes import Order
from api.db import current_database
from api.models import Site
from api.models.base import service_day, utc_now
from api.models.prefecture import PREFECTURES
from api.portal.forms import LANGUAGES, Done, Refusal, submitted
from api.portal.frame import staff_page
from api.portal.room import staff_room
from api.portal.staff.particulars import Particulars, Place
from api.routes.ordering import refusals
from api.web.signin import signed_in_user
from collectors.text import Text

blueprint = staff_room("new_contract", __name__)


class _Application(Particulars, Place):
    name = ma.fields.String(required=True)
    site = ma.fields.String(required=True)


@blueprint.get("/contracts/new")
def form() -> str:
    """Show the form."""
    return _page()


@blueprint.post("/contracts/new")
def create() -> ResponseReturnValue:
    """Take an application."""
    return submitted("contract", _Application, _create, _page)


def _create(sent: dict[str, Any]) -> Done:
    with refusals(), current_database().writing.begin() as session:
        order = Order(session, actor_of(signed_in_user()), utc_now())
        made = making.create_contract(order, sent["name"], sent["language"], sent["contact"], sent["ends_on"])
        site = Site(name=sent["site"], prefecture=sent["prefecture"], address=sent["address"])
        making.add_site(order, made, site)
    text = Text(
        f"契約 {made.public_id} を準備中として作成しました。"
        "次に、利用者を登録し、規約に同意してもらってから開始します。",
        f"Contract {made.public_id} is made as a draft. Next, add a user, let them accept the terms, then begin it.",
    )
    return Done(text, url_for("portal_staff_contract.page", contract_id=made.public_id))


def _page(refused: Refusal | None = None) -> str:
    return staff_page(
        "portal/staff/new_contract.html",
        "portal_staff_contracts.listing",
        refused,
        languages=LANGUAGES,
        prefectures=PREFECTURES,
        today=service_day(utc_now()),
    )
