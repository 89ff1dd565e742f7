"""`/account`: a person's own password, second factor and sessions."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from api.channels.vault import vault_of
from api.config import Config
from api.db import current_database, read_session
from api.identity.own_account import OwnAccount
from api.identity.passwords import MIN_LENGTH
from api.models.base import utc_now
from api.routes.access import require_sign_in
from api.told import ToldError
from api.web import limits
from api.web.language import request_language
from api.web.obliged import duty_of, needs_second_factor
from api.web.signin import sign_in, signed_in_user
from collectors.text import Text

blueprint = Blueprint("account_pages", __name__, url_prefix="/account")
blueprint.before_request(require_sign_in)

DIFFERENT = Text("2回の入力が一致しません", "the two entries differ")


@blueprint.get("")
def index() -> str:
    """Show the account."""
    account = own_account()
    left = account.recovery_codes_left(read_session())
    return render_template(
        "account.html", user=account.user, left=left, is_required=needs_second_factor(account.user, _config())
    )


@blueprint.get("/password")
def password() -> str:
    """Ask for a new password."""
    return _password_page()


@blueprint.post("/password")
@limits.limiter.limit(limits.ACCOUNT)
def change_password() -> Response | BaseResponse:
    """Set a new password; other sessions end, this one goes on."""
    new = request.form.get("password", "")
    if new != request.form.get("again", ""):
        return make_response(_password_page(DIFFERENT), 422)
    try:
        sign_in(own_account().change_password(request.form.get("current", ""), new, utc_now()))
    except ToldError as error:
        return make_response(_password_page(error.text), 422)
    return redirect("/", 303)


@blueprint.get("/second-factor")
def second_factor() -> str:
    """Ask for the password to set the second factor up, or show what is set up."""
    return _factor_page()


@blueprint.post("/second-factor")
@limits.limiter.limit(limits.ACCOUNT)
def offer_second_factor() -> Response:
    """Show a secret for an authenticator."""
    return _tried(lambda account, sent: _confirm_page(account.offer_second_factor(sent("current"), utc_now())))


@blueprint.post("/second-factor/confirm")
@limits.limiter.limit(limits.ACCOUNT)
def confirm_second_factor() -> Response:
    """Take the first code of the new authenticator, and show recovery codes."""
    account = own_account()
    try:
        user, codes = account.confirm_second_factor(request.form.get("code", ""), utc_now())
    except ToldError as error:
        offer = account.offered(utc_now())
        page = _confirm_page(offer, error.text) if offer else _factor_page(error.text)
        return make_response(page, 422)
    sign_in(user)
    return make_response(render_template("account_codes.html", codes=codes))


@blueprint.post("/second-factor/codes")
@limits.limiter.limit(limits.ACCOUNT)
def recovery_codes() -> Response:
    """Show new recovery codes."""
    return _tried(
        lambda account, sent: render_template(
            "account_codes.html", codes=account.renew_recovery_codes(sent("current"), utc_now())
        )
    )


@blueprint.post("/second-factor/remove")
@limits.limiter.limit(limits.ACCOUNT)
def remove_second_factor() -> Response | BaseResponse:
    """Do without the second factor."""
    account = own_account()
    try:
        is_required = needs_second_factor(account.user, _config())
        account.remove_second_factor(request.form.get("current", ""), is_required, utc_now())
    except ToldError as error:
        return make_response(_factor_page(error.text), 422)
    return redirect("/account", 303)


@blueprint.post("/end-sessions")
def end_sessions() -> BaseResponse:
    """Sign the person out everywhere but here."""
    sign_in(own_account().end_sessions(utc_now()))
    return redirect("/account", 303)


def own_account() -> OwnAccount:
    """Return the account of who is signed in."""
    config = _config()
    return OwnAccount(current_database(), config.secret_key, vault_of(config), signed_in_user())


def _tried(make: Callable[[OwnAccount, Callable[[str], str]], str]) -> Response:
    try:
        return make_response(make(own_account(), lambda name: request.form.get(name, "")))
    except ToldError as error:
        return make_response(_factor_page(error.text), 422)


def _password_page(refused: Text | None = None) -> str:
    return render_template("account_password.html", shortest=MIN_LENGTH, user=signed_in_user(), refused=_in(refused))


def _factor_page(refused: Text | None = None) -> str:
    user, config = signed_in_user(), _config()
    return render_template(
        "account_second_factor.html",
        user=user,
        refused=_in(refused),
        is_required=needs_second_factor(user, config),
        is_duty=duty_of(user, config) is not None,
        left=own_account().recovery_codes_left(read_session()),
    )


def _confirm_page(offer: Any, refused: Text | None = None) -> str:
    return render_template("account_confirm.html", offer=offer, refused=_in(refused))


def _in(text: Text | None) -> str:
    return text.in_(request_language()) if text else ""


def _config() -> Config:
    config: Config = current_app.extensions["karte_config"]
    return config
