"""SecondFactor and RecoveryCode: what a person shows besides the password."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from api.models.base import Base, UtcDateTime, utc_now


class SecondFactor(Base):
    """A person's time-based codes (RFC 6238). It counts once `User.second_factor_at` is set.

    Attributes:
        secret: what the codes are made of, encrypted; b"" until one is confirmed.
        offered: a secret that was shown and is not confirmed yet, encrypted; b"" if there is none.
        offered_at: when it was shown.
        last_step: the time step whose code was taken last; neither it nor an earlier one is taken again.
    """

    __tablename__ = "second_factor"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), unique=True)
    secret: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    offered: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    offered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)


class RecoveryCode(Base):
    """One code that stands in once for a lost device.

    Attributes:
        code_hash: `api.identity.tokens.secret_hash` of the code: it is random, so there is nothing to guess.
        used_at: when it was used; None while it is good.
    """

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
