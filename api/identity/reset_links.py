"""Links by which a person chooses a new password: good once, for an hour, while the password is still the old one."""

import hashlib
import hmac
from datetime import timedelta

from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.models import User

HOLDS_FOR = timedelta(hours=1)


def reset_token(secret_key: str, user: User) -> str:
    """Return the signed part of a link for a person as they are now."""
    signed: str = _serializer(secret_key).dumps([user.public_id, _stamp(secret_key, user)])
    return signed


def user_of_token(session: Session, secret_key: str, token: str) -> User | None:
    """Return whose link it is; None if it is not ours, too old, used, or the person's address or state has changed."""
    try:
        public_id, stamp = _serializer(secret_key).loads(token, max_age=int(HOLDS_FOR.total_seconds()))
    except (BadSignature, ValueError, TypeError):
        return None
    user = session.scalar(select(User).where(User.public_id == str(public_id)).with_for_update())
    if user is None or user.disabled_at is not None or not isinstance(stamp, str):
        return None
    return user if hmac.compare_digest(_stamp(secret_key, user).encode(), stamp.encode()) else None


def _stamp(secret_key: str, user: User) -> str:
    """Return what changes with the password and with the address that the link went to."""
    said = f"{user.public_id}\n{user.password_hash}\n{user.mail_address}".encode()
    return hmac.new(secret_key.encode(), b"karte reset stamp\n" + said, hashlib.sha256).hexdigest()[:32]


def _serializer(secret_key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret_key, salt="karte password reset")
