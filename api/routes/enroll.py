# flask-smorest has no type information.
# mypy: disable-error-code="untyped-decorator"
"""`POST /api/v1/enroll`: a machine with an install ID asks for its device token."""

from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from flask import request

from api.db import current_database
from api.identity.enrolment import EnrolmentRefused, Machine, enrol
from api.models import DeviceKind
from api.models.base import utc_now
from api.plaintext import has_control
from api.web import limits
from api.web.errors import ApiError, ErrorSchema
from api.web.gate import opened
from api.web.resource import resource

blueprint = resource("enroll", __name__, "Enrolment of devices", url_prefix="/api/v1")

MAX_BODY_BYTES = 16 * 1024

STATUS_OF_REFUSAL: Mapping[str, int] = {
    "install_id_unknown": 401,
    "install_id_expired": 403,
    "install_id_used_up": 403,
    "contract_not_active": 403,
    "kind_not_allowed": 403,
    "device_revoked": 403,
    # 409, not 403: the caller is in the right, and the same request succeeds once a place is free.
    "quota_exceeded": 409,
}


def _printable(value: str) -> None:
    if has_control(value) or value != value.strip():
        raise ma.ValidationError("must have no control characters, and no spaces at its ends")


class EnrollRequest(ma.Schema):
    """What a machine sends. Fields that this version does not know are ignored, so that a newer agent can enrol."""

    class Meta:
        """Marshmallow's options."""

        unknown = ma.EXCLUDE

    install_id = ma.fields.String(
        required=True,
        validate=ma.validate.Length(1, 100),
        metadata={"description": "as typed by a person", "example": "7K2M9-X4TQA-0ZV3R-H8CNM"},
    )
    hostname = ma.fields.String(
        required=True, validate=[ma.validate.Length(1, 255), _printable], metadata={"example": "keiri-pc1"}
    )
    machine_id = ma.fields.String(
        required=True,
        validate=[ma.validate.Length(8, 200), _printable],
        metadata={
            "description": "the machine's own stable id; only a hash of it is kept",
            "example": "0f5b3c1e9a7d4c2b8e6f1a2b3c4d5e6f",
        },
    )
    kind = ma.fields.String(
        required=True, validate=ma.validate.OneOf([kind.value for kind in DeviceKind]), metadata={"example": "pc"}
    )
    os = ma.fields.String(
        load_default="",
        validate=[ma.validate.Length(0, 200), _printable],
        metadata={"example": "Windows 11 Pro 24H2"},
    )


class EnrollAnswer(ma.Schema):
    """What a machine gets; the token is shown this once."""

    device = ma.fields.String(required=True, metadata={"example": "d-7k2m9x4tqa"})
    token = ma.fields.String(required=True, metadata={"description": "to be sent with every write; keep it secret"})
    contract = ma.fields.String(required=True, metadata={"example": "c-3vq8n1rz5h"})
    site = ma.fields.String(required=True, metadata={"example": "s-9b0d6w2ymf"})
    name = ma.fields.String(
        required=True,
        metadata={"description": "the customer's name, to show to a person", "example": "山田商事株式会社"},
    )


@blueprint.before_request
def _limit_body() -> None:
    request.max_content_length = MAX_BODY_BYTES


@blueprint.post("/enroll")
@opened
@limits.limiter.limit(limits.ENROL)
@blueprint.arguments(EnrollRequest, error_status_code=422)
@blueprint.response(201, EnrollAnswer, description="a new device")
@blueprint.alt_response(200, schema=EnrollAnswer, description="a machine that was enrolled before; a further token")
@blueprint.alt_response(400, schema=ErrorSchema, description="invalid_request: the body is not JSON")
@blueprint.alt_response(401, schema=ErrorSchema, description="install_id_unknown")
@blueprint.alt_response(
    403,
    schema=ErrorSchema,
    description="install_id_expired, install_id_used_up, contract_not_active, kind_not_allowed or device_revoked",
)
@blueprint.alt_response(409, schema=ErrorSchema, description="quota_exceeded: every place of the contract is in use")
@blueprint.alt_response(413, schema=ErrorSchema, description="too_large")
@blueprint.alt_response(422, schema=ErrorSchema, description="invalid_request: `details` names the fields")
@blueprint.alt_response(429, schema=ErrorSchema, description="too_many_requests")
def enroll(sent: dict[str, str]) -> Any:
    """Enrol the machine.

    The same machine again keeps its device and its place in the quota; its older tokens end when the new one is first
    used.
    """
    machine = Machine(sent["hostname"], sent["machine_id"], DeviceKind(sent["kind"]), sent["os"])
    try:
        done = enrol(current_database(), sent["install_id"], machine, utc_now())
    except EnrolmentRefused as refusal:
        status = STATUS_OF_REFUSAL[refusal.code]
        raise ApiError(status, refusal.code, refusal.message, refusal.details) from None
    return done, (201 if done.is_new else 200)
