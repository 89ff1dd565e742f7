# flask-smorest has no type information.
# mypy: disable-error-code="untyped-decorator"
"""`/api/v1/contracts/{id}/software`, `/assets`, `/licences`, `/search`: what a contract's devices have."""

from functools import partial
from typing import Any

import marshmallow as ma
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from api import licences, possessions
from api.audit.actor import actor_of
from api.db import current_database, read_session
from api.licences import Counted
from api.models import Asset, AssetChange, Contract, Device, Licence, Software, SoftwareChange
from api.models.base import utc_now
from api.models.licence import MAX_OWNED, NOTE_LENGTH, PRODUCT_LENGTH, VERSION_LENGTH
from api.plaintext import InvalidText
from api.possessions import Wanted
from api.routes.access import visible_contract
from api.routes.device_fields import DeviceAnswer, DeviceRef, ref, told_device
from api.routes.operation import documented
from api.web.errors import ApiError, status_error
from api.web.fields import day, words
from api.web.gate import Scope, current_caller, needs
from api.web.idempotency import idempotent
from api.web.language import request_language
from api.web.paging import Listed, SqlPage
from api.web.resource import resource
from collectors.inventory.changes import ChangeKind

blueprint = resource("possessions", __name__, "Software, assets and licences of a contract", "/api/v1/contracts")
_documented = partial(documented, blueprint)
_CHANGES = ma.validate.OneOf([each.value for each in ChangeKind])
_CHANGING = {400: "invalid_request, csrf_token_missing", 422: "invalid_request, invalid_text"}
_CHANGED = {**_CHANGING, 412: "changed_meanwhile", 428: "if_match_missing"}


class SoftwareQuery(ma.Schema):
    """Which entries."""

    name = words(metadata={"description": "contained in the product's name"})
    publisher = words(metadata={"description": "contained in the publisher's name"})
    device = words(metadata={"example": "d-7k2m9x4tqa"})


class AssetQuery(ma.Schema):
    """Which things."""

    name = words(metadata={"description": "contained in id, maker, model, names or addresses"})
    kind = words(metadata={"example": "printer"})
    device = words(metadata={"description": "the probe that found it", "example": "d-7k2m9x4tqa"})


class ChangeQuery(ma.Schema):
    """Which changes."""

    change = ma.fields.String(validate=_CHANGES)
    device = words(metadata={"example": "d-7k2m9x4tqa"})
    since = day(metadata={"description": "first day in Japan"})
    until = day(metadata={"description": "last day in Japan"})


class SoftwareChangeQuery(ChangeQuery):
    """Which changes."""

    name = words(metadata={"description": "contained in the product's name"})


class HolderQuery(ma.Schema):
    """Of what."""

    name = words(required=True, metadata={"description": "of the product; * is anything", "example": "Adobe*"})


class SearchQuery(ma.Schema):
    """What is looked for; width and case make no difference."""

    q = words(required=True, metadata={"example": "keiri"})


class SoftwareAnswer(ma.Schema):
    """A product or package on one device."""

    device = ma.fields.Nested(DeviceRef, required=True)
    name = ma.fields.String(required=True, metadata={"example": "Example Office Standard 2024"})
    publisher = ma.fields.String(required=True)
    version = ma.fields.String(required=True, metadata={"example": "16.0.1"})
    arch = ma.fields.String(required=True)
    source = ma.fields.String(
        required=True, metadata={"description": "where the device read it", "example": "registry"}
    )
    scope = ma.fields.String(required=True)
    installed_on = ma.fields.Date(required=True, allow_none=True)
    size_kib = ma.fields.Integer(required=True, allow_none=True)
    since = ma.fields.AwareDateTime(required=True, metadata={"description": "since when this version is listed"})


class ProductAnswer(ma.Schema):
    """A product in one version, on how many devices it is."""

    name = ma.fields.String(required=True)
    publisher = ma.fields.String(required=True)
    version = ma.fields.String(required=True)
    devices = ma.fields.Integer(required=True)


class SoftwareChangeAnswer(ma.Schema):
    """A change of what is installed."""

    device = ma.fields.Nested(DeviceRef, required=True)
    at = ma.fields.AwareDateTime(required=True, metadata={"description": "when the device read the list that shows it"})
    change = ma.fields.String(required=True, validate=_CHANGES)
    name = ma.fields.String(required=True)
    publisher = ma.fields.String(required=True)
    version_before = ma.fields.String(required=True, allow_none=True)
    version_after = ma.fields.String(required=True, allow_none=True)


