"""Time-based codes as second factor (RFC 6238), and codes that stand in for a lost device.

A code is good for its own step of 30 seconds and for one on either side, as clocks differ (RFC 6238, 5.2 and 6); a step
whose code was taken, and every earlier one, is never taken again. The secret is encrypted like those of channels.
"""

import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
import segno
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from api.channels.vault import SecretUnreadable, Vault
from api.identity.identifiers import ALPHABET
from api.identity.tokens import secret_hash
from api.models import RecoveryCode, SecondFactor, User
from api.told import ToldError
from collectors.text import Text

ISSUER = "Office Karte"
STEP_S = 30
OFFERED_FOR = timedelta(minutes=15)
"""So long a secret that was shown may be confirmed."""

RECOVERY_CODES = 10
_GROUPS, _GROUP = 4, 4
_DIGITS = 6
_SEAL = "second factor"
_SEPARATORS = str.maketrans("", "", "-‐‑–—−ー \t\u3000")


class CodeRefused(ToldError, ValueError):
    """The code is not the one that is shown just now."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a person puts into an authenticator.

    Attributes:
        secret: in base 32, to be typed where there is no camera.
        uri: the same with names, as authenticators read it.
    """

    secret: str
    uri: str

    def qr_svg(self) -> str:
        """Return the picture of the code as a `data:` URL."""
        picture: str = segno.make(self.uri, error="m").svg_data_uri(scale=4, light="#fff")
        return picture


def offer(session: Session, vault: Vault, user: User, now: datetime) -> Offer:
    """Make a secret for a person; it counts once a code of it was confirmed, and until then another one stays.

    Args:
        session: one that writes.
        vault: encrypts it.
        user: whose it is to be.
        now: this moment.
    """
    row = _row(session, user)
    if row is None:
        row = SecondFactor(user_id=user.id, secret=b"", last_step=0)
        session.add(row)
    secret = pyotp.random_base32()
    row.offered, row.offered_at = vault.seal(user.id, _SEAL, {"secret": secret}), now
    session.flush()
    return Offer(secret, pyotp.TOTP(secret).provisioning_uri(name=user.username, issuer_name=ISSUER))


def offered(session: Session, vault: Vault, user: User, now: datetime) -> Offer | None:
    """Return the secret that a person was shown and may still confirm."""
    row = _row(session, user)
    if row is None or not row.offered or row.offered_at is None or now - row.offered_at > OFFERED_FOR:
        return None
    secret = str(vault.open(user.id, _SEAL, row.offered)["secret"])
    return Offer(secret, pyotp.TOTP(secret).provisioning_uri(name=user.username, issuer_name=ISSUER))


def confirm(session: Session, vault: Vault, user: User, code: str, now: datetime) -> list[str]:
    """Let the offered secret count from now on, and return new recovery codes, which are not kept and shown this once.

    Raises:
        CodeRefused: the code is not of that secret, or none was offered within `OFFERED_FOR`.
    """
    shown = offered(session, vault, user, now)
    step = _step_of(shown.secret, normal_code(code), 0, now) if shown else None
    if step is None:
        raise CodeRefused(
            Text(
                "コードが正しくありません。認証アプリに今表示されているコードを入力してください",
                "the code is not right; enter the one that the authenticator shows now",
            )
        )
    row = session.scalars(select(SecondFactor).where(SecondFactor.user_id == user.id)).one()
    row.secret, row.offered, row.offered_at, row.last_step = row.offered, b"", None, step
    user.second_factor_at = now
    return new_recovery_codes(session, user)


def check(session: Session, vault: Vault, user: User, code: str, now: datetime) -> bool:
    """Tell whether a code is good, and use it up.

    Args:
        session: one that writes.
        vault: decrypts the secret.
        user: whose code it should be.
        code: from the authenticator, or a recovery code.
        now: this moment.

    Raises:
        SecretUnreadable: the settings name no key that decrypts the secret.
    """
    entered = normal_code(code)
    row = session.scalar(select(SecondFactor).where(SecondFactor.user_id == user.id).with_for_update())
    if row is None or not row.secret or user.second_factor_at is None:
        return False
    if len(entered) == _DIGITS:
        step = _step_of(str(vault.open(user.id, _SEAL, row.secret)["secret"]), entered, row.last_step, now)
        if step is not None:
            row.last_step = step
        return step is not None
    found = session.scalar(
        select(RecoveryCode)
        .where(
            RecoveryCode.user_id == user.id,
            RecoveryCode.code_hash == secret_hash(entered),
            RecoveryCode.used_at.is_(None),
        )
        .with_for_update()
    )
    if found is None:
        return False
    found.used_at = now
    return True


def new_recovery_codes(session: Session, user: User) -> list[str]:
    """Return new recovery codes in the place of all former ones."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(user_id=user.id, code_hash=secret_hash(normal_code(code))) for code in codes)
    return codes


def recovery_codes_left(session: Session, user: User) -> int:
    """Return how many recovery codes are still good."""
    return (
        session.scalar(
            select(func.count(RecoveryCode.id)).where(RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None))
        )
        or 0
    )


def remove(session: Session, user: User) -> None:
    """Let a person sign in by the password alone."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    session.execute(delete(SecondFactor).where(SecondFactor.user_id == user.id))
    user.second_factor_at = None


def normal_code(entered: str) -> str:
    """Return a code as people may type it in its one form."""
    return unicodedata.normalize("NFKC", entered[:100]).translate(_SEPARATORS).casefold()


def rekey(session: Session, vault: Vault) -> tuple[int, list[str]]:
    """Encrypt all secrets by the first key; return how many that were, and whose no key decrypts."""
    done, unreadable = 0, list[str]()
    for row, user in session.execute(select(SecondFactor, User).join(User, User.id == SecondFactor.user_id)):
        try:
            row.secret, row.offered = vault.rekey(row.secret), vault.rekey(row.offered)
            done += 1
        except SecretUnreadable:
            unreadable.append(user.username)
    return done, unreadable


def _row(session: Session, user: User) -> SecondFactor | None:
    return session.scalar(select(SecondFactor).where(SecondFactor.user_id == user.id))


def _step_of(secret: str, entered: str, last_step: int, now: datetime) -> int | None:
    """Return the step whose code was entered, if it is near and later than the last one taken."""
    totp, current = pyotp.TOTP(secret), int(now.timestamp()) // STEP_S
    found = None
    for step in (current - 1, current, current + 1):
        # All are compared, so that the time does not tell which one came near.
        matches = hmac.compare_digest(totp.generate_otp(step).encode(), entered.encode("utf-8", "surrogatepass"))
        if matches and step > last_step:
            found = step
    return found


def _recovery_code() -> str:
    """Return 80 random bits in groups that a person can copy."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)
