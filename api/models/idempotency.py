"""IdempotencyKey: what became of a request that may be sent again."""

from datetime import datetime

from sqlalchemy import Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.models.base import Base, UtcDateTime

KEY_LENGTH = 128


class IdempotencyKey(Base):
    """One key of one caller.

    Attributes:
        caller: public id of the person.
        key: as the caller chose it.
        fingerprint: SHA-256 of method, path and body.
        status: of the answer; None while the request runs, or if the program died over it.
        answer: the body, encrypted, as it may hold what is shown once; b"" until there is one.
        begun_at: when the request came.
    """

    __tablename__ = "idempotency_key"
    __table_args__ = (UniqueConstraint("caller", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    caller: Mapped[str] = mapped_column(String(16))
    key: Mapped[str] = mapped_column(String(KEY_LENGTH))
    fingerprint: Mapped[str] = mapped_column(String(64))
    status: Mapped[int | None] = mapped_column(Integer)
    answer: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
