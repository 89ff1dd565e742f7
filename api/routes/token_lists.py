# flask-smorest has no type information.
# mypy: disable-error-code="untyped-decorator"
"""`/api/v1/tokens/devices`: which tokens devices have, and when each was last used."""

from functools import partial
from typing import Any

import marshmallow as ma
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from api.db import read_session
from api.models import Contract, Device, DeviceToken
from api.routes.operation import documented
from api.routes.user_fields import ID
from api.web.gate import Scope, needs
from api.web.paging import PAGES, Listed, SqlPage
from api.web.resource import resource

blueprint = resource("token_lists", __name__, "Tokens of devices", url_prefix="/api/v1/tokens")
_documented = partial(documented, blueprint)


class ContractQuery(ma.Schema):
    """Of which contract."""

    contract = ma.fields.String(validate=ID, metadata={"example": "c-7k2m9x4tqa"})


class DeviceTokenAnswer(ma.Schema):
    """A token of a device. A new one is given out by enrolling again; the former ends when the new one is used."""

    device = ma.fields.String(required=True, metadata={"example": "d-7k2m9x4tqa"})
    hostname = ma.fields.String(required=True, metadata={"example": "PC-01"})
    contract = ma.fields.String(required=True, metadata={"example": "c-7k2m9x4tqa"})
    created_at = ma.fields.AwareDateTime(required=True)
    first_used_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    last_used_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    revoked_at = ma.fields.AwareDateTime(required=True, allow_none=True)


@blueprint.get("/devices")
@needs(Scope.TOKENS)
@blueprint.arguments(ContractQuery, location="query", error_status_code=422)
@blueprint.response(200, DeviceTokenAnswer(many=True))
@blueprint.paginate(SqlPage, **PAGES)
@_documented({422: "invalid_request"})
def devices(asked: dict[str, Any]) -> Listed[DeviceToken]:
    """List the tokens of devices."""
    query = (
        select(DeviceToken)
        # Not joined: far pages of many tokens would join all that come before.
        .options(selectinload(DeviceToken.device).selectinload(Device.contract))
        .order_by(DeviceToken.id)
    )
    if "contract" in asked:
        query = query.join(DeviceToken.device).join(Device.contract).where(Contract.public_id == asked["contract"])
    return Listed.of(read_session(), query, _device_token)


def _device_token(token: DeviceToken) -> dict[str, Any]:
    return {
        "device": token.device.public_id,
        "hostname": token.device.hostname,
        "contract": token.device.contract.public_id,
        "created_at": token.created_at,
        "first_used_at": token.first_used_at,
        "last_used_at": token.last_used_at,
        "revoked_at": token.revoked_at,
    }
