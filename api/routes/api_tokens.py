# flask-smorest has no type information.
# mypy: disable-error-code="untyped-decorator"
"""`/api/v1/tokens`: by which programs of the staff call this API."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import and_, not_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from api.audit.actor import actor_of
from api.audit.log import record
from api.db import current_database, read_session
from api.identity.api_tokens import TokenRefused, issue_api_token, rotate_api_token
from api.models import ApiToken, User
from api.models.base import utc_now
from api.plaintext import InvalidText, has_control
from api.routes.operation import documented
from api.routes.user_fields import RotateRequest, TokenAnswer, TokenMade, TokenQuery, TokenRequest, told_token
from api.web.errors import ApiError, status_error
from api.web.gate import Scope, current_caller, needs
from api.web.idempotency import idempotent
from api.web.paging import PAGES, Listed, SqlPage
from api.web.resource import resource

blueprint = resource("tokens", __name__, "Tokens of the staff", url_prefix="/api/v1/tokens")
_documented = partial(documented, blueprint)
_REFUSED = {
    400: "invalid_request, csrf_token_missing",
    403: "not_allowed: not signed in as staff, or a scope that one does not have oneself",
    409: "token_refused: `message` says why",
    422: "invalid_request, invalid_token: `details.field` names what cannot be used",
}


@blueprint.get("")
@needs(Scope.TOKENS)
@blueprint.arguments(TokenQuery, location="query", error_status_code=422)
@blueprint.response(200, TokenAnswer(many=True))
@blueprint.paginate(SqlPage, **PAGES)
@_documented({422: "invalid_request"})
def list_(asked: dict[str, Any]) -> Listed[ApiToken]:
    """List the tokens of all staff; what they are is never told again."""
    query = select(ApiToken).join(ApiToken.user).options(contains_eager(ApiToken.user)).order_by(ApiToken.id)
    if "user" in asked:
        query = query.where(User.public_id == asked["user"])
    if "good" in asked:
        good = and_(ApiToken.revoked_at.is_(None), ApiToken.expires_at > utc_now(), User.disabled_at.is_(None))
        query = query.where(good if asked["good"] else not_(good))
    return Listed.of(read_session(), query, told_token)


@blueprint.post("")
@needs(Scope.TOKENS)
@idempotent
@blueprint.arguments(TokenRequest, error_status_code=422)
@blueprint.response(201, TokenMade)
@_documented(_REFUSED)
def create(sent: dict[str, Any]) -> Any:
    """Make a token of one's own, for at most what one may do oneself."""
    caller = current_caller()
    _see_that_caller_has(sent["scopes"])
    with _refusals(), current_database().writing.begin() as session:
        owner = session.get_one(User, caller.user.id, with_for_update=True)
        made, plain = issue_api_token(session, owner, sent["label"], sent["scopes"], utc_now(), sent["expires_at"])
        _record(session, "token.create", made, {"scopes": made.scopes})
        return {"token": told_token(made), "secret": plain}


@blueprint.post("/<token_id>/rotate")
@needs(Scope.TOKENS)
@idempotent
@blueprint.arguments(RotateRequest, error_status_code=422)
@blueprint.response(201, TokenMade, description="the old one stays good for the overlap")
@_documented(_REFUSED)
def rotate(sent: dict[str, Any], token_id: str) -> Any:
    """Make a token that takes the place of one of one's own."""
    with _refusals(), current_database().writing.begin() as session:
        old = _token(session, token_id)
        # The plain form would let its holder be somebody else in the audit log.
        if old.user_id != current_caller().user.id:
            raise status_error(403)
        _see_that_caller_has(old.scopes)
        now = utc_now()
        made, plain = rotate_api_token(
            session, old, now, now + timedelta(seconds=sent["overlap_s"]), sent["expires_at"]
        )
        _record(session, "token.rotate", made, {"former": old.public_id})
        return {"token": told_token(made), "secret": plain}


@blueprint.post("/<token_id>/revoke")
@needs(Scope.TOKENS)
@blueprint.response(200, TokenAnswer)
@_documented({400: "csrf_token_missing"})
def revoke(token_id: str) -> Any:
    """Refuse a token from now on, whosever it is."""
    with current_database().writing.begin() as session:
        token = _token(session, token_id)
        token.revoke(utc_now())
        _record(session, "token.revoke", token, {})
        return told_token(token)


def _token(session: Session, token_id: str) -> ApiToken:
    if has_control(token_id):  # which PostgreSQL would not look for
        raise status_error(404)
    found = session.scalar(select(ApiToken).options(joinedload(ApiToken.user)).where(ApiToken.public_id == token_id))
    if found is None:
        raise status_error(404)
    return found


def _see_that_caller_has(scopes: list[str]) -> None:
    """Refuse a scope that the caller lacks: else a token could make one that may do more than itself."""
    if not set(scopes) <= {each.value for each in current_caller().scopes}:
        raise status_error(403)


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except InvalidText as error:
        raise ApiError(422, "invalid_token", error.text, {"field": "label"}) from None
    except TokenRefused as error:
        if error.field:
            raise ApiError(422, "invalid_token", error.text, {"field": error.field}) from None
        raise ApiError(409, "token_refused", error.text) from None


def _record(session: Session, action: str, token: ApiToken, details: dict[str, object]) -> None:
    actor = actor_of(current_caller().user)
    record(session, actor, action, at=utc_now(), target=token.public_id, details=details)
