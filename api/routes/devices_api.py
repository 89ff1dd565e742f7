# flask-smorest has no type information.
# mypy: disable-error-code="untyped-decorator"
"""`/api/v1/contracts/{id}/devices` and `/install-ids`: machines, and what enrols them. `/api/v1/devices` finds one."""

from datetime import timedelta
from functools import partial
from typing import Any

import marshmallow as ma
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from api.contracts import machines
from api.db import read_session
from api.device_search import found_devices
from api.matching import contains
from api.models import Contract, ContractState, Device, DeviceKind, InstallId, Site
from api.models.base import utc_now
from api.models.device import DeviceState
from api.models.install_id import VALID_FOR
from api.routes.access import visible_contract
from api.routes.device_fields import DeviceAnswer, PlaceRef, told_device
from api.routes.operation import documented
from api.routes.ordering import ordering
from api.web.errors import ApiError, status_error
from api.web.fields import words
from api.web.gate import Scope, current_caller, needs
from api.web.idempotency import idempotent
from api.web.paging import Listed, SqlPage
from api.web.resource import resource
from collectors.text import Text

blueprint = resource("devices", __name__, "Devices and what enrols them", "/api/v1")
_documented = partial(documented, blueprint)
_KINDS = ma.validate.OneOf([each.value for each in DeviceKind])

MAX_VALID_DAYS = 90
"""An install ID is written down and handed on: it should not be good for long."""

MAX_USES = 1000


class DeviceQuery(ma.Schema):
    """Which devices."""

    q = words(metadata={"description": "contained in the host name"})
    state = ma.fields.String(validate=ma.validate.OneOf([each.value for each in DeviceState]))
    kind = ma.fields.String(validate=_KINDS)
    site = words(metadata={"example": "s-7k2m9x4tqa"})


class DeviceSearch(ma.Schema):
    """Which devices."""

    q = words(
        required=True,
        metadata={
            "description": "beginning of the host name, or of the id from its second sign on",
            "example": "keiri",
        },
    )


class ContractRef(ma.Schema):
    """Which contract."""

    id = ma.fields.String(required=True, metadata={"example": "c-7k2m9x4tqa"})
    name = ma.fields.String(required=True, metadata={"example": "山田商事株式会社"})


class FoundDevice(DeviceAnswer):
    """A device of any contract that the caller sees."""

    contract = ma.fields.Nested(ContractRef, required=True)


class InstallIdRequest(ma.Schema):
    """A new install ID."""

    site = ma.fields.String(
        load_default=None, allow_none=True, metadata={"description": "needed where there are several sites"}
    )
    kind = ma.fields.String(
        load_default=None,
        allow_none=True,
        validate=_KINDS,
        metadata={"description": "null: any target device; a probe needs an install ID of its own"},
    )
    valid_days = ma.fields.Integer(
        load_default=VALID_FOR.days, strict=True, validate=ma.validate.Range(1, MAX_VALID_DAYS)
    )
    max_uses = ma.fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=ma.validate.Range(1, MAX_USES),
        metadata={"description": "null: only the quota limits it"},
    )


class InstallIdAnswer(ma.Schema):
    """An install ID, without its code."""

    id = ma.fields.String(required=True, metadata={"example": "i-7k2m9x4tqa"})
    site = ma.fields.Nested(PlaceRef, required=True)
    kind = ma.fields.String(required=True, allow_none=True, validate=_KINDS)
    created_at = ma.fields.AwareDateTime(required=True)
    expires_at = ma.fields.AwareDateTime(required=True)
    max_uses = ma.fields.Integer(required=True, allow_none=True)
    uses = ma.fields.Integer(required=True)
    usable = ma.fields.Boolean(required=True, metadata={"description": "neither expired nor used up"})


class NewInstallIdAnswer(InstallIdAnswer):
    """A new install ID; its code is shown this once."""

    code = ma.fields.String(required=True, metadata={"example": "7K2M9-X4TQA-0ZV3R-H8CNM"})


@blueprint.get("/devices")
@needs(Scope.DEVICES_READ)
@blueprint.arguments(DeviceSearch, location="query", error_status_code=422)
@blueprint.response(200, FoundDevice(many=True))
@blueprint.paginate(SqlPage)
@_documented({422: "invalid_request"})
def search(sent: dict[str, Any]) -> Listed[Device]:
    """Find devices of all contracts that the caller sees, revoked ones too."""
    session = read_session()
    return Listed.of(session, found_devices(session, current_caller().user, sent["q"]), _found_device)


@blueprint.get("/contracts/<contract_id>/devices")
@needs(Scope.DEVICES_READ)
@blueprint.arguments(DeviceQuery, location="query", error_status_code=422)
@blueprint.response(200, DeviceAnswer(many=True))
@blueprint.paginate(SqlPage)
@_documented({422: "invalid_request"})
def list_(sent: dict[str, Any], contract_id: str) -> Listed[Device]:
    """List the devices of a contract by host name, also stopped and revoked ones."""
    session = read_session()
    contract = _contract(session, contract_id)
    query = (
        select(Device)
        .join(Device.site)
        .options(contains_eager(Device.site))
        .where(Device.contract_id == contract.id, *_conditions(sent))
        .order_by(Device.search_name, Device.id)
    )
    return Listed.of(session, query, told_device)


