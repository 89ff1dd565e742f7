# flask-smorest has no type information.
# mypy: disable-error-code="untyped-decorator"
"""`/api/v1/account`: a person's own password, second factor and sessions. For who is signed in, never for tokens."""

from functools import partial
from typing import Any

import marshmallow as ma
from flask import current_app

from api.config import Config
from api.db import read_session
from api.identity.own_account import NeedsSecondFactor, NotConfirmed, OwnAccount
from api.identity.passwords import PasswordRefused
from api.identity.second_factor import CodeRefused
from api.models import Position, Role
from api.models.base import utc_now
from api.routes.account_pages import own_account
from api.routes.operation import documented
from api.told import ToldError
from api.web import limits
from api.web.csrf import csrf_token
from api.web.errors import ApiError
from api.web.gate import Scope, needs
from api.web.obliged import duty_of, needs_second_factor
from api.web.resource import resource
from api.web.signin import sign_in, signed_in_user

blueprint = resource("account", __name__, "One's own account", url_prefix="/api/v1/account")

_PASSWORD = {"example": "correct horse battery staple", "description": "the password, asked again"}
_CODES = {"example": ["7k2m-9x4t-qa0z-v3rh"], "description": "each opens once; they are shown this once"}
_documented = partial(documented, blueprint)


class AccountAnswer(ma.Schema):
    """One's own account."""

    id = ma.fields.String(required=True, metadata={"example": "u-7k2m9x4tqa"})
    username = ma.fields.String(required=True, metadata={"example": "hanako@example.jp"})
    name = ma.fields.String(required=True, metadata={"example": "佐藤 花子", "description": "empty if not known"})
    email = ma.fields.String(required=True, allow_none=True, metadata={"example": "hanako@example.jp"})
    role = ma.fields.String(required=True, validate=ma.validate.OneOf([each.value for each in Role]))
    position = ma.fields.String(
        required=True,
        allow_none=True,
        validate=ma.validate.OneOf([each.value for each in Position]),
        metadata={"description": "of a customer's person"},
    )
    language = ma.fields.String(required=True, validate=ma.validate.OneOf(["ja", "en"]))
    second_factor_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    second_factor_required = ma.fields.Boolean(required=True)
    recovery_codes_left = ma.fields.Integer(required=True, metadata={"example": 10})
    last_signed_in_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    duty = ma.fields.String(
        required=True,
        allow_none=True,
        validate=ma.validate.OneOf(["password", "second_factor"]),
        metadata={"description": "what has to be done before anything else is possible"},
    )


class PasswordRequest(ma.Schema):
    """A new password."""

    current = ma.fields.String(required=True, load_only=True, metadata=_PASSWORD)
    new = ma.fields.String(required=True, load_only=True, metadata={"example": "seven quiet otters knit"})


class ConfirmedRequest(ma.Schema):
    """The password, asked again."""

    password = ma.fields.String(required=True, load_only=True, metadata=_PASSWORD)


class CodeRequest(ma.Schema):
    """The first code of a new authenticator."""

    code = ma.fields.String(required=True, load_only=True, metadata={"example": "123456"})


class SessionAfter(ma.Schema):
    """The session that took the place of the one before."""

    csrf_token = ma.fields.String(required=True, metadata={"description": "of the new session"})


