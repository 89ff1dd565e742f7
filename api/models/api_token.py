"""ApiToken: what a program of the staff shows to the API."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from api.identity.identifiers import public_id
from api.models.base import Base, UtcDateTime, utc_now
from api.models.user import User
from api.plaintext import one_line
from collectors.text import Text

_LABEL_LENGTH = 100


class ApiToken(Base):
    """Leave to do some of what a member of the staff may do. The token is shown once and kept as a hash only.

    Attributes:
        public_id: `at-…`.
        user_id: whose it is; it can do nothing that this person cannot.
        label: what it is for, for people.
        scopes: values of `api.web.gate.Scope`.
        token_hash: `api.identity.tokens.secret_hash` of the token.
        expires_at: from this moment on it is refused.
        last_used_at: coarse, about a minute; None until it is first used.
        revoked_at: since when it is refused; None while it is good.
    """

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=lambda: public_id("at"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    label: Mapped[str] = mapped_column(String(_LABEL_LENGTH))
    scopes: Mapped[list[str]] = mapped_column(JSON)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship()

    @validates("label")
    def _one_line(self, _key: str, label: str) -> str:
        return one_line(label, _LABEL_LENGTH, Text("用途", "the label"))

    def revoke(self, at: datetime) -> None:
        """Refuse the token from now on; the first time stands."""
        self.revoked_at = self.revoked_at or at

    def is_good(self, at: datetime) -> bool:
        """Tell whether the token itself opens anything; its owner must be let in as well."""
        return self.revoked_at is None and at < self.expires_at

    def end_by(self, at: datetime) -> None:
        """Let the token live until a moment and no longer; an earlier end stands."""
        self.expires_at = min(self.expires_at, at)
