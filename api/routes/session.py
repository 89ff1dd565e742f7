"""Signing in and out."""

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from api.channels.vault import vault_of
from api.config import Config
from api.db import current_database
from api.identity.known_device import COOKIE, KNOWN_FOR, device_cookie
from api.identity.signing_in import Door, Refused
from api.models import User
from api.models.base import utc_now
from api.models.user import normal_username
from api.web import language, limits
from api.web.signin import await_code, awaited, local_path, sign_in, sign_out, signed_in_or_none

blueprint = Blueprint("session", __name__)

_STATUS = {Refused.WRONG: 401, Refused.CLOSED: 429}
_MAX_ENTERED = 254


def door() -> Door:
    """Return what lets people in."""
    config: Config = current_app.extensions["karte_config"]
    return Door(current_database(), config.secret_key, vault_of(config))


def _entered_name() -> str:
    return normal_username(request.form.get("username", "")[:_MAX_ENTERED])


@blueprint.get("/login")
def login() -> str | BaseResponse:
    """Show the form; who is signed in already goes on."""
    target = local_path(request.args.get("next"))
    if current_user.is_authenticated:
        return redirect(target)
    return render_template("login.html", target=target, refused=None, changed="changed" in request.args)


@blueprint.post("/login")
@limits.limiter.limit(limits.LOGIN_PER_ADDRESS)
@limits.limiter.limit(limits.LOGIN_PER_USER, key_func=_entered_name)
def log_in() -> Response | BaseResponse:
    """Check name and password; a wrong name, a wrong password and a disabled person get the same answer."""
    target = local_path(request.form.get("next"))
    found = door().by_password(
        _entered_name(), request.form.get("password", ""), request.cookies.get(COOKIE), utc_now()
    )
    if isinstance(found, Refused):
        page = render_template("login.html", target=target, refused=found.value, changed=False)
        return make_response(page, _STATUS[found])
    if found.second_factor_at is not None:
        await_code(found, target)
        return redirect("/login/code", 303)
    return _let_in(found, target)


@blueprint.get("/login/code")
def code() -> str | BaseResponse:
    """Ask for the code of the second factor."""
    if awaited() is None:
        return redirect("/login")
    return render_template("login_code.html", refused=None)


@blueprint.post("/login/code")
@limits.limiter.limit(limits.LOGIN_PER_ADDRESS)
def check_code() -> Response | BaseResponse:
    """Check the code of whom the password was right of."""
    pending = awaited()
    if pending is None:
        return redirect("/login", 303)
    user, target = pending
    outcome = door().by_code(user, request.form.get("code", ""), utc_now())
    if isinstance(outcome, Refused):
        return make_response(render_template("login_code.html", refused=outcome.value), _STATUS[outcome])
    return _let_in(user, target)


def _let_in(user: User, target: str) -> BaseResponse:
    config: Config = current_app.extensions["karte_config"]
    sign_in(door().entered(user, utc_now()))
    response = redirect(target, 303)
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(
        COOKIE,
        device_cookie(config.secret_key, user.public_id),
        max_age=KNOWN_FOR,
        path="/login",
        samesite="Lax",
        httponly=True,
        secure=secure,
    )
    if language.COOKIE not in request.cookies:
        language.remember(response, user.language, secure=secure)
    return response


@blueprint.post("/logout")
def logout() -> BaseResponse:
    """End every session of the person: a copy of the cookie, wherever it is, opens nothing any more."""
    user = signed_in_or_none()
    if user is not None:
        with current_database().writing.begin() as session:
            session.get_one(User, user.id).end_sessions()
    sign_out()
    return redirect("/login", 303)
