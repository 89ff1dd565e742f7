"""Forged forms: every form of a page carries a token that only the person's own session knows.

The session is a cookie signed by us, HttpOnly and SameSite=Lax, so another site can neither read nor make one, and a
form posted from elsewhere arrives without it or without the token. The token is checked for every request that may
change something, in one place; a new page cannot forget it. Paths for programs are left out: they are opened by a token
in a header, never by the cookie, so there is nothing to forge. What of the API is for people who are signed in demands
the token as a header, by `check_header`.
"""

import hmac
import secrets

from flask import Flask, request, session

from api.web.errors import ApiError
from collectors.text import Text

FIELD = "csrf_token"
HEADER = "X-CSRF-Token"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_PROGRAM_PATHS = ("/api/", "/write", "/query")
_KEY = "csrf"


def csrf_token() -> str:
    """Return the session's token; the first call makes it."""
    if _KEY not in session:
        session[_KEY] = secrets.token_urlsafe(32)
    token: str = session[_KEY]
    return token


def check() -> None:
    """Refuse a request that may change something and lacks the session's token.

    Raises:
        ApiError: 400, the token is absent or not this session's.
    """
    if request.method in _SAFE_METHODS or request.path.startswith(_PROGRAM_PATHS):
        return
    if not _is_current(request.form.get(FIELD, "")):
        raise ApiError(
            400,
            "form_expired",
            Text(
                "フォームの有効期限が切れました。ページを開き直してやり直してください。",
                "The form has expired; open the page again and retry.",
            ),
        )


def check_header() -> None:
    """Refuse a request to the API that may change something and lacks the session's token in its header.

    For the `before_request` of resources that are opened by the session's cookie.

    Raises:
        ApiError: 400, the token is absent or not this session's.
    """
    if request.method not in _SAFE_METHODS and not _is_current(request.headers.get(HEADER, "")):
        raise ApiError(
            400,
            "csrf_token_missing",
            Text(
                f"ヘッダー {HEADER} がないか古くなっています。/api/v1/session で取得してください。",
                f"The header {HEADER} is missing or outdated; /api/v1/session tells it.",
            ),
        )


def _is_current(sent: str) -> bool:
    expected = session.get(_KEY, "")
    return bool(expected) and hmac.compare_digest(expected.encode(), sent.encode())


def init_app(app: Flask) -> None:
    """Check every request, and offer `csrf_token()` to every template."""
    app.before_request(check)
    app.jinja_env.globals["csrf_token"] = csrf_token
