"""ContractStep and Breach: what happened to a contract, and a breach that the customer was told to cure."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from api.models.base import Base, UtcDateTime

if TYPE_CHECKING:
    from api.models.contract import Contract

NOTE_LENGTH, WHO_LENGTH = 500, 255


class ContractStep(Base):
    """An event of a contract. Rows are added and never changed.

    Attributes:
        at: when.
        event: value of `ContractEvent`.
        before: state that it was in.
        after: state that it is in since.
        reason: code of the reason; "" where the event has none.
        note: words beside it, e.g. of whom the contract passed to; "" if none.
        who: name of the person, or of what did it.
    """

    __tablename__ = "contract_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    event: Mapped[str] = mapped_column(String(32))
    before: Mapped[str] = mapped_column(String(32))
    after: Mapped[str] = mapped_column(String(32))
    reason: Mapped[str] = mapped_column(String(32), default="")
    note: Mapped[str] = mapped_column(String(NOTE_LENGTH), default="")
    who: Mapped[str] = mapped_column(String(WHO_LENGTH))

    contract: Mapped["Contract"] = relationship(back_populates="steps")


class Breach(Base):
    """A breach of the terms, with the period in which the customer may cure it.

    Attributes:
        note: what it is, as told to the customer.
        noted_at: when the notice was written; the period runs from the following day.
        cure_until: last day in Japan of the period.
        cured_at: when it was cured; None while it is not.
    """

    __tablename__ = "breach"
    __table_args__ = (CheckConstraint("length(note) > 0", name="note"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    note: Mapped[str] = mapped_column(String(NOTE_LENGTH))
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cure_until: Mapped[date]
    cured_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    contract: Mapped["Contract"] = relationship(back_populates="breaches")
