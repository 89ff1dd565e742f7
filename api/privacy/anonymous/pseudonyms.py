"""Names that stand for contracts, sites, devices and series, made with a key.

Who has the key can find out which name stands for a known contract, by trying; so it is thrown away unless somebody
wants the same names in a later export. Source: HMAC, RFC 2104; SHA-256, FIPS 180-4.
"""

import base64
import hmac
import os
import secrets
from functools import lru_cache
from pathlib import Path

from api.told import ToldError
from collectors.text import Text

KEY_BYTES = 32
_LENGTH = 16
"""Characters of a name, 80 bits: with a million devices two share a name once in a trillion exports."""


class KeyRefused(ToldError, ValueError):
    """The file holds no key that could be used, or cannot be made."""


class Pseudonyms:
    """Makes names.

    Args:
        key: secret; the same one gives the same names.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) < KEY_BYTES:
            raise ValueError(f"a key has {KEY_BYTES} bytes or more, got {len(key)}")
        self._key = key
        self._made = lru_cache(maxsize=100_000)(self._make)

    def of(self, kind: str, *parts: str) -> str:
        """Return the name of something; "" where all that is said of it is empty.

        Args:
            kind: what it is; the same id of another kind has another name.
            parts: what identifies it, its contract among it, so that what is alike in two contracts has two names.
        """
        return self._made(kind, parts) if any(parts) else ""

    def _make(self, kind: str, parts: tuple[str, ...]) -> str:
        # Lengths stand before the parts, so that no two lists of them read alike.
        said = "".join(f"{len(part)}:{part}" for part in (kind, *parts))
        digest = hmac.digest(self._key, said.encode(), "sha256")
        return f"{kind[0]}_{base64.b32encode(digest).decode().lower()[:_LENGTH]}"


def new_key() -> bytes:
    """Return a key that nobody else has."""
    return secrets.token_bytes(KEY_BYTES)


def kept_key(path: Path) -> bytes:
    """Return the key in a file; one is made where there is none, readable by its owner only.

    Raises:
        KeyRefused: the file holds none, or cannot be read or made.
    """
    try:
        if not path.exists():
            _keep(path, new_key())
        text = path.read_text(encoding="ascii").strip()
        key = bytes.fromhex(text)
    except OSError as error:
        raise KeyRefused(
            Text(
                f"鍵のファイル {path} を使えません: {error.strerror}",
                f"the key file {path} cannot be used: {error.strerror}",
            )
        ) from None
    except ValueError:
        key = b""
    if len(key) < KEY_BYTES:
        raise KeyRefused(
            Text(
                f"{path} に鍵がありません。{KEY_BYTES}バイト以上の16進数の鍵か、まだないファイル名を指定してください",
                f"{path} holds no key: name a file with {KEY_BYTES} bytes or more in hexadecimal, or one that is not "
                "there yet",
            )
        )
    return key


def _keep(path: Path, key: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key.hex() + "\n")
