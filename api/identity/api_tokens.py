"""Tokens by which programs of the staff call the API: giving them out, putting a new one in another's place."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from api.identity.tokens import new_api_token, secret_hash
from api.models import ApiToken, Role, User
from api.told import ToldError
from collectors.text import Text

LONGEST = timedelta(days=366)
"""A year, also one with a leap day in it."""

OVERLAP = timedelta(hours=24)
"""So long a token that another took the place of stays good, unless somebody says otherwise."""


class TokenRefused(ToldError, ValueError):
    """No such token can be given out; the message says why.

    Attributes:
        field: of the value that cannot be used.
    """

    def __init__(self, text: Text, field: str = "") -> None:
        super().__init__(text)
        self.field = field


def issue_api_token(
    session: Session, user: User, label: str, scopes: Iterable[str], now: datetime, expires_at: datetime
) -> tuple[ApiToken, str]:
    """Make a token, and return it with its plain form, which is not kept and cannot be shown again.

    Args:
        session: one that writes.
        user: whose it is.
        label: what it is for.
        scopes: what it may do; whoever asks must have these.
        now: the moment of issue.
        expires_at: from when on it is refused.

    Raises:
        TokenRefused: the person is not of the staff or disabled, there is no scope, or the end is no good.
        InvalidText: the label cannot be shown in one line.
    """
    if user.role is not Role.STAFF or user.disabled_at is not None:
        raise TokenRefused(
            Text(
                "APIトークンは、ログインできるスタッフだけが持てます",
                "only staff who may sign in can have API tokens",
            )
        )
    wanted = sorted(set(scopes))
    if not wanted:
        raise TokenRefused(Text("権限を1つ以上選んでください", "name one scope at least"), "scopes")
    _see_the_end(now, expires_at)
    plain = new_api_token()
    token = ApiToken(
        user=user, label=label, scopes=wanted, token_hash=secret_hash(plain), created_at=now, expires_at=expires_at
    )
    session.add(token)
    session.flush()
    return token, plain


def rotate_api_token(
    session: Session, old: ApiToken, now: datetime, old_ends_at: datetime, expires_at: datetime
) -> tuple[ApiToken, str]:
    """Make a token that may do what another may, and let that one live only until the new one is in its place.

    Args:
        session: one that writes.
        old: the token to be replaced.
        now: the moment of rotation.
        old_ends_at: until when the old token stays good.
        expires_at: when the new token ends.

    Raises:
        TokenRefused: the old token is not good any more, or the new one would not outlive it.
    """
    which = old.public_id
    if not old.is_good(now):
        raise TokenRefused(
            Text(
                f"APIトークン {which} はもう使えません。新しく発行してください",
                f"API token {which} is good no more; issue a new one",
            )
        )
    if not now <= old_ends_at < expires_at:
        raise TokenRefused(
            Text(
                f"{which} と並べて使える期間は、新しいトークンの期限より前に終わらせてください",
                f"the overlap with {which} has to end before the new token does",
            ),
            "overlap_s",
        )
    made = issue_api_token(session, old.user, old.label, old.scopes, now, expires_at)
    old.end_by(old_ends_at)
    return made


def _see_the_end(now: datetime, expires_at: datetime) -> None:
    if not now < expires_at <= now + LONGEST:
        raise TokenRefused(
            Text(
                f"期限は今から{LONGEST.days}日以内にしてください",
                f"the end must be to come, and within {LONGEST.days} days",
            ),
            "expires_at",
        )
