# flask-smorest has no type information.
# mypy: disable-error-code="untyped-decorator"
"""`/api/v1/contracts/{id}/export` and `/disclosures`: what is held about a contract, and who got it. For the staff."""

from collections.abc import Iterator
from functools import partial
from itertools import chain
from typing import Any

import marshmallow as ma
from flask import Response, current_app

from api.archive.errors import ArchiveError
from api.audit.actor import actor_of
from api.audit.log import record
from api.db import current_database, read_session
from api.models import Disclosure
from api.models.base import utc_now
from api.models.disclosure import AUTHORITY_LENGTH, GROUND_LENGTH, HANDED_OVER_LENGTH
from api.plaintext import InvalidText
from api.privacy.disclosing import DisclosureRefused, disclose, disclosures_of
from api.privacy.export import Holdings, export
from api.routes.access import visible_contract
from api.routes.operation import documented
from api.web.errors import ApiError, status_error
from api.web.gate import Scope, current_caller, needs
from api.web.idempotency import idempotent
from api.web.paging import Listed, SqlPage
from api.web.resource import resource

blueprint = resource("privacy", __name__, "What is held about a contract", url_prefix="/api/v1/contracts")


class DisclosureRequest(ma.Schema):
    """What was handed over."""

    disclosed_on = ma.fields.Date(required=True, metadata={"description": "day in Japan", "example": "2026-04-01"})
    authority = ma.fields.String(
        required=True, validate=ma.validate.Length(1, AUTHORITY_LENGTH), metadata={"example": "○○地方検察庁"}
    )
    legal_ground = ma.fields.String(
        required=True,
        validate=ma.validate.Length(1, GROUND_LENGTH),
        metadata={
            "description": "the law, and the number of the order",
            "example": "刑事訴訟法第197条第2項 照会書 第123号",
        },
    )
    handed_over = ma.fields.String(
        required=True,
        validate=ma.validate.Length(1, HANDED_OVER_LENGTH),
        metadata={"example": "2026年3月分のログイン記録の写し"},
    )
    is_secret = ma.fields.Boolean(
        load_default=False,
        metadata={"description": "whether the order forbids that the customer learns of it", "example": False},
    )


class DisclosureAnswer(ma.Schema):
    """A disclosure that was recorded."""

    id = ma.fields.String(required=True, attribute="public_id", metadata={"example": "di-7k2m9x4tqa"})
    disclosed_on = ma.fields.Date(required=True, metadata={"example": "2026-04-01"})
    authority = ma.fields.String(required=True, metadata={"example": "○○地方検察庁"})
    legal_ground = ma.fields.String(required=True, metadata={"example": "刑事訴訟法第197条第2項 照会書 第123号"})
    handed_over = ma.fields.String(required=True, metadata={"example": "2026年3月分のログイン記録の写し"})
    is_secret = ma.fields.Boolean(required=True, metadata={"example": False})
    recorded_by = ma.fields.String(required=True, metadata={"example": "tanaka"})
    recorded_at = ma.fields.AwareDateTime(required=True, metadata={"example": "2026-04-01T09:30:00+00:00"})


_documented = partial(documented, blueprint)


@blueprint.get("/<contract_id>/export")
@needs(Scope.PRIVACY)
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="application/zip")
@_documented({503: "unavailable: one of the places that hold data is away; nothing was sent"})
def all_of_it(contract_id: str) -> Response:
    """Send all that is held about a contract as a ZIP file.

    It is made while it is sent; one that breaks off does not open.
    """
    user = current_caller().user
    found = visible_contract(read_session(), user, contract_id)
    config, now = current_app.extensions["karte_config"], utc_now()
    with current_database().writing.begin() as session:
        record(session, actor_of(user), "privacy.export", at=now, contract=found.public_id)
    try:
        holdings = Holdings.of(config, current_database(), current_app.extensions["karte_engine"])
        parts = export(holdings, found.public_id, now)
        # Whatever is away says so now, while there still is a status to tell it by.
        first = next(parts)
    except ArchiveError as error:
        current_app.logger.error("the export of %s: %s", found.public_id, error)
        raise status_error(503) from None
    response = Response(_logged(chain((first,), parts), found.public_id), mimetype="application/zip")
    response.headers.set("Content-Disposition", "attachment", filename=f"karte_{found.public_id}_all.zip")
    return response


def _logged(parts: Iterator[bytes], contract: str) -> Iterator[bytes]:
    log = current_app.logger

    def sent() -> Iterator[bytes]:
        try:
            yield from parts
        except Exception as error:
            log.error("the export of %s broke off: %s", contract, error)
            raise

    return sent()


@blueprint.get("/<contract_id>/disclosures")
@needs(Scope.PRIVACY)
@blueprint.response(200, DisclosureAnswer(many=True))
@blueprint.paginate(SqlPage)
@_documented({422: "invalid_request"})
def disclosures(contract_id: str) -> Any:
    """List what was handed over because a law required it, the newest first."""
    session = read_session()
    contract = visible_contract(session, current_caller().user, contract_id)
    return Listed.of(session, disclosures_of(contract), _same)


@blueprint.post("/<contract_id>/disclosures")
@needs(Scope.PRIVACY)
@idempotent
@blueprint.arguments(DisclosureRequest, error_status_code=422)
@blueprint.response(201, DisclosureAnswer)
@_documented(
    {
        400: "invalid_request, csrf_token_missing, invalid_idempotency_key",
        409: "idempotency_key_in_use",
        422: "invalid_request, invalid_disclosure, idempotency_key_reused",
    }
)
def add_disclosure(sent: dict[str, Any], contract_id: str) -> Any:
    """Record what was handed over because a law required it. Records are never changed."""
    user = current_caller().user
    with current_database().writing.begin() as session:
        contract = visible_contract(session, user, contract_id)
        try:
            return disclose(session, actor_of(user), contract, Disclosure(**sent), utc_now())
        except (DisclosureRefused, InvalidText) as error:
            raise ApiError(422, "invalid_disclosure", error.text) from None


def _same(found: Disclosure) -> Disclosure:
    return found
