"""Devices of a contract: how each stands and why, and which stop first where the quota shrinks."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from api.contracts.quota import choose_stopping, usage
from api.models import Device
from api.models.base import service_day, utc_now
from api.portal.forms import Refusal
from api.portal.frame import contract_page, shown_contract
from api.portal.room import customer_room
from api.readings.cards import device_cards
from api.readings.contract import ContractReading
from api.routes.measured import newest_values
from api.routes.ordering import ordering
from api.web.language import request_language
from api.web.signin import signed_in_user
from collectors.text import Text

blueprint = customer_room("devices", __name__)
_ACTIVE = "portal_devices.listing"


@blueprint.get("/<contract_id>/devices")
def listing(contract_id: str) -> str:
    """List the devices, the most urgent first."""
    return _page(contract_id)


@blueprint.post("/<contract_id>/devices/stopping")
def choose(contract_id: str) -> ResponseReturnValue:
    """Choose which devices stop first where the quota shrinks; without a choice the newest do."""
    wanted = set(request.form.getlist("device"))
    with ordering(signed_in_user(), contract_id) as (order, contract):
        devices = [each for each in contract.devices if each.public_id in wanted and each.kind.is_target]
        unknown = len(devices) < len(wanted)
        if not unknown:
            choose_stopping(order, contract, devices)
            stopped = usage(order.session, contract, order.today).stopped
    if unknown:
        text = Text("選んだ機器の一部がありません。選び直してください。", "Some of the devices are not there any more.")
        return _page(contract_id, Refusal("stopping", text, {}, {})), 422
    chosen, now_stopped = len(devices), Text("", "")
    if stopped:
        now_stopped = Text(f"現在{stopped}台が停止しています。", f" {stopped} stopped at present.")
    done = Text(
        f"{chosen}台を、台数が減るときに先に停止する機器として記録しました。{now_stopped.ja}",
        f"Recorded: {chosen} devices stop first where the quota shrinks.{now_stopped.en}",
    )
    flash(done.in_(request_language()), "done")
    return redirect(url_for(_ACTIVE, contract_id=contract_id), 303)


def _page(contract_id: str, refused: Refusal | None = None) -> str:
    session, contract = shown_contract(contract_id)
    now = utc_now()
    reading = newest_values(contract.public_id, now)
    asked = select(Device).where(Device.contract_id == contract.id).options(joinedload(Device.site)).order_by(Device.id)
    devices = session.scalars(asked).all()
    enrolled = [each for each in devices if each.revoked_at is None]
    return contract_page(
        "portal/devices.html",
        _ACTIVE,
        contract,
        refused,
        readable=reading is not None,
        cards=device_cards(enrolled, reading or ContractReading({}, ()), now),
        targets=[each for each in enrolled if each.kind.is_target],
        revoked=[each for each in devices if each.revoked_at is not None],
        used=usage(session, contract, service_day(now)),
    )
