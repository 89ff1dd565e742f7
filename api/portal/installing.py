"""Install IDs: one is issued, its code shown once, with what to type on the machine word for word."""

from typing import Any

import marshmallow as ma
from flask import current_app, request
from flask.typing import ResponseReturnValue

from api.config import Config
from api.contracts import machines
from api.contracts.quota import usage
from api.display.words import DEVICE_KIND
from api.models import ContractState, DeviceKind, InstallId, TransitionRefused
from api.models.base import service_day, utc_now
from api.models.contract import STATE_WORDS
from api.models.device import TARGET_KINDS
from api.portal.commands import recipes
from api.portal.forms import FormSchema, Refusal
from api.portal.frame import contract_page, shown_contract
from api.portal.room import customer_room
from api.routes.ordering import ordering
from api.web import limits
from api.web.errors import ApiError
from api.web.signin import signed_in_user
from collectors.text import Text

blueprint = customer_room("installing", __name__)
_ACTIVE = "portal_installing.form"
_ANY = "any"

KINDS = {
    _ANY: Text("パソコン・サーバー・NAS のどれでも", "any PC, server or NAS"),
    **{kind.value: DEVICE_KIND[kind.value] for kind in TARGET_KINDS},
    DeviceKind.PROBE.value: Text("プローブ（LAN内の複合機などを見る）", "a probe, which looks at printers on the LAN"),
}
"""What may be chosen -> its words."""


class _Issue(FormSchema):
    site = ma.fields.String(required=True)
    kind = ma.fields.String(required=True, validate=ma.validate.OneOf([*KINDS]))
    uses = ma.fields.String(required=True, validate=ma.validate.OneOf(["one", "many"]))


@blueprint.get("/<contract_id>/install")
def form(contract_id: str) -> str:
    """Show the form, and the install IDs that there are; never their codes."""
    return _page(contract_id)


@blueprint.post("/<contract_id>/install")
@limits.limiter.limit(limits.ENROL)
def issue(contract_id: str) -> ResponseReturnValue:
    """Issue an install ID. Its code is in this answer and nowhere else."""
    entered = {name: value for name, value in request.form.items() if name != "csrf_token"}
    try:
        made, code = _issued(contract_id, _Issue().load({name: value for name, value in entered.items() if value}))
    except ma.ValidationError:
        text = Text("拠点・種類・台数を選んでください。", "Choose site, kind and number.")
        return _page(contract_id, Refusal("issue", text, entered, {})), 422
    except ApiError as error:
        if error.status not in (409, 422):
            raise
        return _page(contract_id, Refusal("issue", error.message, entered, {})), error.status
    _session, contract = shown_contract(contract_id)
    config: Config = current_app.extensions["karte_config"]
    return contract_page(
        "portal/installed.html",
        _ACTIVE,
        contract,
        made=made,
        code=code,
        kind=KINDS[made.kind.value if made.kind else _ANY],
        recipes=recipes(config.public_url, code, made.kind),
    )


def _issued(contract_id: str, sent: dict[str, Any]) -> tuple[InstallId, str]:
    with ordering(signed_in_user(), contract_id) as (order, contract):
        if contract.state is not ContractState.ACTIVE:
            state = STATE_WORDS[contract.state]
            raise TransitionRefused(
                Text(
                    f"契約が「{state.ja}」のため、インストールIDを発行できません。",
                    f"The contract is {state.en}; no install ID can be issued.",
                )
            )
        site = next((each for each in contract.sites if each.public_id == sent["site"]), None)
        if site is None:
            raise ApiError(422, "site_unknown", Text("拠点を選び直してください。", "Choose the site again."))
        kind = None if sent["kind"] == _ANY else DeviceKind(sent["kind"])
        return machines.issue(order, site, machines.Leave(kind, max_uses=1 if sent["uses"] == "one" else None))


def _page(contract_id: str, refused: Refusal | None = None) -> str:
    session, contract = shown_contract(contract_id)
    now = utc_now()
    return contract_page(
        "portal/install.html",
        _ACTIVE,
        contract,
        refused,
        kinds=KINDS,
        used=usage(session, contract, service_day(now)),
        issued=[each for each in contract.install_ids if not each.expired(now) and not each.used_up()][::-1],
        is_active=contract.state is ContractState.ACTIVE,
        state_text=STATE_WORDS[contract.state],
    )
