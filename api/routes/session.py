"""Signing in and out."""

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from api.db import current_database
from api.identity.passwords import hash_password, needs_rehash, password_matches
from api.models import User
from api.models.user import normal_username
from api.web import language, limits
from api.web.signin import local_path, sign_in, sign_out, signed_in_or_none

blueprint = Blueprint("session", __name__)


def _entered_name() -> str:
    return normal_username(request.form.get("username", "")[:254])


@blueprint.get("/login")
def login() -> str | BaseResponse:
    """Show the form; who is signed in already goes on."""
    target = local_path(request.args.get("next"))
    if current_user.is_authenticated:
        return redirect(target)
    return render_template("login.html", target=target, failed=False)


@blueprint.post("/login")
@limits.limiter.limit(limits.LOGIN_PER_ADDRESS)
@limits.limiter.limit(limits.LOGIN_PER_USER, key_func=_entered_name)
def log_in() -> Response | BaseResponse:
    """Check name and password; a wrong name, a wrong password and a disabled person get the same answer."""
    target = local_path(request.form.get("next"))
    user = _checked(_entered_name(), request.form.get("password", ""))
    if user is None:
        return make_response(render_template("login.html", target=target, failed=True), 401)
    sign_in(user)
    response = redirect(target, 303)
    if language.COOKIE not in request.cookies:
        language.remember(response, user.language, secure=bool(current_app.config["SESSION_COOKIE_SECURE"]))
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


def _checked(username: str, password: str) -> User | None:
    with current_database().reading() as session:
        user = session.scalar(select(User).where(User.username == username))
    matched = password_matches(user.password_hash if user else None, password)
    if user is None or not matched or user.disabled_at is not None:
        return None
    if needs_rehash(user.password_hash):
        with current_database().writing.begin() as session:
            session.get_one(User, user.id).password_hash = hash_password(password)
    return user