class AssetAnswer(ma.Schema):
    """A thing on the LAN."""

    probe = ma.fields.Nested(DeviceRef, required=True)
    site = ma.fields.String(required=True, metadata={"example": "本社"})
    asset = ma.fields.String(required=True, metadata={"description": "its id, which points about it carry as a tag"})
    kind = ma.fields.String(required=True, metadata={"example": "printer"})
    maker = ma.fields.String(required=True)
    model = ma.fields.String(required=True)
    names = ma.fields.List(ma.fields.String(), required=True)
    mac = ma.fields.List(ma.fields.String(), required=True)
    ip = ma.fields.List(ma.fields.String(), required=True)
    first_seen = ma.fields.AwareDateTime(required=True, allow_none=True)
    last_seen = ma.fields.AwareDateTime(required=True, allow_none=True)
    since = ma.fields.AwareDateTime(required=True)


class AssetChangeAnswer(ma.Schema):
    """A change on the LAN."""

    probe = ma.fields.Nested(DeviceRef, required=True)
    at = ma.fields.AwareDateTime(required=True)
    change = ma.fields.String(required=True, validate=_CHANGES)
    asset = ma.fields.String(required=True)
    before = ma.fields.Dict(required=True, allow_none=True, metadata={"description": "as it was; null: it is new"})
    after = ma.fields.Dict(required=True, allow_none=True, metadata={"description": "as it became; null: it is gone"})


class FoundAnswer(ma.Schema):
    """What was found, at most 50 of each kind."""

    devices = ma.fields.List(ma.fields.Nested(DeviceAnswer), required=True)
    software = ma.fields.List(ma.fields.Nested(SoftwareAnswer), required=True)
    assets = ma.fields.List(ma.fields.Nested(AssetAnswer), required=True)
    more = ma.fields.List(
        ma.fields.String(validate=ma.validate.OneOf(["devices", "software", "assets"])),
        required=True,
        metadata={"description": "kinds of which there is more"},
    )


class LicenceRequest(ma.Schema):
    """What a customer owns of a product."""

    product = ma.fields.String(
        required=True,
        validate=ma.validate.Length(1, PRODUCT_LENGTH),
        metadata={"description": "its name as devices list it; * is anything", "example": "Example Office*"},
    )
    version = ma.fields.String(
        load_default="",
        validate=ma.validate.Length(max=VERSION_LENGTH),
        metadata={"description": "empty for every version; * is anything"},
    )
    owned = ma.fields.Integer(required=True, strict=True, validate=ma.validate.Range(0, MAX_OWNED))
    note = ma.fields.String(load_default="", validate=ma.validate.Length(max=NOTE_LENGTH))


class LicenceChange(ma.Schema):
    """What is to be changed; what is not named stays."""

    product = ma.fields.String(validate=ma.validate.Length(1, PRODUCT_LENGTH))
    version = ma.fields.String(validate=ma.validate.Length(max=VERSION_LENGTH))
    owned = ma.fields.Integer(strict=True, validate=ma.validate.Range(0, MAX_OWNED))
    note = ma.fields.String(validate=ma.validate.Length(max=NOTE_LENGTH))


class LicenceAnswer(ma.Schema):
    """A licence, counted."""

    id = ma.fields.String(required=True, metadata={"example": "l-7k2m9x4tqa"})
    product = ma.fields.String(required=True)
    version = ma.fields.String(required=True)
    owned = ma.fields.Integer(required=True)
    note = ma.fields.String(required=True)
    installed = ma.fields.Integer(required=True, metadata={"description": "devices that have it, each counted once"})
    short_by = ma.fields.Integer(required=True, metadata={"description": "0 if enough are owned"})
    text = ma.fields.String(required=True, metadata={"example": "保有5に対し7台で使用、2不足"})
    updated_at = ma.fields.AwareDateTime(required=True)


@blueprint.get("/<contract_id>/software")
@needs(Scope.INVENTORY_READ)
@blueprint.arguments(SoftwareQuery, location="query", error_status_code=422)
@blueprint.response(200, SoftwareAnswer(many=True))
@blueprint.paginate(SqlPage)
@_documented({422: "invalid_request"})
def list_software(sent: dict[str, Any], contract_id: str) -> Listed[Row[Software, Device]]:
    """List what is installed on the devices of a contract now."""
    session = read_session()
    return Listed.of(session, possessions.software(_contract(session, contract_id), Wanted(**sent)), _software)


@blueprint.get("/<contract_id>/software/products")
@needs(Scope.INVENTORY_READ)
@blueprint.arguments(SoftwareQuery, location="query", error_status_code=422)
@blueprint.response(200, ProductAnswer(many=True))
@blueprint.paginate(SqlPage)
@_documented({422: "invalid_request"})
def list_products(sent: dict[str, Any], contract_id: str) -> Listed[Any]:
    """List products by version, and on how many devices each is."""
    session = read_session()
    query = possessions.products(_contract(session, contract_id), Wanted(**sent))
    return Listed.of(session, query, lambda row: row._asdict())


