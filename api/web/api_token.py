"""Who calls by a staff API token, looked up for each request: what was revoked is refused at once."""

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from api.db import Database, read_session
from api.identity.seen import SeenRecorder
from api.identity.tokens import API_PREFIX, API_TOKEN_LENGTH, secret_hash
from api.models import ApiToken, Role
from api.models.base import utc_now
from api.web.gate import ROLE_SCOPES, TOKEN_LOOKUP, Caller, Scope

GRANTABLE = ROLE_SCOPES[Role.STAFF] - {Scope.SESSION}
"""What a token can be made for: a person's own password and second factor are never a program's."""


class _Lookup:
    def __init__(self, seen: SeenRecorder) -> None:
        self._seen = seen

    def __call__(self, plain: str) -> Caller | None:
        """Return who calls; None for a token that is unknown, over, revoked, or whose owner may not sign in."""
        if len(plain) != API_TOKEN_LENGTH or not plain.startswith(API_PREFIX):
            return None
        query = select(ApiToken).options(joinedload(ApiToken.user)).where(ApiToken.token_hash == secret_hash(plain))
        token = read_session().scalar(query)
        if token is None or not token.is_good(utc_now()) or token.user.disabled_at is not None:
            return None
        self._seen.note(token.id)
        # What the owner cannot do (any more), the token cannot either.
        scopes = frozenset(Scope(each) for each in token.scopes if each in GRANTABLE) & ROLE_SCOPES[token.user.role]
        return Caller(token.user, scopes, token.public_id)


def init_app(app: Flask, database: Database) -> None:
    """Let programs in by their tokens."""
    app.extensions[TOKEN_LOOKUP] = _Lookup(SeenRecorder(database, ApiToken.last_used_at))
