"""Passwords: argon2id, in the parameters of argon2-cffi's default profile (RFC 9106, low memory)."""

import secrets
from collections.abc import Iterable
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from api.identity.identifiers import ALPHABET
from api.identity.known_bad import is_guessed_first
from api.told import ToldError
from collectors.text import Text

MIN_LENGTH = 12
MAX_LENGTH = 200
"""More is no safer, and hashing a huge text would be a cheap way to keep the server busy."""

_HASHER = PasswordHasher()
_GENERATED_GROUPS = 4
_GROUP = 5


class PasswordRefused(ToldError, ValueError):
    """The password cannot be used; the message says why."""


def generate_password() -> str:
    """Return a new password of 100 random bits, in groups that a person can copy."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(_GROUP)) for _ in range(_GENERATED_GROUPS))
    return "-".join(groups)


def hash_password(password: str, names: Iterable[str] = ()) -> str:
    """Return the hash to store of a password that a person chose.

    Args:
        password: as entered.
        names: of the person and of their company, which it must not be made of.

    Raises:
        PasswordRefused: it is too short or too long, or among the first that anybody would guess.
    """
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise PasswordRefused(
            Text(
                f"パスワードは{MIN_LENGTH}～{MAX_LENGTH}文字です。入力は{len(password)}文字でした",
                f"a password needs {MIN_LENGTH} to {MAX_LENGTH} characters; this one has {len(password)}",
            )
        )
    if is_guessed_first(password, names):
        raise PasswordRefused(
            Text(
                "このパスワードは推測されやすいため使えません。よくある語や並び、"
                "会社名・氏名・ユーザー名以外のことばを加えてください",
                "this password is easily guessed; add words other than common ones, rows of keys, and the names of "
                "the person and the company",
            )
        )
    return _HASHER.hash(_bytes(password))


def rehash(password: str) -> str:
    """Return the hash, by today's parameters, of a password that was taken before."""
    return _HASHER.hash(_bytes(password))


def nobodys_password() -> str:
    """Return the hash of a password that nobody knows."""
    return _HASHER.hash(secrets.token_urlsafe(32))


def password_matches(stored: str | None, password: str) -> bool:
    """Tell whether a password is the stored one.

    Args:
        stored: the person's hash, or None where there is no such person: the answer is then False after the same
            work, so that its time does not tell who has an account.
        password: as entered.
    """
    entered = password[: MAX_LENGTH + 1]
    try:
        _HASHER.verify(stored or _nobodys_hash(), _bytes(entered))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def needs_rehash(stored: str) -> bool:
    """Tell whether a hash was made with older parameters than today's."""
    return _HASHER.check_needs_rehash(stored)


def _bytes(password: str) -> bytes:
    # JSON can hold half of a surrogate pair, which is no text and must not be an error of ours.
    return password.encode("utf-8", errors="surrogatepass")


@cache
def _nobodys_hash() -> str:
    return nobodys_password()