@blueprint.get("/<contract_id>/software/holders")
@needs(Scope.INVENTORY_READ)
@blueprint.arguments(HolderQuery, location="query", error_status_code=422)
@blueprint.response(200, SoftwareAnswer(many=True))
@blueprint.paginate(SqlPage)
@_documented({422: "invalid_request"})
def list_holders(sent: dict[str, Any], contract_id: str) -> Listed[Row[Software, Device]]:
    """List which devices have a product."""
    session = read_session()
    return Listed.of(session, possessions.holders(_contract(session, contract_id), sent["name"]), _software)


@blueprint.get("/<contract_id>/software/changes")
@needs(Scope.INVENTORY_READ)
@blueprint.arguments(SoftwareChangeQuery, location="query", error_status_code=422)
@blueprint.response(200, SoftwareChangeAnswer(many=True))
@blueprint.paginate(SqlPage)
@_documented({422: "invalid_request"})
def list_software_changes(sent: dict[str, Any], contract_id: str) -> Listed[Row[SoftwareChange, Device]]:
    """List what was installed, removed and updated, the newest first."""
    session = read_session()
    query = possessions.software_changes(_contract(session, contract_id), _wanted(sent))
    return Listed.of(session, query, _software_change)


@blueprint.get("/<contract_id>/assets")
@needs(Scope.INVENTORY_READ)
@blueprint.arguments(AssetQuery, location="query", error_status_code=422)
@blueprint.response(200, AssetAnswer(many=True))
@blueprint.paginate(SqlPage)
@_documented({422: "invalid_request"})
def list_assets(sent: dict[str, Any], contract_id: str) -> Listed[Row[Asset, Device]]:
    """List what the probes of a contract find on its LANs now."""
    session = read_session()
    return Listed.of(session, possessions.assets(_contract(session, contract_id), Wanted(**sent)), _asset)


@blueprint.get("/<contract_id>/assets/changes")
@needs(Scope.INVENTORY_READ)
@blueprint.arguments(ChangeQuery, location="query", error_status_code=422)
@blueprint.response(200, AssetChangeAnswer(many=True))
@blueprint.paginate(SqlPage)
@_documented({422: "invalid_request"})
def list_asset_changes(sent: dict[str, Any], contract_id: str) -> Listed[Row[AssetChange, Device]]:
    """List what came, vanished and changed on the LANs, the newest first."""
    session = read_session()
    query = possessions.asset_changes(_contract(session, contract_id), _wanted(sent))
    return Listed.of(session, query, _asset_change)


@blueprint.get("/<contract_id>/search")
@needs(Scope.INVENTORY_READ)
@blueprint.arguments(SearchQuery, location="query", error_status_code=422)
@blueprint.response(200, FoundAnswer)
@_documented({422: "invalid_request"})
def search(sent: dict[str, Any], contract_id: str) -> Any:
    """Look for a text in the devices, the software and the assets of a contract."""
    session = read_session()
    found = possessions.search(session, _contract(session, contract_id), sent["q"])
    return {
        "devices": map(told_device, found.devices),
        "software": map(_software, found.software),
        "assets": map(_asset, found.assets),
        "more": sorted(found.more),
    }


@blueprint.get("/<contract_id>/licences")
@needs(Scope.INVENTORY_READ)
@blueprint.response(200, LicenceAnswer(many=True))
@blueprint.paginate(SqlPage)
@_documented({})
def list_licences(contract_id: str) -> Listed[Licence]:
    """List the licences of a contract, counted against what is installed."""
    session = read_session()
    query = licences.listed(_contract(session, contract_id))
    return Listed(session, query, lambda rows: [_licence(each) for each in licences.counted(session, rows)])


@blueprint.post("/<contract_id>/licences")
@needs(Scope.LICENCES_WRITE)
@idempotent
@blueprint.arguments(LicenceRequest, error_status_code=422)
@blueprint.response(201, LicenceAnswer)
@_documented(_CHANGING)
def add_licence(sent: dict[str, Any], contract_id: str) -> Any:
    """Note what a customer owns of a product."""
    user = current_caller().user
    with current_database().writing.begin() as session:
        contract = _contract(session, contract_id)
        try:
            made = licences.add(session, contract, sent, actor_of(user), utc_now())
        except InvalidText as error:
            raise _invalid(error) from None
        return _counted(session, made)


