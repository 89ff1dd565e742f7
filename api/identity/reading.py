"""Giving out read tokens, and putting a new one in the place of another."""

from datetime import datetime

from sqlalchemy.orm import Session

from api.identity.tokens import new_read_token, secret_hash
from api.models import Contract, ReadToken
from api.told import ToldError
from collectors.text import Text


class RotationRefused(ToldError, ValueError):
    """No token can take the place of this one; the message says why."""


def issue_read_token(
    session: Session,
    contract: Contract | None,
    label: str,
    now: datetime,
    expires_at: datetime | None = None,
    grafana_org: int | None = None,
) -> tuple[ReadToken, str]:
    """Make a read token, and return it with its plain form, which is not kept and cannot be shown again.

    Args:
        session: one that writes.
        contract: the one contract that it reads; None for staff, who read across contracts.
        label: what it is for, for people.
        now: the moment of issue.
        expires_at: from when on it is refused; never if None.
        grafana_org: id of the Grafana organisation whose data source will hold it.

    Raises:
        InvalidText: the label cannot be shown in one line.
    """
    plain = new_read_token()
    token = ReadToken(
        contract=contract,
        label=label,
        grafana_org=grafana_org,
        token_hash=secret_hash(plain),
        created_at=now,
        expires_at=expires_at,
    )
    session.add(token)
    session.flush()
    return token, plain


def rotate_read_token(
    session: Session, old: ReadToken, now: datetime, old_ends_at: datetime, expires_at: datetime | None = None
) -> tuple[ReadToken, str]:
    """Make a token that reads what another reads, and let that one live only until the new one is in its place.

    Args:
        session: one that writes.
        old: the token to be replaced.
        now: the moment of rotation.
        old_ends_at: until when the old token stays good.
        expires_at: when the new token ends; when the old one would have, if None.

    Raises:
        RotationRefused: the old token is not good any more, or the new one would not outlive it.
    """
    which = old.public_id
    if old.revoked_at is not None or old.expired(now):
        raise RotationRefused(
            Text(
                f"読み取りトークン {which} はもう使えません。新しく発行してください",
                f"read token {which} is good no more; issue a new one",
            )
        )
    end = expires_at or old.expires_at
    if end is not None and end <= old_ends_at:
        raise RotationRefused(
            Text(
                f"新しいトークンが {which} より先に期限切れになります。期限を後にするか、新しく発行してください",
                f"the new token would end before the overlap with {which} does; name a later end, or issue a new one",
            )
        )
    old.end_by(old_ends_at)
    return issue_read_token(session, old.contract, old.label, now, end, old.grafana_org)
