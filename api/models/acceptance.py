"""TermsAcceptance: a contract's customer accepted one version of terms."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from api.identity.identifiers import public_id
from api.models.base import Base, UtcDateTime, utc_now, word
from api.models.terms import TermsDocument
from collectors.text import Text

NAME_LENGTH = 255


class AcceptanceWay(StrEnum):
    """How terms were accepted."""

    EXPLICIT = "explicit"
    """A user of the contract said so."""

    PAPER = "paper"
    """On paper, as a member of staff recorded."""

    BY_USE = "by_use"
    """A user of the contract used the service after an announced change had taken effect."""


WAY_WORDS: Mapping[str, Text] = {
    AcceptanceWay.EXPLICIT: Text("画面での同意", "said so"),
    AcceptanceWay.PAPER: Text("書面での同意", "on paper"),
    AcceptanceWay.BY_USE: Text("適用後の利用による同意", "by use after it took effect"),
}
"""Way -> its name for people."""


class TermsAcceptance(Base):
    """One acceptance; rows are added and never changed. One contract accepts one version once.

    Attributes:
        public_id: `ta-…`.
        document_id: which version.
        content_hash: of the text that was accepted; see `TermsDocument`.
        way: how.
        accepted_by: name of who accepted: of the user, or on the paper.
        user_id: public id of that user; "" on paper.
        recorded_by: name of the member of staff who recorded the paper; "" else.
        accepted_at: when.
    """

    __tablename__ = "terms_acceptance"
    __table_args__ = (UniqueConstraint("contract_id", "document_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=lambda: public_id("ta"))
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    document_id: Mapped[int] = mapped_column(ForeignKey("terms_document.id"), index=True)
    content_hash: Mapped[str] = mapped_column(String(64))
    way: Mapped[AcceptanceWay] = mapped_column(word(AcceptanceWay))
    accepted_by: Mapped[str] = mapped_column(String(NAME_LENGTH))
    user_id: Mapped[str] = mapped_column(String(16), default="")
    recorded_by: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    accepted_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    document: Mapped[TermsDocument] = relationship()
