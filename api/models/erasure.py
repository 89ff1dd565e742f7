"""Erasure: how far the data of a contract that has ended is erased, and the certificate of it."""

from datetime import datetime

from sqlalchemy import JSON, Boolean, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from api.identity.identifiers import public_id
from api.models.base import Base, UtcDateTime

REASON_LENGTH, WHO_LENGTH = 500, 255


class Erasure(Base):
    """One contract's erasure. It stays when all else is gone.

    Attributes:
        public_id: `er-…`.
        begun_at: when it was first begun; a run that was cut short goes on.
        begun_by: name of who began it.
        is_early: whether it was demanded before the period of retention was over.
        reason: who demanded it, and why; "" where the period was over.
        found: place -> what was there before anything was taken away; noted before the place is touched.
        finished_at: when nothing was left; None until then.
        certificate: JSON of what was erased where; "" until it is finished.
        hash: SHA-256 of `certificate`; the audit log holds it too.
    """

    __tablename__ = "erasure"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=lambda: public_id("er"))
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), unique=True)
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    begun_by: Mapped[str] = mapped_column(String(WHO_LENGTH))
    is_early: Mapped[bool] = mapped_column(Boolean)
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    found: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    certificate: Mapped[str] = mapped_column(Text, default="")
    hash: Mapped[str] = mapped_column(String(64), default="")
