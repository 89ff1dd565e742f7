"""Browsers that a person has signed in from before: whoever fails elsewhere under their name does not lock these out.

Such a browser has failures counted by itself. Source: OWASP, "Slow Down Online Guessing Attacks with Device Cookies".
"""

import secrets
from datetime import timedelta

from itsdangerous import BadSignature, URLSafeTimedSerializer

COOKIE = "karte_device"
KNOWN_FOR = timedelta(days=180)


def device_cookie(secret_key: str, user: str) -> str:
    """Return a cookie for a browser that a person has just signed in from.

    Args:
        secret_key: signs it.
        user: public id of the person.
    """
    signed: str = _serializer(secret_key).dumps([user, secrets.token_urlsafe(12)])
    return signed


def known_device(secret_key: str, cookie: str | None, user: str | None) -> str:
    """Return what names a browser that a person has signed in from before; "" where it is not known as theirs."""
    if not cookie or user is None:
        return ""
    try:
        whose, device = _serializer(secret_key).loads(cookie, max_age=int(KNOWN_FOR.total_seconds()))
    except (BadSignature, ValueError, TypeError):
        return ""
    return str(device) if whose == user else ""


def _serializer(secret_key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret_key, salt="karte known device")