class OfferAnswer(ma.Schema):
    """What an authenticator takes."""

    secret = ma.fields.String(required=True, metadata={"example": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"})
    uri = ma.fields.String(required=True, metadata={"example": "otpauth://totp/Office%20Karte:hanako?secret=…"})
    qr = ma.fields.String(required=True, metadata={"description": "the same as a picture, a `data:` URL of SVG"})


class CodesAnswer(ma.Schema):
    """New recovery codes."""

    recovery_codes = ma.fields.List(ma.fields.String(), required=True, metadata=_CODES)


class ConfirmedAnswer(CodesAnswer, SessionAfter):
    """New recovery codes, and the session that took the place of the one before."""


@blueprint.get("")
@needs(Scope.SESSION)
@blueprint.response(200, AccountAnswer)
@_documented({})
def me() -> Any:
    """Show one's own account."""
    user, account, config = signed_in_user(), own_account(), _config()
    duty = duty_of(user, config)
    return {
        "id": user.public_id,
        "username": user.username,
        "name": user.person_name,
        "email": user.email,
        "role": user.role.value,
        "position": user.position.value if user.position else None,
        "language": user.language,
        "second_factor_at": user.second_factor_at,
        "second_factor_required": needs_second_factor(user, config),
        "recovery_codes_left": account.recovery_codes_left(read_session()),
        "last_signed_in_at": user.last_signed_in_at,
        "duty": duty.value if duty else None,
    }


@blueprint.put("/password")
@needs(Scope.SESSION)
@limits.limiter.limit(limits.ACCOUNT)
@blueprint.arguments(PasswordRequest, error_status_code=422)
@blueprint.response(200, SessionAfter, description="changed; all other sessions have ended")
@_documented(
    {
        400: "invalid_request, csrf_token_missing",
        422: "invalid_request, password_refused, not_confirmed",
        429: "too_many_requests",
    }
)
def change_password(sent: dict[str, Any]) -> Any:
    """Choose a new password."""
    account = own_account()
    try:
        user = account.change_password(sent["current"], sent["new"], utc_now())
    except ToldError as error:
        raise _refused(error) from None
    sign_in(user)
    return {"csrf_token": csrf_token()}


@blueprint.post("/second-factor")
@needs(Scope.SESSION)
@limits.limiter.limit(limits.ACCOUNT)
@blueprint.arguments(ConfirmedRequest, error_status_code=422)
@blueprint.response(200, OfferAnswer, description="to be confirmed within 15 minutes; until then nothing changes")
@_documented(
    {400: "invalid_request, csrf_token_missing", 422: "invalid_request, not_confirmed", 429: "too_many_requests"}
)
def offer(sent: dict[str, Any]) -> Any:
    """Get a secret for an authenticator."""
    try:
        made = own_account().offer_second_factor(sent["password"], utc_now())
    except ToldError as error:
        raise _refused(error) from None
    return {"secret": made.secret, "uri": made.uri, "qr": made.qr_svg()}


@blueprint.post("/second-factor/confirm")
@needs(Scope.SESSION)
@limits.limiter.limit(limits.ACCOUNT)
@blueprint.arguments(CodeRequest, error_status_code=422)
@blueprint.response(200, ConfirmedAnswer, description="it counts from now on; all other sessions have ended")
@_documented(
    {
        400: "invalid_request, csrf_token_missing",
        422: "invalid_request, code_refused, not_confirmed",
        429: "too_many_requests",
    }
)
def confirm(sent: dict[str, Any]) -> Any:
    """Confirm the new authenticator by its first code."""
    account = own_account()
    try:
        user, codes = account.confirm_second_factor(sent["code"], utc_now())
    except ToldError as error:
        raise _refused(error) from None
    sign_in(user)
    return {"recovery_codes": codes, "csrf_token": csrf_token()}


@blueprint.post("/second-factor/recovery-codes")
@needs(Scope.SESSION)
@limits.limiter.limit(limits.ACCOUNT)
@blueprint.arguments(ConfirmedRequest, error_status_code=422)
@blueprint.response(200, CodesAnswer, description="the former ones open nothing any more")
@_documented(
    {400: "invalid_request, csrf_token_missing", 422: "invalid_request, not_confirmed", 429: "too_many_requests"}
)
def renew_codes(sent: dict[str, Any]) -> Any:
    """Get new recovery codes; an empty list where there is no second factor."""
    try:
        return {"recovery_codes": own_account().renew_recovery_codes(sent["password"], utc_now())}
    except ToldError as error:
        raise _refused(error) from None


@blueprint.post("/second-factor/remove")
@needs(Scope.SESSION)
@limits.limiter.limit(limits.ACCOUNT)
@blueprint.arguments(ConfirmedRequest, error_status_code=422)
@blueprint.response(204)
@_documented(
    {
        400: "invalid_request, csrf_token_missing",
        409: "second_factor_required: this person may not do without",
        422: "invalid_request, not_confirmed",
        429: "too_many_requests",
    }
)
def remove(sent: dict[str, Any]) -> None:
    """Do without the second factor."""
    account: OwnAccount = own_account()
    try:
        account.remove_second_factor(sent["password"], needs_second_factor(account.user, _config()), utc_now())
    except ToldError as error:
        raise _refused(error) from None


@blueprint.post("/end-sessions")
@needs(Scope.SESSION)
@blueprint.response(200, SessionAfter, description="all other sessions have ended")
@_documented({400: "csrf_token_missing"})
def end_sessions() -> Any:
    """Sign out everywhere else."""
    sign_in(own_account().end_sessions(utc_now()))
    return {"csrf_token": csrf_token()}


def _refused(error: ToldError) -> ApiError:
    match error:
        case PasswordRefused():
            return ApiError(422, "password_refused", error.text, {"field": "new"})
        case CodeRefused():
            return ApiError(422, "code_refused", error.text, {"field": "code"})
        case NotConfirmed():
            return ApiError(422, "not_confirmed", error.text)
        case NeedsSecondFactor():
            return ApiError(409, "second_factor_required", error.text)
    raise error


def _config() -> Config:
    config: Config = current_app.extensions["karte_config"]
    return config
