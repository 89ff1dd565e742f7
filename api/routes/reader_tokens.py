# flask-smorest has no type information.
# mypy: disable-error-code="untyped-decorator"
"""`/api/v1/tokens/readers`: by which tokens stored data is read, and giving them out."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import marshmallow as ma
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from api.audit.actor import actor_of
from api.contracts.changes import Order
from api.db import current_database, read_session
from api.identity import reader_orders
from api.identity.api_tokens import LONGEST
from api.identity.reader_orders import EndIsPast
from api.identity.reading import RotationRefused
from api.models import Contract, ReadToken
from api.models.base import utc_now
from api.plaintext import InvalidText, has_control
from api.routes.access import visible_contract
from api.routes.operation import documented
from api.routes.token_lists import ContractQuery
from api.routes.user_fields import ID
from api.web.errors import ApiError, status_error
from api.web.fields import LAST_DAY
from api.web.gate import Scope, current_caller, needs
from api.web.idempotency import idempotent
from api.web.paging import PAGES, Listed, SqlPage
from api.web.resource import resource
from collectors.text import Text

blueprint = resource("reader_tokens", __name__, "Tokens that read stored data", url_prefix="/api/v1/tokens/readers")
_documented = partial(documented, blueprint)

READS = frozenset({Scope.CONTRACTS_READ, Scope.DEVICES_READ, Scope.FINDINGS_READ, Scope.INVENTORY_READ})
"""Scopes that together read what a read token reads of a contract."""

_REFUSED = {
    400: "invalid_request, csrf_token_missing",
    403: "not_allowed: not signed in as staff, or a program that may read less than the token would",
    409: "token_refused: `message` says why",
    422: "invalid_request, invalid_token: `details.field` names what cannot be used",
}
_SECRET = {"example": "okr_" + "x" * 43, "description": "shown this once"}
_LAST = datetime(LAST_DAY.year, LAST_DAY.month, LAST_DAY.day, tzinfo=UTC)


def _within_reach(moment: datetime) -> None:
    if moment > _LAST:
        raise ma.ValidationError(f"must not be later than {LAST_DAY}")


class ReaderAnswer(ma.Schema):
    """A token that reads stored data."""

    id = ma.fields.String(required=True, metadata={"example": "r-7k2m9x4tqa"})
    contract = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"example": "c-7k2m9x4tqa", "description": "null: reads all contracts"},
    )
    label = ma.fields.String(required=True, metadata={"example": "grafana"})
    grafana_org = ma.fields.Integer(required=True, allow_none=True, metadata={"example": 2})
    created_at = ma.fields.AwareDateTime(required=True)
    expires_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    last_used_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    revoked_at = ma.fields.AwareDateTime(required=True, allow_none=True)


class ReaderRequest(ma.Schema):
    """A new token."""

    contract = ma.fields.String(
        required=True,
        allow_none=True,
        validate=ID,
        metadata={
            "example": "c-7k2m9x4tqa",
            "description": "the one that it reads. null: all of them; never give that to a customer",
        },
    )
    label = ma.fields.String(
        required=True, validate=ma.validate.Length(1, 100), metadata={"example": "grafana", "description": "its use"}
    )
    expires_at = ma.fields.AwareDateTime(
        load_default=None,
        allow_none=True,
        validate=_within_reach,
        metadata={
            "example": "2099-01-31T00:00:00Z",
            "description": "null: no end is agreed; a program needs one within a year",
        },
    )


class ReaderRotation(ma.Schema):
    """A token in the place of another."""

    expires_at = ma.fields.AwareDateTime(
        load_default=None,
        allow_none=True,
        validate=_within_reach,
        metadata={"example": "2099-01-31T00:00:00Z", "description": "of the new one; null: as of the old one"},
    )
    overlap_s = ma.fields.Integer(
        load_default=3600,
        strict=True,
        validate=ma.validate.Range(0, 30 * 24 * 3600),
        metadata={"example": 3600, "description": "so long the old one stays good"},
    )


class ReaderMade(ma.Schema):
    """A token, and its plain form."""

    token = ma.fields.Nested(ReaderAnswer, required=True)
    secret = ma.fields.String(required=True, metadata=_SECRET)


@blueprint.get("")
@needs(Scope.TOKENS)
@blueprint.arguments(ContractQuery, location="query", error_status_code=422)
@blueprint.response(200, ReaderAnswer(many=True))
@blueprint.paginate(SqlPage, **PAGES)
@_documented({422: "invalid_request"})
def list_(asked: dict[str, Any]) -> Listed[ReadToken]:
    """List the tokens that read stored data; what they are is never told again."""
    query = select(ReadToken).options(joinedload(ReadToken.contract)).order_by(ReadToken.id)
    if "contract" in asked:
        which = select(Contract.id).where(Contract.public_id == asked["contract"]).scalar_subquery()
        query = query.where(ReadToken.contract_id == which)
    return Listed.of(read_session(), query, _told)


@blueprint.post("")
@needs(Scope.TOKENS)
@idempotent
@blueprint.arguments(ReaderRequest, error_status_code=422)
@blueprint.response(201, ReaderMade)
@_documented(_REFUSED)
def create(sent: dict[str, Any]) -> Any:
    """Make a token that reads one contract, or all."""
    with _ordering() as order:
        _see_that_caller_reads(sent["contract"] is None)
        contract = None
        if sent["contract"] is not None:
            contract = visible_contract(order.session, current_caller().user, sent["contract"])
        _see_that_a_program_s_ends(order.now, sent["expires_at"])
        return _made(reader_orders.issue(order, contract, sent["label"], sent["expires_at"]))


@blueprint.post("/<reader_id>/rotate")
@needs(Scope.TOKENS)
@idempotent
@blueprint.arguments(ReaderRotation, error_status_code=422)
@blueprint.response(201, ReaderMade, description="the old one stays good for the overlap")
@_documented(_REFUSED)
def rotate(sent: dict[str, Any], reader_id: str) -> Any:
    """Make a token that takes the place of another and reads the same."""
    with _ordering() as order:
        old = _found(order.session, reader_id)
        _see_that_caller_reads(old.contract_id is None)
        _see_that_a_program_s_ends(order.now, sent["expires_at"] or old.expires_at)
        old_ends_at = order.now + timedelta(seconds=sent["overlap_s"])
        return _made(reader_orders.rotate(order, old, old_ends_at, sent["expires_at"]))


@blueprint.post("/<reader_id>/revoke")
@needs(Scope.TOKENS)
@blueprint.response(200, ReaderAnswer, description="it is refused within a second")
@_documented({400: "csrf_token_missing"})
def revoke(reader_id: str) -> Any:
    """Refuse a token from now on."""
    with _ordering() as order:
        token = _found(order.session, reader_id)
        reader_orders.revoke(order, token)
        return _told(token)


def _see_that_caller_reads(everything: bool) -> None:
    """Refuse a program that would make a token which reads more than itself.

    What the service tells of itself, which tokens of all contracts read as well, no scope opens.
    """
    caller = current_caller()
    if caller.token is not None and (everything or not caller.scopes >= READS):
        raise status_error(403)


def _see_that_a_program_s_ends(now: datetime, expires_at: datetime | None) -> None:
    """Refuse a program that would make a token without the end which its own must have."""
    if current_caller().token is not None and (expires_at is None or expires_at > now + LONGEST):
        text = Text(
            f"APIトークンで発行するときは、期限を{LONGEST.days}日以内にしてください",
            f"made by an API token, it has to end within {LONGEST.days} days",
        )
        raise _invalid(text, "expires_at")


def _found(session: Session, reader_id: str) -> ReadToken:
    if has_control(reader_id):  # which PostgreSQL would not look for
        raise status_error(404)
    found = session.scalar(select(ReadToken).where(ReadToken.public_id == reader_id).with_for_update())
    if found is None:
        raise status_error(404)
    return found


@contextmanager
def _ordering() -> Iterator[Order]:
    try:
        with current_database().writing.begin() as session:
            yield Order(session, actor_of(current_caller().user), utc_now())
    except InvalidText as error:
        raise _invalid(error.text, "label") from None
    except EndIsPast as error:
        raise _invalid(error.text, "expires_at") from None
    except RotationRefused as error:
        raise ApiError(409, "token_refused", error.text) from None


def _invalid(text: Text, field: str) -> ApiError:
    return ApiError(422, "invalid_token", text, {"field": field})


def _made(made: tuple[ReadToken, str]) -> dict[str, Any]:
    token, plain = made
    return {"token": _told(token), "secret": plain}


def _told(token: ReadToken) -> dict[str, Any]:
    return {
        "id": token.public_id,
        "contract": token.contract.public_id if token.contract else None,
        "label": token.label,
        "grafana_org": token.grafana_org,
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "last_used_at": token.last_used_at,
        "revoked_at": token.revoked_at,
    }