@blueprint.get("/<contract_id>/licences/<licence_id>")
@needs(Scope.INVENTORY_READ)
@blueprint.etag
@blueprint.response(200, LicenceAnswer)
@_documented({})
def show_licence(contract_id: str, licence_id: str) -> Any:
    """Show a licence. Its ETag tells of what people set, not of what is installed."""
    session = read_session()
    found = _found(session, _contract(session, contract_id), licence_id)
    blueprint.set_etag(licences.told(found))
    return _counted(session, found)


@blueprint.patch("/<contract_id>/licences/<licence_id>")
@needs(Scope.LICENCES_WRITE)
@blueprint.etag
@blueprint.arguments(LicenceChange, error_status_code=422)
@blueprint.response(200, LicenceAnswer)
@_documented(_CHANGED)
def change_licence(sent: dict[str, Any], contract_id: str, licence_id: str) -> Any:
    """Change a licence, e.g. how many are owned."""
    user = current_caller().user
    with current_database().writing.begin() as session:
        contract = _contract(session, contract_id)
        found = _found(session, contract, licence_id, lock=True)
        blueprint.check_etag(licences.told(found))
        try:
            licences.change(session, contract, found, sent, actor_of(user), utc_now())
        except InvalidText as error:
            raise _invalid(error) from None
        blueprint.set_etag(licences.told(found))
        return _counted(session, found)


@blueprint.delete("/<contract_id>/licences/<licence_id>")
@needs(Scope.LICENCES_WRITE)
@blueprint.etag
@blueprint.response(204)
@_documented({400: "csrf_token_missing", 412: "changed_meanwhile", 428: "if_match_missing"})
def remove_licence(contract_id: str, licence_id: str) -> None:
    """Take a licence out."""
    user = current_caller().user
    with current_database().writing.begin() as session:
        contract = _contract(session, contract_id)
        found = _found(session, contract, licence_id, lock=True)
        blueprint.check_etag(licences.told(found))
        licences.remove(session, contract, found, actor_of(user), utc_now())


@blueprint.get("/<contract_id>/licences/<licence_id>/holders")
@needs(Scope.INVENTORY_READ)
@blueprint.response(200, SoftwareAnswer(many=True))
@blueprint.paginate(SqlPage)
@_documented({})
def list_licence_holders(contract_id: str, licence_id: str) -> Listed[Row[Software, Device]]:
    """List what a licence is counted by: which devices have the product."""
    session = read_session()
    found = _found(session, _contract(session, contract_id), licence_id)
    return Listed.of(session, licences.holders(found), _software)


def _contract(session: Session, contract_id: str) -> Contract:
    return visible_contract(session, current_caller().user, contract_id)


def _found(session: Session, contract: Contract, licence_id: str, *, lock: bool = False) -> Licence:
    asked = select(Licence).where(Licence.contract_id == contract.id, Licence.public_id == licence_id)
    found = session.scalar(asked.with_for_update() if lock else asked)
    if found is None:
        raise status_error(404)
    return found


def _wanted(sent: dict[str, Any]) -> Wanted:
    change = ChangeKind(sent["change"]) if "change" in sent else None
    return Wanted(**{**sent, "change": change})


def _invalid(error: InvalidText) -> ApiError:
    return ApiError(422, "invalid_text", error.text)


def _counted(session: Session, found: Licence) -> dict[str, Any]:
    (counted,) = licences.counted(session, [found])
    return _licence(counted)


def _licence(counted: Counted) -> dict[str, Any]:
    return {
        "id": counted.licence.public_id,
        **licences.told(counted.licence),
        "installed": counted.installed,
        "short_by": counted.short_by,
        "text": counted.text.in_(request_language()),
        "updated_at": counted.licence.updated_at,
    }


def _software(row: Row[Software, Device] | tuple[Software, Device]) -> dict[str, Any]:
    each, device = row
    names = ("name", "publisher", "version", "arch", "source", "scope", "installed_on", "size_kib", "since")
    return {"device": ref(device), **{name: getattr(each, name) for name in names}}


def _software_change(row: Row[SoftwareChange, Device]) -> dict[str, Any]:
    each, device = row
    names = ("at", "name", "publisher", "version_before", "version_after")
    return {"device": ref(device), "change": each.change.value, **{name: getattr(each, name) for name in names}}


def _asset(row: Row[Asset, Device] | tuple[Asset, Device]) -> dict[str, Any]:
    each, probe = row
    names = ("asset", "kind", "maker", "model", "names", "mac", "ip", "first_seen", "last_seen", "since")
    return {"probe": ref(probe), "site": probe.site.name, **{name: getattr(each, name) for name in names}}


def _asset_change(row: Row[AssetChange, Device]) -> dict[str, Any]:
    each, probe = row
    names = ("at", "asset", "before", "after")
    return {"probe": ref(probe), "change": each.change.value, **{name: getattr(each, name) for name in names}}
