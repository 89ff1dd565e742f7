# flask-smorest has no type information.
# mypy: disable-error-code="untyped-decorator"
"""`POST /api/v1/inventory`: a device sends a list of what it has, a probe of what it has found."""

from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from flask import current_app, request

from api.db import current_database
from api.gateway.body import BodyError, BodyTooLarge, read_body, unpack
from api.gateway.credentials import sent_token
from api.gateway.grant import Refusal, WriteGrant, WriteLookup
from api.inventory import Outcome, Stored, store
from api.models.base import utc_now
from api.web import limits
from api.web.errors import ApiError, ErrorSchema, status_error
from api.web.gate import opened
from api.web.resource import resource
from collectors.inventory import KINDS, Document, InvalidDocument, Inventory, ItemType, decode_document
from collectors.inventory.changes import ChangeKind
from collectors.inventory.document import MAX_ITEMS
from collectors.text import Text

blueprint = resource("inventory", __name__, "Lists of software and of assets", url_prefix="/api/v1")

MAX_BODY_BYTES = 4 * 1024 * 1024
MAX_UNPACKED_BYTES = 16 * 1024 * 1024
"""A list of 20,000 things has about 5 MB."""

TOKEN_SCHEME = "deviceToken"  # noqa: S105  # a name in the OpenAPI document

_SCHEMAS: Mapping[ItemType, dict[str, Any]] = {
    ItemType.TEXT: {"type": "string"},
    ItemType.TEXTS: {"type": "array", "items": {"type": "string"}},
    ItemType.INTEGER: {"type": "integer"},
    ItemType.DATE: {"type": "string", "format": "date"},
    ItemType.TIME: {"type": "string", "format": "date-time"},
}


class InventoryAnswer(ma.Schema):
    """What became of the document."""

    outcome = ma.fields.String(
        required=True,
        validate=ma.validate.OneOf([each.value for each in Outcome]),
        metadata={
            "description": "stored: it is the current list now; unchanged: the current list is the same; known: it was "
            "sent before; outdated: the current list is newer, so this one is left out"
        },
    )
    items = ma.fields.Integer(required=True, metadata={"description": "how many things the current list has"})
    added = ma.fields.Integer(required=True)
    removed = ma.fields.Integer(required=True)
    updated = ma.fields.Integer(required=True)
    changed = ma.fields.Integer(required=True)


def _item_schema(declared: Inventory) -> dict[str, Any]:
    properties = {
        field.name: {**_SCHEMAS[field.type], "description": f"{field.text.en} {field.unit}".rstrip()}
        for field in declared.fields
    }
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _document_schema(declared: Inventory) -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "type": "object",
        "description": declared.text.en,
        "additionalProperties": False,
        "required": ["kind", "taken_at", "hash", "total", "device", "items"],
        "properties": {
            "kind": {"type": "string", "enum": [declared.name]},
            "taken_at": {"type": "string", "format": "date-time"},
            "hash": {
                **text,
                "description": "SHA-256 of the items: one JSON line each, sorted",
                "pattern": "^[0-9a-f]{64}$",
            },
            "total": {"type": "integer", "description": "how many things there are, where the list had to be cut"},
            "device": {
                "type": "object",
                "additionalProperties": False,
                "properties": {"host": text, "os": text, "arch": text},
            },
            "items": {"type": "array", "maxItems": MAX_ITEMS, "items": _item_schema(declared)},
        },
    }


_BODY = {
    "required": True,
    "description": "plain or with Content-Encoding: gzip",
    "content": {
        "application/json": {"schema": {"oneOf": [_document_schema(kind.declaration) for kind in KINDS.values()]}}
    },
}


@blueprint.post("/inventory")
@opened
@limits.limiter.limit(limits.INVENTORY)
@blueprint.doc(requestBody=_BODY, security=[{TOKEN_SCHEME: []}])
@blueprint.response(200, InventoryAnswer, description="the list is kept, or was already")
@blueprint.alt_response(400, schema=ErrorSchema, description="invalid_request: the body is cut short or damaged")
@blueprint.alt_response(401, schema=ErrorSchema, description="token_missing or token_unknown")
@blueprint.alt_response(403, schema=ErrorSchema, description="token_revoked, or the contract is not active")
@blueprint.alt_response(413, schema=ErrorSchema, description="too_large")
@blueprint.alt_response(422, schema=ErrorSchema, description="invalid_document: `details` says where and why")
@blueprint.alt_response(429, schema=ErrorSchema, description="too_many_requests")
@blueprint.alt_response(503, schema=ErrorSchema, description="unavailable: send the same document again later")
def send_inventory() -> Any:
    """Send a whole list.

    Changes are worked out here. The same document again changes nothing; a list that was taken before the current one
    is left out. Whose list it is says the token.
    """
    grant = _granted()
    stored = store(current_database(), grant, _document(), utc_now())
    return _answer(stored)


def _granted() -> WriteGrant:
    token = sent_token(request.headers.get("Authorization"), {})
    if token is None:
        message = Text("デバイストークンがありません。", "There is no device token; send it as Authorization: Token …")
        raise ApiError(401, "token_missing", message)
    lookup: WriteLookup = current_app.extensions["karte_write_lookup"]
    found = lookup(token)
    if isinstance(found, Refusal):
        # The gateway's words, so that an agent reads the same reason whatever it sends.
        raise ApiError(found.status, found.code, Text(found.message, found.message))
    return found


def _document() -> Document:
    length = request.content_length
    if length is None and not request.environ.get("wsgi.input_terminated"):
        length = 0
    try:
        packed = read_body(request.environ["wsgi.input"], length, MAX_BODY_BYTES)
        encoding = request.headers.get("Content-Encoding", "").strip().lower()
        return decode_document(unpack(packed, encoding, MAX_UNPACKED_BYTES))
    except BodyTooLarge:
        raise status_error(413) from None
    except BodyError as error:
        raise ApiError(400, "invalid_request", Text("本文を読めません。", str(error))) from None
    except InvalidDocument as error:
        message = Text(f"一覧の形式が正しくありません（{error}）。", f"This is no inventory document: {error}")
        raise ApiError(422, "invalid_document", message, {"problem": str(error)}) from None


def _answer(stored: Stored) -> dict[str, Any]:
    counts = {str(kind): stored.changes[kind] for kind in ChangeKind}
    return {"outcome": stored.outcome.value, "items": stored.items, **counts}
