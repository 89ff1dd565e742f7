"""ReadToken: what a data source of Grafana, or a program of the staff, shows with every query."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from api.identity.identifiers import public_id
from api.models.base import Base, UtcDateTime, utc_now
from api.plaintext import one_line
from collectors.text import Text

if TYPE_CHECKING:
    from api.models.contract import Contract

_LABEL_LENGTH = 100


class ReadToken(Base):
    """Leave to read what is stored of one contract, or of all. The token itself is shown once and kept as a hash only.

    Attributes:
        public_id: `r-…`, by which people speak of it afterwards.
        contract_id: the one contract that it reads; None for staff, who read across contracts.
        label: what it is for, for people, e.g. "grafana".
        grafana_org: id of the Grafana organisation whose data source holds it; None if none does.
        token_hash: `api.identity.tokens.secret_hash` of the token.
        expires_at: from this moment on it is refused; None while no end is agreed.
        last_used_at: coarse, about a minute; None until it is first used.
        revoked_at: since when it is refused; None while it is good.
    """

    __tablename__ = "read_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=lambda: public_id("r"))
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"), index=True)
    label: Mapped[str] = mapped_column(String(_LABEL_LENGTH))
    grafana_org: Mapped[int | None] = mapped_column(Integer)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    contract: Mapped["Contract | None"] = relationship()

    @validates("label")
    def _one_line(self, _key: str, label: str) -> str:
        return one_line(label, _LABEL_LENGTH, Text("用途", "the label"))

    def revoke(self, at: datetime) -> None:
        """Refuse the token from now on; the first time stands."""
        self.revoked_at = self.revoked_at or at

    def expired(self, at: datetime) -> bool:
        """Tell whether its time is over."""
        return self.expires_at is not None and at >= self.expires_at

    def end_by(self, at: datetime) -> None:
        """Let the token live until a moment and no longer; an earlier end stands."""
        self.expires_at = min(self.expires_at or at, at)
