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
    # The alphabet has 32 letters, so five bits of each byte choose one evenly.
    return f"{prefix}-{''.join(ALPHABET[byte & 31] for byte in secrets.token_bytes(_LENGTH))}"
