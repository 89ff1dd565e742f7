"""Transfer: a contract passes to somebody else, by succession, merger, split or incorporation, and in no other way."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from api.identity.identifiers import public_id
from api.models.base import Base, UtcDateTime, utc_now, word
from api.plaintext import one_line
from collectors.text import Text

if TYPE_CHECKING:
    from api.models.contract import Contract

NAME_LENGTH, NOTE_LENGTH, WHO_LENGTH, TYPE_LENGTH = 200, 500, 255, 100


class TransferGround(StrEnum):
    """Why a contract may pass to somebody else."""

    SUCCESSION = "succession"
    MERGER = "merger"
    SPLIT = "split"
    INCORPORATION = "incorporation"


GROUND_WORDS: Mapping[str, Text] = {
    TransferGround.SUCCESSION: Text("相続", "succession on death"),
    TransferGround.MERGER: Text("合併", "merger"),
    TransferGround.SPLIT: Text("会社分割", "company split"),
    TransferGround.INCORPORATION: Text("法人化", "incorporation"),
}
"""Value -> its name for people."""


class TransferState(StrEnum):
    """Where an application stands."""

    APPLIED = "applied"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


TRANSFER_STATE_WORDS: Mapping[str, Text] = {
    TransferState.APPLIED: Text("審査中", "under review"),
    TransferState.ACCEPTED: Text("承認", "accepted"),
    TransferState.REFUSED: Text("却下", "refused"),
    TransferState.WITHDRAWN: Text("取下げ", "withdrawn"),
}
"""Value -> its name for people."""


class Transfer(Base):
    """An application to take a contract over. It stays, whatever comes of it.

    Attributes:
        public_id: `tr-…`.
        ground: why.
        former: the customer's name until then.
        successor: the name of who takes it over.
        happened_on: day of the death, merger, split or incorporation.
        documents_by: last day in Japan for the documents; None where no day is set.
        state: where it stands.
        decided_by: who decided; "" while nobody did.
        decision: words about it, as told to the customer.
    """

    __tablename__ = "transfer"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=lambda: public_id("tr"))
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    ground: Mapped[TransferGround] = mapped_column(word(TransferGround))
    former: Mapped[str] = mapped_column(String(NAME_LENGTH))
    successor: Mapped[str] = mapped_column(String(NAME_LENGTH))
    happened_on: Mapped[date]
    documents_by: Mapped[date | None]
    state: Mapped[TransferState] = mapped_column(word(TransferState), default=TransferState.APPLIED)
    applied_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    applied_by: Mapped[str] = mapped_column(String(WHO_LENGTH))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str] = mapped_column(String(WHO_LENGTH), default="")
    decision: Mapped[str] = mapped_column(String(NOTE_LENGTH), default="")

    contract: Mapped["Contract"] = relationship()
    documents: Mapped[list["TransferDocument"]] = relationship(
        back_populates="transfer", order_by="TransferDocument.id"
    )

    @validates("successor")
    def _one_line(self, _key: str, name: str) -> str:
        return one_line(name, NAME_LENGTH, Text("承継者の名前", "the successor's name"))


class TransferDocument(Base):
    """A document that was handed in with an application, e.g. an extract of the register.

    Attributes:
        public_id: `td-…`.
        name: of the file, as its sender called it; only shown, never a path.
        media_type: "application/pdf", "image/png" or "image/jpeg".
        size: bytes.
        sha256: of the content.
        content: the file.
    """

    __tablename__ = "transfer_document"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=lambda: public_id("td"))
    transfer_id: Mapped[int] = mapped_column(ForeignKey("transfer.id"), index=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    media_type: Mapped[str] = mapped_column(String(TYPE_LENGTH))
    size: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    handed_in_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    handed_in_by: Mapped[str] = mapped_column(String(WHO_LENGTH))

    transfer: Mapped["Transfer"] = relationship(back_populates="documents")

    @validates("name")
    def _one_line(self, _key: str, name: str) -> str:
        return one_line(name, NAME_LENGTH, Text("ファイル名", "the file's name"))
