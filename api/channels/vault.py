"""Secrets of channels at rest: encrypted, and bound to the row that they belong to.

Fernet (AES-128-CBC with HMAC-SHA-256, https://github.com/fernet/spec) with keys derived by HKDF (RFC 5869) from what
the settings name. What is encrypted says which contract and kind it is for, and that is compared when it is opened: a
secret that was copied to another contract's row does not open there.
"""

import base64
import json
from collections.abc import Mapping, Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from api.config import Config
from api.told import ToldError
from collectors.text import Text

_INFO = b"office-karte channel secrets 1"


class SecretUnreadable(ToldError):
    """A channel's secret cannot be decrypted; the message says what to do."""


class Vault:
    """Encrypts and decrypts.

    Args:
        keys: the first one encrypts, all of them decrypt.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(_derived(key)) for key in keys])

    def seal(self, contract_id: int, kind: str, secret: Mapping[str, object]) -> bytes:
        """Return secret fields encrypted; b"" where there are none.

        Args:
            contract_id: of the row that they are for.
            kind: of the row.
            secret: by field name.
        """
        if not secret:
            return b""
        plain = json.dumps({"for": [contract_id, kind], "secret": dict(secret)}, ensure_ascii=False)
        return self._fernet.encrypt(plain.encode())

    def open(self, contract_id: int, kind: str, sealed: bytes) -> dict[str, object]:
        """Return secret fields.

        Args:
            contract_id: of the row that they are in.
            kind: of the row.
            sealed: what `seal` returned.

        Raises:
            SecretUnreadable: they were encrypted by a key that the settings do not name, or for another row.
        """
        if not sealed:
            return {}
        try:
            plain = json.loads(self._fernet.decrypt(sealed))
        except InvalidToken:
            raise SecretUnreadable(
                Text(
                    "保存された秘密情報を復号できません。"
                    "KARTE_ENCRYPTION_KEY に以前の鍵もカンマで区切って加えるか、登録し直してください",
                    "the stored secret cannot be decrypted; add the former key to KARTE_ENCRYPTION_KEY after a comma, "
                    "or set the channel up anew",
                )
            ) from None
        if plain["for"] != [contract_id, kind]:
            raise SecretUnreadable(
                Text(
                    "保存された秘密情報は別の契約か種類のものです。登録し直してください",
                    "the stored secret belongs to another contract or kind; set the channel up anew",
                )
            )
        secret: dict[str, object] = plain["secret"]
        return secret

    def rekey(self, sealed: bytes) -> bytes:
        """Return the same secret, encrypted by the first key.

        Raises:
            SecretUnreadable: no key decrypts it.
        """
        if not sealed:
            return b""
        try:
            return self._fernet.rotate(sealed)
        except InvalidToken:
            raise SecretUnreadable(
                Text("どの鍵でも復号できません", "none of the keys decrypts it"),
            ) from None


def vault_of(config: Config) -> Vault:
    """Return the vault by the service's settings.

    The key that signs sessions comes last: what was encrypted before there was a key of its own must still open.
    """
    named = [key.strip() for key in (config.encryption_key or "").split(",")]
    return Vault([*filter(None, named), config.secret_key])


def _derived(key: str) -> bytes:
    made = HKDF(algorithm=SHA256(), length=32, salt=None, info=_INFO).derive(key.encode())
    return base64.urlsafe_b64encode(made)
