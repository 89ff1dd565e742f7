"""Disclosure: what was handed over about a contract because a law required it. Rows are added and never changed."""

from datetime import date, datetime

from sqlalchemy import Boolean, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, validates

from api.identity.identifiers import public_id
from api.models.base import Base, UtcDateTime, utc_now
from api.plaintext import one_line
from collectors.text import Text

AUTHORITY_LENGTH, GROUND_LENGTH, HANDED_OVER_LENGTH, WHO_LENGTH = 200, 500, 2000, 255


class Disclosure(Base):
    """One handing over to an authority.

    Attributes:
        public_id: `di-…`.
        disclosed_on: day in Japan on which it was handed over.
        authority: who got it.
        legal_ground: the law, and the number of the order or request.
        handed_over: what.
        is_secret: whether the order forbids that the customer learns of it.
        recorded_by: name of who recorded it.
    """

    __tablename__ = "disclosure"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=lambda: public_id("di"))
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    disclosed_on: Mapped[date]
    authority: Mapped[str] = mapped_column(String(AUTHORITY_LENGTH))
    legal_ground: Mapped[str] = mapped_column(String(GROUND_LENGTH))
    handed_over: Mapped[str] = mapped_column(String(HANDED_OVER_LENGTH))
    is_secret: Mapped[bool] = mapped_column(Boolean, default=False)
    recorded_by: Mapped[str] = mapped_column(String(WHO_LENGTH))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    @validates("authority")
    def _authority(self, _key: str, value: str) -> str:
        return one_line(value, AUTHORITY_LENGTH, Text("開示先", "the authority"))

    @validates("legal_ground")
    def _ground(self, _key: str, value: str) -> str:
        return one_line(value, GROUND_LENGTH, Text("法的根拠", "the legal ground"))

    @validates("handed_over")
    def _what(self, _key: str, value: str) -> str:
        return one_line(value, HANDED_OVER_LENGTH, Text("開示した内容", "what was handed over"))
