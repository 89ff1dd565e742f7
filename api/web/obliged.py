"""What somebody has to do after signing in before anything else: choose a password, set up the second factor.

Looked at for every request by the session's cookie, in one place; programs with a token have no such duties.
"""

from enum import Enum

from flask import Flask, Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from api.config import Config
from api.models import Role, User
from api.web.errors import ApiError, error_response, wants_json
from api.web.gate import bearer_token
from api.web.signin import signed_in_or_none
from collectors.text import Text

_FREE_BLUEPRINTS = frozenset({"account", "account_pages", "session", "api_session", "password_reset", "health"})
"""What helps to do it, and signing out."""

_PROGRAM_PATHS = ("/write", "/query", "/healthz", "/metrics", "/.well-known/")


class Duty(Enum):
    """What is to be done first."""

    PASSWORD = "password"  # noqa: S105  # a name
    SECOND_FACTOR = "second_factor"


_TOLD = {
    Duty.PASSWORD: (
        "password_change_needed",
        Text("先にパスワードを変更してください。", "Choose a password of your own first."),
        "account_pages.password",
    ),
    Duty.SECOND_FACTOR: (
        "second_factor_needed",
        Text("先に2段階認証を設定してください。", "Set up the second factor first."),
        "account_pages.second_factor",
    ),
}


def needs_second_factor(user: User, config: Config) -> bool:
    """Tell whether a person may not do without a second factor."""
    return user.role is Role.STAFF and config.staff_totp == "required"


def duty_of(user: User, config: Config) -> Duty | None:
    """Return what a person has to do first; None if nothing."""
    if user.must_change_password:
        return Duty.PASSWORD
    if needs_second_factor(user, config) and user.second_factor_at is None:
        return Duty.SECOND_FACTOR
    return None


def init_app(app: Flask, config: Config) -> None:
    """Look at every request."""

    @app.before_request
    def check() -> Response | BaseResponse | None:
        if request.endpoint in (None, "static") or request.blueprint in _FREE_BLUEPRINTS:
            return None
        # Any other Authorization is nothing to a page or to the gate, which then go by the cookie.
        if request.path.startswith(_PROGRAM_PATHS) or bearer_token() is not None:
            return None
        user = signed_in_or_none()
        duty = duty_of(user, config) if user else None
        if duty is None:
            return None
        code, text, endpoint = _TOLD[duty]
        if wants_json():
            return error_response(ApiError(403, code, text))
        return redirect(app.url_for(endpoint), 303)
