"""The licences of one contract: noted, changed and taken out, and which devices each is counted by."""

from typing import Any

import marshmallow as ma
from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from api import licences
from api.models import Contract, Licence
from api.models.licence import MAX_OWNED, NOTE_LENGTH, PRODUCT_LENGTH, VERSION_LENGTH
from api.portal.forms import Done, FormSchema, Refusal, submitted
from api.portal.frame import shown_contract, staff_page
from api.portal.pager import cut
from api.portal.room import staff_room
from api.routes.ordering import ordering
from api.web.errors import status_error
from api.web.signin import signed_in_user
from collectors.text import Text

blueprint = staff_room("contract_licences", __name__)
_ACTIVE = "portal_staff_licences.listing"
_LENGTHS = {"product": PRODUCT_LENGTH, "version": VERSION_LENGTH, "note": NOTE_LENGTH}


class _Owned(FormSchema):
    product = ma.fields.String(required=True)
    version = ma.fields.String(load_default="")
    owned = ma.fields.Integer(required=True, validate=ma.validate.Range(0, MAX_OWNED))
    note = ma.fields.String(load_default="")


@blueprint.get("/contracts/<contract_id>/licences")
def listing(contract_id: str) -> str:
    """List the licences of a contract, with a form for a new one."""
    return _listing(contract_id)


@blueprint.post("/contracts/<contract_id>/licences")
def add(contract_id: str) -> ResponseReturnValue:
    """Note what a customer owns of a product."""

    def run(sent: dict[str, Any]) -> Done:
        with ordering(signed_in_user(), contract_id) as (order, contract):
            made = licences.add(order.session, contract, sent, order.actor, order.now)
            (counted,) = licences.counted(order.session, [made])
        text = Text(f"ライセンスを登録しました：{counted.text.ja}。", f"The licence is noted: {counted.text.en}.")
        return Done(text, url_for(".listing", contract_id=contract_id))

    return submitted("licence", _Owned, run, lambda refused: _listing(contract_id, refused))


@blueprint.get("/contracts/<contract_id>/licences/<licence_id>")
def page(contract_id: str, licence_id: str) -> str:
    """Show a licence and the devices that have the product."""
    return _page(contract_id, licence_id)


@blueprint.post("/contracts/<contract_id>/licences/<licence_id>")
def change(contract_id: str, licence_id: str) -> ResponseReturnValue:
    """Change what is noted."""

    def run(sent: dict[str, Any]) -> Done:
        with ordering(signed_in_user(), contract_id) as (order, contract):
            found = _found(order.session, contract, licence_id, lock=True)
            licences.change(order.session, contract, found, sent, order.actor, order.now)
            (counted,) = licences.counted(order.session, [found])
        text = Text(f"ライセンスを変更しました：{counted.text.ja}。", f"The licence is changed: {counted.text.en}.")
        return Done(text, url_for(".page", contract_id=contract_id, licence_id=licence_id))

    return submitted("licence", _Owned, run, lambda refused: _page(contract_id, licence_id, refused))


@blueprint.post("/contracts/<contract_id>/licences/<licence_id>/remove")
def remove(contract_id: str, licence_id: str) -> ResponseReturnValue:
    """Take a licence out."""

    def run(_sent: dict[str, Any]) -> Done:
        with ordering(signed_in_user(), contract_id) as (order, contract):
            found = _found(order.session, contract, licence_id, lock=True)
            licences.remove(order.session, contract, found, order.actor, order.now)
        text = Text("ライセンスを削除しました。", "The licence is removed.")
        return Done(text, url_for(".listing", contract_id=contract_id))

    return submitted("remove", FormSchema, run, lambda refused: _page(contract_id, licence_id, refused))


def _found(session: Session, contract: Contract, licence_id: str, lock: bool = False) -> Licence:
    query = select(Licence).where(Licence.contract_id == contract.id, Licence.public_id == licence_id)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise status_error(404)
    return found


def _listing(contract_id: str, refused: Refusal | None = None) -> str:
    session, contract = shown_contract(contract_id)
    found = cut(session, licences.listed(contract))
    return staff_page(
        "portal/staff/contract_licences.html",
        _ACTIVE,
        refused,
        contract=contract,
        page=found,
        lines=licences.counted(session, found.rows),
        lengths=_LENGTHS,
        most=MAX_OWNED,
    )


def _page(contract_id: str, licence_id: str, refused: Refusal | None = None) -> str:
    session, contract = shown_contract(contract_id)
    found = _found(session, contract, licence_id)
    (counted,) = licences.counted(session, [found])
    return staff_page(
        "portal/staff/licence.html",
        _ACTIVE,
        refused,
        contract=contract,
        counted=counted,
        page=cut(session, licences.holders(found)),
        lengths=_LENGTHS,
        most=MAX_OWNED,
    )
