"""DeviceToken: what a device shows with every write."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from api.models.base import Base, UtcDateTime, utc_now

if TYPE_CHECKING:
    from api.models.device import Device


class DeviceToken(Base):
    """One token of one device, kept as a hash only.

    When a machine is enrolled again it gets a further token, and the older ones end when the new one is first used:
    so an answer that never arrived locks nobody out.

    Attributes:
        token_hash: `api.identity.tokens.secret_hash` of the token.
        first_used_at: when it first opened the gateway; None until then.
        last_used_at: coarse, about a minute.
        revoked_at: since when it is refused; None while it is good.
    """

    __tablename__ = "device_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    first_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    device: Mapped["Device"] = relationship(back_populates="tokens")

    def revoke(self, at: datetime) -> None:
        """Refuse the token from now on; the first time stands."""
        self.revoked_at = self.revoked_at or at
