"""How devices are told by the API: schemas, and the answers that fit them."""

from typing import Any

import marshmallow as ma

from api.models import Device, DeviceKind
from api.models.device import DEVICE_STATE_WORDS, DeviceState
from api.web.language import request_language


class DeviceRef(ma.Schema):
    """Which device."""

    id = ma.fields.String(required=True, metadata={"example": "d-7k2m9x4tqa"})
    hostname = ma.fields.String(required=True, metadata={"example": "keiri-pc1"})


class PlaceRef(ma.Schema):
    """Which site."""

    id = ma.fields.String(required=True, metadata={"example": "s-7k2m9x4tqa"})
    name = ma.fields.String(required=True, metadata={"example": "本社"})


class DeviceAnswer(DeviceRef):
    """A device."""

    kind = ma.fields.String(required=True, validate=ma.validate.OneOf([each.value for each in DeviceKind]))
    site = ma.fields.Nested(PlaceRef, required=True)
    os = ma.fields.String(required=True, metadata={"example": "Windows 11 Pro 24H2"})
    state = ma.fields.String(
        required=True,
        validate=ma.validate.OneOf([each.value for each in DeviceState]),
        metadata={"description": "stopped: the quota has no place for it; revoked: it may not send any more"},
    )
    state_text = ma.fields.String(required=True, metadata={"example": "登録中"})
    first_seen_at = ma.fields.AwareDateTime(required=True)
    last_seen_at = ma.fields.AwareDateTime(
        required=True, metadata={"description": "last sent data or enrolled, to about a minute"}
    )
    stopped_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    revoked_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    stops_first = ma.fields.Boolean(
        required=True, metadata={"description": "chosen by the customer to stop first where the quota shrinks"}
    )


def ref(device: Device) -> dict[str, Any]:
    """Return which device."""
    return {"id": device.public_id, "hostname": device.hostname}


def told_device(device: Device) -> dict[str, Any]:
    """Return a device; its site must be loaded."""
    return {
        **ref(device),
        "kind": device.kind.value,
        "site": {"id": device.site.public_id, "name": device.site.name},
        "os": device.os,
        "state": device.state.value,
        "state_text": DEVICE_STATE_WORDS[device.state].in_(request_language()),
        "first_seen_at": device.first_seen_at,
        "last_seen_at": device.last_seen_at,
        "stopped_at": device.stopped_at,
        "revoked_at": device.revoked_at,
        "stops_first": device.stops_first,
    }
