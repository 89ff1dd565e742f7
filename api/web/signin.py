"""Who is signed in: a session names a person and the epoch of their sessions, and nothing else."""

import time
from dataclasses import dataclass

from flask import Flask, Response, redirect, request, session, url_for
from flask_login import LoginManager, current_user, login_user, logout_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from api.db import read_session
from api.models import User
from api.web.errors import error_response, status_error, wants_json

_PENDING = "pending"
PENDING_FOR_S = 300
"""So long after the password the code is waited for."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Flask-Login's view of a person; `user` is the entity."""

    user: User
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """Return what the session keeps: who, and which epoch, so that counting the epoch up ends the session."""
        return f"{self.user.public_id}.{self.user.session_epoch}"


def load_signed_in(session_id: str) -> SignedIn | None:
    """Return the person of a session, or None if the session has ended."""
    public_id, _, epoch = session_id.partition(".")
    user = read_session().scalar(select(User).where(User.public_id == public_id))
    if user is None or user.disabled_at is not None or str(user.session_epoch) != epoch:
        return None
    return SignedIn(user)


def signed_in_user() -> User:
    """Return who is signed in.

    Raises:
        ApiError: 401, nobody is.
    """
    user = signed_in_or_none()
    if user is None:
        raise status_error(401)
    return user


def signed_in_or_none() -> User | None:
    """Return who is signed in, or None."""
    return current_user.user if current_user.is_authenticated else None


def sign_in(user: User) -> None:
    """Begin a session for a person.

    What the session held before goes: a session that somebody else prepared in this browser must not become theirs.
    """
    session.clear()
    login_user(SignedIn(user))
    session.permanent = True


def await_code(user: User, target: str) -> None:
    """Note in the browser that a person's password was right and the code is still to come; it opens nothing yet.

    Args:
        user: who.
        target: where they want to go.
    """
    session.clear()
    session[_PENDING] = {"who": SignedIn(user).get_id(), "at": int(time.time()), "next": target}


def awaited() -> tuple[User, str] | None:
    """Return of whom the code is waited for, and where they want to go; None if nobody's is, or no longer."""
    pending = session.get(_PENDING)
    if not isinstance(pending, dict) or not 0 <= time.time() - pending["at"] <= PENDING_FOR_S:
        return None
    # The epoch must still be the same: a password that was changed meanwhile is not the one that was right.
    found = load_signed_in(pending["who"])
    return (found.user, local_path(pending["next"])) if found else None


def sign_out() -> None:
    """End the session in this browser."""
    logout_user()
    session.clear()


def local_path(target: str | None) -> str:
    """Return where to go after signing in: a path of this service, or "/" for anything that could lead elsewhere."""
    if not target or not target.startswith("/"):
        return "/"
    # Browsers read "//host", "/\host" and "/<tab>/host" as another host.
    if target[1:2] in ("/", "\\") or "\\" in target or not target.isprintable():
        return "/"
    return target


def _ask_to_sign_in() -> BaseResponse | Response:
    if wants_json():
        return error_response(status_error(401))
    wanted = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return redirect(url_for("session.login", next=local_path(wanted)))


def init_app(app: Flask) -> None:
    """Set Flask-Login up."""
    manager = LoginManager()
    manager.user_loader(load_signed_in)
    manager.unauthorized_handler(_ask_to_sign_in)
    manager.init_app(app)
