"""Where InfluxDB's clients put the token: `Authorization: Token`, `Bearer` or `Basic`, or `u` and `p` of the query."""

import base64
import binascii
from collections.abc import Mapping


def sent_token(authorization: str | None, arguments: Mapping[str, str]) -> str | None:
    """Return the token as sent; None if there is none.

    With a user name and a password (InfluxDB 1), the password is the token and the name says nothing.

    Args:
        authorization: the Authorization header.
        arguments: the query's parameters.
    """
    if not authorization:
        return arguments.get("p") or None
    scheme, _space, value = authorization.partition(" ")
    if scheme.lower() in {"token", "bearer"}:
        return value.strip() or None
    return _password(value) if scheme.lower() == "basic" else None


def _password(encoded: str) -> str | None:
    try:
        pair = base64.b64decode(encoded.strip(), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return pair.partition(":")[2] or None
