"""Secrets that the service gives out: tokens of devices, readers, the API; install-ID codes. Only hashes are kept."""

import hashlib
import secrets
import unicodedata

from api.identity.identifiers import ALPHABET

DEVICE_PREFIX = "okd_"
READ_PREFIX = "okr_"
API_PREFIX = "okb_"
"""The prefixes let a person, and a secret scanner, see what a found token is."""

_TOKEN_BYTES = 32
DEVICE_TOKEN_LENGTH = len(DEVICE_PREFIX) + 43
READ_TOKEN_LENGTH = len(READ_PREFIX) + 43
API_TOKEN_LENGTH = len(API_PREFIX) + 43
"""43 characters are 32 bytes in base64 without padding."""

_GROUP = 5
_GROUPS = 4
_SYMBOLS = ALPHABET.upper()
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})
_SEPARATORS = str.maketrans("", "", "-‐‑–—−ー_ \t")


def new_device_token() -> str:
    """Return a new device token: 256 random bits."""
    return DEVICE_PREFIX + secrets.token_urlsafe(_TOKEN_BYTES)


def new_read_token() -> str:
    """Return a new read token: 256 random bits."""
    return READ_PREFIX + secrets.token_urlsafe(_TOKEN_BYTES)


def new_api_token() -> str:
    """Return a new token for the API: 256 random bits."""
    return API_PREFIX + secrets.token_urlsafe(_TOKEN_BYTES)


def secret_hash(secret: str) -> str:
    """Return what is stored of a secret of ours.

    Plain SHA-256 is enough here, other than for a password: the secrets are random, 95 bits and more, so there is
    nothing to guess. Finding the row by this hash needs no constant-time comparison: who does not know the secret
    cannot steer the hash, so how far the index search got tells nothing.
    """
    return hashlib.sha256(secret.encode("utf-8", errors="surrogatepass")).hexdigest()


def new_install_code() -> str:
    """Return a new install-ID code, e.g. `7K2M9-X4TQA-0ZV3R-H8CN5`: 95 random bits and a check character."""
    body = "".join(secrets.choice(_SYMBOLS) for _ in range(_GROUP * _GROUPS - 1))
    return grouped(body + check_character(body))


def grouped(code: str) -> str:
    """Return a code in groups that a person can read out."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def normal_code(entered: str) -> str | None:
    """Return a typed code in its one stored form, or None if it cannot be one of ours.

    Small letters, full-width letters, spaces, any kind of dash and the lookalikes O, I and L are forgiven; a wrong
    check character is not.
    """
    # Dashes go first as well: NFKC would make the half-width long-vowel mark a katakana one.
    folded = unicodedata.normalize("NFKC", entered).upper().translate(_SEPARATORS).translate(_LOOKALIKES)
    if len(folded) != _GROUP * _GROUPS or not set(folded) <= set(_SYMBOLS):
        return None
    return folded if check_character(folded[:-1]) == folded[-1] else None


def check_character(body: str) -> str:
    """Return the Luhn mod N check character (N = 32).

    It finds every single mistyped character and almost every swap of two neighbours, as the algorithm does for N = 10
    on payment cards.
    """
    total = 0
    for place, symbol in enumerate(reversed(body)):
        value = _SYMBOLS.index(symbol) * (2 if place % 2 == 0 else 1)
        total += value // len(_SYMBOLS) + value % len(_SYMBOLS)
    return _SYMBOLS[-total % len(_SYMBOLS)]
