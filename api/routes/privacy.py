# flask-smorest has no type information.
# mypy: disable-error-code="untyped-decorator"
"""`/api/v1/contracts/{id}/export`, `/disclosures` and `/erasure`: what is held about a contract, and its end.

For the staff.
"""

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
from api.grafana.errors import GrafanaError
from api.models import Disclosure, Erasure
from api.models.base import utc_now
from api.models.disclosure import AUTHORITY_LENGTH, GROUND_LENGTH, HANDED_OVER_LENGTH
from api.models.erasure import REASON_LENGTH
from api.plaintext import InvalidText
from api.privacy.certificate import readable
from api.privacy.disclosing import DisclosureRefused, disclose, disclosures_of
from api.privacy.erase import ErasureRefused, erase, erasure_of
from api.privacy.export import Holdings, export
from api.privacy.places import ErasureStopped
from api.privacy.tables import Whose
from api.reports.errors import ReportError
from api.routes.access import visible_contract
from api.routes.operation import documented
from api.web.errors import ApiError, status_error
from api.web.gate import Scope, current_caller, needs
from api.web.idempotency import idempotent
from api.web.language import request_language
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


class ErasureRequest(ma.Schema):
    """Leave to erase."""

    demand = ma.fields.String(
        load_default="",
        validate=ma.validate.Length(max=REASON_LENGTH),
        metadata={
            "description": "who demands it before the period of retention is over, and why; empty to wait for its end",
            "example": "お客様の依頼（2026年4月1日の書面）",
        },
    )


class ErasureAnswer(ma.Schema):
    """How far an erasure is. The certificate is there once nothing is left anywhere."""

    id = ma.fields.String(required=True, attribute="public_id", metadata={"example": "er-7k2m9x4tqa"})
    begun_at = ma.fields.AwareDateTime(required=True, metadata={"example": "2026-04-01T09:30:00+00:00"})
    begun_by = ma.fields.String(required=True, metadata={"example": "tanaka"})
    is_early = ma.fields.Boolean(required=True, metadata={"example": False})
    reason = ma.fields.String(required=True, metadata={"example": ""})
    finished_at = ma.fields.AwareDateTime(
        required=True, allow_none=True, metadata={"example": "2026-04-01T09:31:00+00:00"}
    )
    certificate = ma.fields.String(
        required=True,
        metadata={"description": "JSON, exactly as it was hashed; empty until it is finished", "example": "{}"},
    )
    hash = ma.fields.String(
        required=True, metadata={"description": "SHA-256 of the certificate", "example": "9f86d081884c7d65" * 4}
    )
    text = ma.fields.String(
        required=True, metadata={"description": "the certificate as people read it", "example": "データ消去証明書"}
    )


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


@blueprint.get("/<contract_id>/erasure")
@needs(Scope.PRIVACY)
@blueprint.response(200, ErasureAnswer)
@_documented({404: "not_found: also where no erasure was begun"})
def erasure(contract_id: str) -> Any:
    """Show how far the erasure of a contract is, with its certificate."""
    session = read_session()
    contract = visible_contract(session, current_caller().user, contract_id)
    found = erasure_of(session, Whose(contract.id, contract.public_id))
    if found is None:
        raise status_error(404)
    return _shown(found)


@blueprint.post("/<contract_id>/erasure")
@needs(Scope.PRIVACY)
@blueprint.arguments(ErasureRequest, error_status_code=422)
@blueprint.response(200, ErasureAnswer, description="nothing is left; the same answer where that was so before")
@_documented(
    {
        400: "invalid_request, csrf_token_missing",
        409: "erasure_refused: `details.rule` says what is not met; erasure_stopped: one of the places could not be "
        "erased now, the same request goes on from there",
        422: "invalid_request",
        503: "unavailable: one of the places is away; the same request goes on from there",
    }
)
def erase_it(sent: dict[str, Any], contract_id: str) -> Any:
    """Erase all data of a contract that has ended. It cannot be undone.

    A request that was cut short is sent again as it was; nothing is erased twice, and so it needs no idempotency key.
    """
    user = current_caller().user
    contract = visible_contract(read_session(), user, contract_id)
    config, whose = current_app.extensions["karte_config"], Whose(contract.id, contract.public_id)
    try:
        holdings = Holdings.of(config, current_database(), current_app.extensions["karte_engine"])
        erase(holdings, contract.public_id, actor_of(user), utc_now, sent["demand"])
    except ErasureRefused as error:
        raise ApiError(409, "erasure_refused", error.text, {"rule": error.rule}) from None
    except InvalidText as error:
        raise ApiError(422, "invalid_request", error.text) from None
    except (ErasureStopped, GrafanaError, ArchiveError, ReportError) as error:
        current_app.logger.error("the erasure of %s stopped: %s", contract.public_id, error)
        raise ApiError(409, "erasure_stopped", error.text) from None
    with current_database().reading() as session:
        found = erasure_of(session, whose)
    if found is None:
        raise status_error(404)
    return _shown(found)


def _shown(found: Erasure) -> dict[str, Any]:
    names = ("public_id", "begun_at", "begun_by", "is_early", "reason", "finished_at", "certificate", "hash")
    text = readable(found.certificate, request_language()) if found.certificate else ""
    return {**{name: getattr(found, name) for name in names}, "text": text}
