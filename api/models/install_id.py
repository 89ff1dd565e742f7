"""InstallId: the code that a person types on a machine to enrol it."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from api.identity.identifiers import public_id
from api.models.base import Base, UtcDateTime, utc_now, word
from api.models.device import DeviceKind

if TYPE_CHECKING:
    from api.models.contract import Contract
    from api.models.site import Site

VALID_FOR = timedelta(days=14)
"""How long a new install ID enrols devices, unless told otherwise."""


class InstallId(Base):
    """Leave to enrol devices at one site. The code itself is shown once and kept as a hash only.

    Attributes:
        public_id: `i-…`, by which people speak of it afterwards.
        code_hash: `api.identity.tokens.secret_hash` of the normalised code.
        kind: the only kind that it enrols; None for any target device (a probe needs an install ID of its own kind).
        expires_at: from this moment on it enrols nothing.
        max_uses: how many devices it may add; None if only the quota limits it.
        uses: how many it has added; enrolling the same machine again is not counted.
    """

    __tablename__ = "install_id"
    __table_args__ = (CheckConstraint("max_uses IS NULL OR uses <= max_uses", name="uses_within_limit"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=lambda: public_id("i"))
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[DeviceKind | None] = mapped_column(word(DeviceKind))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    max_uses: Mapped[int | None] = mapped_column(Integer)
    uses: Mapped[int] = mapped_column(Integer, default=0)

    contract: Mapped["Contract"] = relationship(back_populates="install_ids")
    site: Mapped["Site"] = relationship()

    def expired(self, at: datetime) -> bool:
        """Tell whether its time is over."""
        return at >= self.expires_at

    def used_up(self) -> bool:
        """Tell whether it has added as many devices as it may."""
        return self.max_uses is not None and self.uses >= self.max_uses

    def enrols(self, kind: DeviceKind) -> bool:
        """Tell whether it may enrol a device of this kind.

        A probe takes no place in the quota, so it is never enrolled by an install ID that was meant for PCs: else a
        PC could enter as a probe.
        """
        return kind is self.kind if self.kind else kind.is_target
