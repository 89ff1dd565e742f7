"""Notice: a formal message to a customer, and its way there."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from api.identity.identifiers import public_id
from api.models.base import Base, UtcDateTime, utc_now, word
from collectors.text import Text as Words

if TYPE_CHECKING:
    from api.models.contract import Contract

SUBJECT_LENGTH, WHO_LENGTH, WHY_LENGTH = 200, 255, 500


class NoticeState(StrEnum):
    """Where a notice stands."""

    WAITING = "waiting"
    """It is in the portal and on its way by mail; it is not dispatched yet."""

    DISPATCHED = "dispatched"
    """A mail server took it for at least one recipient, or somebody sent it otherwise and said so."""

    CANCELLED = "cancelled"
    """It was taken back before it was dispatched."""


NOTICE_STATE_WORDS: Mapping[str, Words] = {
    NoticeState.WAITING: Words("未発信", "not dispatched yet"),
    NoticeState.DISPATCHED: Words("発信済み", "dispatched"),
    NoticeState.CANCELLED: Words("取消", "cancelled"),
}
"""Value -> its name for people."""


class Dispatch(StrEnum):
    """How a notice was dispatched."""

    MAIL = "mail"
    POST = "post"
    HAND = "hand"


DISPATCH_WORDS: Mapping[str, Words] = {
    Dispatch.MAIL: Words("電子メール", "mail"),
    Dispatch.POST: Words("郵送", "post"),
    Dispatch.HAND: Words("手渡し", "by hand"),
}
"""Value -> its name for people."""


class Notice(Base):
    """One formal message about one contract. What it says is written down when it is made, in both languages.

    Attributes:
        public_id: `n-…`.
        kind: name of its template in `api.notices.kinds`.
        facts: what the template was filled in with.
        subject: one line, in Japanese.
        subject_en: and in English.
        body: its text, in Japanese.
        body_en: and in English.
        effective_on: the day in Japan from which on what it tells of holds; None if it has none.
        effect: what happens to the contract when it is dispatched, `{"event", "code", "note"}`; None if nothing.
        state: where it stands.
        made_by: who wrote it.
        dispatched_at: when it was dispatched; None while it is not.
        dispatched_by: how.
        dispatch_note: what was said of it, e.g. the number of a registered letter; "" if nothing.
        acknowledged_at: when a user of the contract said that it was read; None while nobody did.
        acknowledged_by: public id of that user.
    """

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_contract_id_id", "contract_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=lambda: public_id("n"))
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    kind: Mapped[str] = mapped_column(String(32))
    facts: Mapped[dict[str, object]] = mapped_column(JSON)
    subject: Mapped[str] = mapped_column(String(SUBJECT_LENGTH))
    subject_en: Mapped[str] = mapped_column(String(SUBJECT_LENGTH))
    body: Mapped[str] = mapped_column(Text)
    body_en: Mapped[str] = mapped_column(Text)
    effective_on: Mapped[date | None]
    effect: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    state: Mapped[NoticeState] = mapped_column(word(NoticeState), default=NoticeState.WAITING, index=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    made_by: Mapped[str] = mapped_column(String(WHO_LENGTH))
    dispatched_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dispatched_by: Mapped[Dispatch | None] = mapped_column(word(Dispatch))
    dispatch_note: Mapped[str] = mapped_column(String(WHY_LENGTH), default="")
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acknowledged_by: Mapped[str] = mapped_column(String(16), default="")

    contract: Mapped["Contract"] = relationship()
