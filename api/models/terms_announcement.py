"""TermsAnnouncement: a contract was told of terms that are to take effect."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.models.base import Base, UtcDateTime


class TermsAnnouncement(Base):
    """One contract and one version; each is told once.

    Attributes:
        notice_id: the notice that told it.
        told_at: when that was written.
    """

    __tablename__ = "terms_announcement"
    __table_args__ = (UniqueConstraint("document_id", "contract_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("terms_document.id"))
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), index=True)
    told_at: Mapped[datetime] = mapped_column(UtcDateTime)
