"""GrafanaKey: the pair of keys by which one person enters Grafana once."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from api.models.base import Base, UtcDateTime


class GrafanaKey(Base):
    """One pair of keys: published before it is used, it signs a single time, and is taken back with what it opens.

    Attributes:
        kid: names it in what it signed and in the published set.
        private: the private part, encrypted; b"" once it has signed.
        public: the public part, as a JSON Web Key (RFC 7517).
        made_at: since when it is published.
        user_id: for whom it signed; None until it does.
        session_epoch: of that person's sessions at that moment: with these ends what it opens.
        ends_at: when what it signed ends by itself.
    """

    __tablename__ = "grafana_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    kid: Mapped[str] = mapped_column(String(16), unique=True)
    private: Mapped[bytes] = mapped_column(LargeBinary)
    public: Mapped[dict[str, str]] = mapped_column(JSON)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    session_epoch: Mapped[int | None] = mapped_column(Integer)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
