"""Sites of a contract, and what may be changed of it without a step."""

from typing import Any

import marshmallow as ma
from flask.typing import ResponseReturnValue

from api.contracts import making
from api.contracts.changes import Order
from api.models import Contract, Site
from api.models.prefecture import PREFECTURES
from api.portal.forms import FormSchema, day, language
from api.portal.room import staff_room
from api.portal.staff.contract_page import ordered
from api.routes.contract_fields import CONTACT
from collectors.text import Text

blueprint = staff_room("particulars", __name__)


class Place(FormSchema):
    """Where a site is; the service area is Japan."""

    prefecture = ma.fields.String(required=True, validate=ma.validate.OneOf([*PREFECTURES]))
    address = ma.fields.String(load_default="")


class Particulars(FormSchema):
    """What may be changed without a step."""

    language = language()
    contact = ma.fields.String(load_default="", validate=CONTACT)
    ends_on = day(load_default=None)


class _NewSite(Place):
    name = ma.fields.String(required=True)


@blueprint.post("/contracts/<contract_id>/particulars")
def change(contract_id: str) -> ResponseReturnValue:
    """Change language, address for notices and end of the term."""

    def do(order: Order, contract: Contract, sent: dict[str, Any]) -> Text:
        changed = {name: value for name, value in sent.items() if value != getattr(contract, name)}
        if not changed:
            return Text("変更はありません。", "Nothing was to be changed.")
        making.change_particulars(order, contract, changed)
        return Text("契約の内容を変更しました。", "The contract is changed.")

    return ordered(contract_id, "particulars", Particulars, do)


@blueprint.post("/contracts/<contract_id>/sites")
def add_site(contract_id: str) -> ResponseReturnValue:
    """Add a site."""

    def do(order: Order, contract: Contract, sent: dict[str, Any]) -> Text:
        site = Site(**sent)
        making.add_site(order, contract, site)
        return Text(f"拠点「{site.name}」を追加しました。", f"The site '{site.name}' is added.")

    return ordered(contract_id, "site", _NewSite, do)
