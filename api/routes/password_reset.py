"""Choosing a new password by a link that came by mail."""

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from api.audit.actor import actor_of
from api.audit.log import record
from api.config import Config
from api.db import current_database
from api.identity.passwords import MIN_LENGTH, PasswordRefused
from api.identity.reset_links import user_of_token
from api.identity.resetting import ask as ask_for_link
from api.identity.resetting import use
from api.identity.tries import Tries
from api.models.base import utc_now
from api.web import limits
from api.web.language import request_language
from api.web.signin import sign_out
from collectors.text import Text

blueprint = Blueprint("password_reset", __name__, url_prefix="/password-reset")

DIFFERENT = Text("2回の入力が一致しません", "the two entries differ")


@blueprint.get("")
def ask() -> str:
    """Ask for a user name or mail address."""
    return render_template("password_reset.html", asked=False)


@blueprint.post("")
@limits.limiter.limit(limits.RESET_PER_ADDRESS)
def send() -> str:
    """Send a link where there is such a person; the answer is the same where there is none."""
    ask_for_link(_tries(), request.form.get("username", "")[:254], utc_now())
    return render_template("password_reset.html", asked=True)


@blueprint.get("/<token>")
@limits.limiter.limit(limits.RESET_PER_ADDRESS)
def link(token: str) -> Response:
    """Ask for the new password; the link is not used up by being looked at, as mail scanners do."""
    with current_database().reading() as session:
        is_good = user_of_token(session, _tries().secret_key, token) is not None
    return _page(is_good)


@blueprint.post("/<token>")
@limits.limiter.limit(limits.RESET_PER_ADDRESS)
def choose(token: str) -> Response | BaseResponse:
    """Set the new password, which ends the link and every session."""
    password = request.form.get("password", "")
    if password != request.form.get("again", ""):
        return _page(True, DIFFERENT)
    try:
        with current_database().writing.begin() as session:
            user = use(session, _tries(), token, password)
            if user is not None:
                record(session, actor_of(user), "user.password_by_link", at=utc_now(), target=user.public_id)
    except PasswordRefused as error:
        return _page(True, error.text)
    if user is None:
        return _page(False)
    sign_out()
    return redirect("/login?changed", 303)


def _page(is_good: bool, refused: Text | None = None) -> Response:
    told = refused.in_(request_language()) if refused else ""
    page = render_template("password_reset_link.html", is_good=is_good, refused=told, shortest=MIN_LENGTH)
    response = make_response(page, 200 if is_good and not refused else 422 if is_good else 410)
    # The address holds what opens the link: no other page may learn it.
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


def _tries() -> Tries:
    config: Config = current_app.extensions["karte_config"]
    return Tries(current_database(), config.secret_key)
