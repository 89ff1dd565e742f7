"""SigningKey: what the service signs with for Grafana, which checks by the public part."""

from datetime import datetime

from sqlalchemy import JSON, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from api.models.base import Base, UtcDateTime, utc_now


class SigningKey(Base):
    """One pair of keys. It is published before it signs and after it signed last, so that no check fails in between.

    Attributes:
        kid: names it in what it signed and in the published set.
        private: the private part, encrypted.
        public: the public part, as a JSON Web Key (RFC 7517).
        signs_from: from when on it signs; the youngest that signs is the one.
        published_until: until when it is in the published set; None while no other took its place.
    """

    __tablename__ = "signing_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    kid: Mapped[str] = mapped_column(String(16), unique=True)
    private: Mapped[bytes] = mapped_column(LargeBinary)
    public: Mapped[dict[str, str]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    signs_from: Mapped[datetime] = mapped_column(UtcDateTime)
    published_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
