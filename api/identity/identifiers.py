"""Public ids: what people, URLs and the tags of stored points name an entity by."""

import secrets

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32 in lower case: no i, l, o, u, which people mistake for 1, 1, 0, v."""

_LENGTH = 10


def public_id(prefix: str) -> str:
    """Return a new id such as `c-7k2m9x4tqa`: 50 random bits, valid as a tag value without escapes.

    Args:
        prefix: tells the kind: c contract, s site, d device, i install ID, r read token, u user.
    """
    return f"{prefix}-{''.join(secrets.choice(ALPHABET) for _ in range(_LENGTH))}"