@blueprint.get("/contracts/<contract_id>/devices/<device_id>")
@needs(Scope.DEVICES_READ)
@blueprint.response(200, DeviceAnswer)
@_documented({})
def show(contract_id: str, device_id: str) -> Any:
    """Show a device."""
    session = read_session()
    return told_device(_device(session, _contract(session, contract_id), device_id))


@blueprint.post("/contracts/<contract_id>/devices/<device_id>/revoke")
@needs(Scope.DEVICES_WRITE)
@blueprint.response(200, DeviceAnswer)
@_documented({400: "csrf_token_missing"})
def revoke(contract_id: str, device_id: str) -> Any:
    """Refuse a device from now on and free its place; one that was stopped for want of it starts again.

    A device that was revoked before stays as it is. An install ID that is issued later can enrol it again.
    """
    with ordering(current_caller().user, contract_id) as (order, contract):
        device = _device(order.session, contract, device_id)
        machines.revoke(order, contract, device)
        return told_device(device)


@blueprint.get("/contracts/<contract_id>/install-ids")
@needs(Scope.DEVICES_READ)
@blueprint.response(200, InstallIdAnswer(many=True))
@blueprint.paginate(SqlPage)
@_documented({})
def list_install_ids(contract_id: str) -> Listed[InstallId]:
    """List the install IDs of a contract, the newest first. Their codes are not kept."""
    session = read_session()
    contract = _contract(session, contract_id)
    query = (
        select(InstallId)
        .where(InstallId.contract_id == contract.id)
        .options(joinedload(InstallId.site))
        .order_by(InstallId.id.desc())
    )
    return Listed.of(session, query, _install_id)


@blueprint.post("/contracts/<contract_id>/install-ids")
@needs(Scope.DEVICES_WRITE)
@idempotent
@blueprint.arguments(InstallIdRequest, error_status_code=422)
@blueprint.response(201, NewInstallIdAnswer)
@_documented(
    {
        400: "invalid_request, csrf_token_missing",
        409: "contract_ended",
        422: "invalid_request; site_unknown: there is no such site, or several to choose from",
    }
)
def add_install_id(sent: dict[str, Any], contract_id: str) -> Any:
    """Issue an install ID; its code is shown in this answer and never again."""
    with ordering(current_caller().user, contract_id) as (order, contract):
        if contract.state is ContractState.TERMINATED:
            raise ApiError(409, "contract_ended", Text("契約は終了しています。", "The contract has ended."))
        kind = DeviceKind(sent["kind"]) if sent["kind"] else None
        leave = machines.Leave(kind, order.now + timedelta(days=sent["valid_days"]), sent["max_uses"])
        made, code = machines.issue(order, _site(contract, sent["site"]), leave)
        return {**_install_id(made), "code": code}


@blueprint.post("/contracts/<contract_id>/install-ids/<install_id>/expire")
@needs(Scope.DEVICES_WRITE)
@blueprint.response(200, InstallIdAnswer)
@_documented({400: "csrf_token_missing"})
def expire_install_id(contract_id: str, install_id: str) -> Any:
    """Let an install ID enrol nothing from now on; one that has expired stays as it is."""
    with ordering(current_caller().user, contract_id) as (order, contract):
        found = order.session.scalar(
            select(InstallId).where(InstallId.contract_id == contract.id, InstallId.public_id == install_id)
        )
        if found is None:
            raise status_error(404)
        machines.expire(order, contract, found)
        return _install_id(found)


def _contract(session: Session, contract_id: str) -> Contract:
    return visible_contract(session, current_caller().user, contract_id)


def _device(session: Session, contract: Contract, device_id: str) -> Device:
    asked = select(Device).where(Device.contract_id == contract.id, Device.public_id == device_id)
    found = session.scalar(asked.options(joinedload(Device.site)))
    if found is None:
        raise status_error(404)
    return found


def _conditions(sent: dict[str, Any]) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if "q" in sent:
        found.append(contains(Device.search_name, sent["q"]))
    if "kind" in sent:
        found.append(Device.kind == DeviceKind(sent["kind"]))
    if "site" in sent:
        found.append(Site.public_id == sent["site"])
    match sent.get("state"):
        case DeviceState.REVOKED:
            found.append(Device.revoked_at.is_not(None))
        case DeviceState.STOPPED:
            found += [Device.revoked_at.is_(None), Device.stopped_at.is_not(None)]
        case DeviceState.ENROLLED:
            found += [Device.revoked_at.is_(None), Device.stopped_at.is_(None)]
    return found


def _site(contract: Contract, wanted: str | None) -> Site:
    found = [each for each in contract.sites if wanted in (None, each.public_id)]
    if len(found) == 1:
        return found[0]
    message = Text(
        f"拠点を指定してください（{'そのIDの拠点はありません' if wanted else f'{len(found)}か所あります'}）。",
        "There is no site of that id." if wanted else f"Name the site: the contract has {len(found)}.",
    )
    raise ApiError(422, "site_unknown", message, {"sites": [each.public_id for each in contract.sites]})


def _found_device(device: Device) -> dict[str, Any]:
    return {**told_device(device), "contract": {"id": device.contract.public_id, "name": device.contract.name}}


def _install_id(each: InstallId) -> dict[str, Any]:
    return {
        "id": each.public_id,
        "site": {"id": each.site.public_id, "name": each.site.name},
        "kind": each.kind.value if each.kind else None,
        "created_at": each.created_at,
        "expires_at": each.expires_at,
        "max_uses": each.max_uses,
        "uses": each.uses,
        "usable": not each.expired(utc_now()) and not each.used_up(),
    }
