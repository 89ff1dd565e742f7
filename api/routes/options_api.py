# flask-smorest has no type information.
# mypy: disable-error-code="untyped-decorator"
"""`/api/v1/contracts/{id}/options`: what a contract has beyond the basic service, and what stops where that ends."""

from functools import partial
from typing import Any

import marshmallow as ma
from sqlalchemy import select

from api.contracts import quota
from api.db import read_session
from api.models import ContractOption, Device, OptionKind
from api.routes.access import visible_contract
from api.routes.contract_fields import OptionAnswer, UsageAnswer, told_option, told_usage
from api.routes.operation import documented
from api.routes.ordering import ordering
from api.web.errors import ApiError, status_error
from api.web.gate import Scope, current_caller, needs
from api.web.idempotency import idempotent
from api.web.resource import resource
from collectors.text import Text

blueprint = resource("options", __name__, "Options of contracts and their devices", "/api/v1/contracts")
_documented = partial(documented, blueprint)
_CHANGES = {400: "invalid_request, csrf_token_missing", 422: "invalid_request, option_refused"}


class OptionRequest(ma.Schema):
    """A new option."""

    kind = ma.fields.String(required=True, validate=ma.validate.OneOf([each.value for each in OptionKind]))
    amount = ma.fields.Integer(load_default=1, strict=True, metadata={"description": "1 for an analysis"})
    starts_on = ma.fields.Date(required=True)
    ends_on = ma.fields.Date(load_default=None, allow_none=True)


class OptionChange(ma.Schema):
    """When it ends."""

    ends_on = ma.fields.Date(required=True, metadata={"description": "its last day in Japan, today or later"})


class StoppingRequest(ma.Schema):
    """Devices that stop first."""

    devices = ma.fields.List(
        ma.fields.String(), required=True, validate=ma.validate.Length(max=1000), metadata={"example": ["d-7k2m9x4tqa"]}
    )


@blueprint.get("/<contract_id>/options")
@needs(Scope.CONTRACTS_READ)
@blueprint.response(200, OptionAnswer(many=True))
@_documented({})
def list_(contract_id: str) -> Any:
    """List the options of a contract, also those that are to begin or have ended."""
    contract = visible_contract(read_session(), current_caller().user, contract_id)
    return [told_option(option) for option in contract.options]


@blueprint.post("/<contract_id>/options")
@needs(Scope.CONTRACTS_WRITE)
@idempotent
@blueprint.arguments(OptionRequest, error_status_code=422)
@blueprint.response(201, OptionAnswer)
@_documented(_CHANGES)
def add(sent: dict[str, Any], contract_id: str) -> Any:
    """Add an option from a day to a day."""
    with ordering(current_caller().user, contract_id) as (order, contract):
        kind = OptionKind(sent["kind"])
        made = quota.add_option(order, contract, kind, sent["amount"], sent["starts_on"], sent["ends_on"])
        return told_option(made)


@blueprint.patch("/<contract_id>/options/<option_id>")
@needs(Scope.CONTRACTS_WRITE)
@blueprint.etag
@blueprint.arguments(OptionChange, error_status_code=422)
@blueprint.response(200, OptionAnswer)
@_documented({**_CHANGES, 412: "changed_meanwhile", 428: "if_match_missing"})
def end(sent: dict[str, Any], contract_id: str, option_id: str) -> Any:
    """Let an option end with a day; a customer with too many devices is told at once."""
    with ordering(current_caller().user, contract_id) as (order, contract):
        option = _found(contract.options, option_id)
        blueprint.check_etag(told_option(option), OptionAnswer)
        quota.end_option(order, contract, option, sent["ends_on"])
        return told_option(option)


@blueprint.get("/<contract_id>/options/<option_id>")
@needs(Scope.CONTRACTS_READ)
@blueprint.etag
@blueprint.response(200, OptionAnswer)
@_documented({})
def show(contract_id: str, option_id: str) -> Any:
    """Show an option."""
    contract = visible_contract(read_session(), current_caller().user, contract_id)
    return told_option(_found(contract.options, option_id))


@blueprint.put("/<contract_id>/stopping")
@needs(Scope.DEVICES_WRITE)
@blueprint.arguments(StoppingRequest, error_status_code=422)
@blueprint.response(200, UsageAnswer)
@_documented({**_CHANGES, 422: "invalid_request, device_unknown"})
def choose(sent: dict[str, Any], contract_id: str) -> Any:
    """Choose which devices stop first where the quota shrinks; without a choice the newest do."""
    with ordering(current_caller().user, contract_id) as (order, contract):
        wanted = set(sent["devices"])
        asked = select(Device).where(Device.contract_id == contract.id, Device.public_id.in_(wanted))
        devices = order.session.scalars(asked).all()
        unknown = sorted(wanted - {device.public_id for device in devices})
        if unknown:
            message = Text(f"機器 {unknown[0]} はありません。", f"There is no device {unknown[0]}.")
            raise ApiError(422, "device_unknown", message, {"devices": unknown})
        quota.choose_stopping(order, contract, devices)
        return told_usage(quota.usage(order.session, contract, order.today))


def _found(options: list[ContractOption], option_id: str) -> ContractOption:
    for option in options:
        if option.public_id == option_id:
            return option
    raise status_error(404)
