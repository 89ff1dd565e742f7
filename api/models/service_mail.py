"""ServiceMail: a mail from the provider itself to one person, on its way."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from api.identity.identifiers import public_id
from api.models.base import Base, UtcDateTime, utc_now, word
from api.models.delivery import WHY_LENGTH, DeliveryState

ADDRESS_LENGTH = 254


class MailPurpose(StrEnum):
    """What a mail is about; `api.mail.purposes` says how each is written."""

    NOTICE = "notice"
    PASSWORD_RESET = "password_reset"  # noqa: S105  # a name


class ServiceMail(Base):
    """One mail to one address. Its text is made when it is sent, so that no link that opens something is stored.

    Attributes:
        public_id: `sm-…`, part of the mail's own id.
        purpose: what it is about.
        subject: public id of what it is about.
        contract_id: of the contract that it concerns; None for staff's own.
        address: to whom.
        lang: "ja" or "en".
        attempts: how often it was tried.
        due_at: when it is to be tried next.
        claimed_until: a worker has it until then; past that, the worker died, and it is anybody's.
        settled_at: when it was sent or given up.
        why: what the server said at the last failure, in Japanese; "" if nothing.
        why_en: and in English.
        reference: the mail's id.
    """

    __tablename__ = "service_mail"
    __table_args__ = (
        Index("ix_service_mail_state_due", "state", "due_at"),
        Index("ix_service_mail_subject", "subject"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=lambda: public_id("sm"))
    purpose: Mapped[MailPurpose] = mapped_column(word(MailPurpose))
    subject: Mapped[str] = mapped_column(String(16))
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"), index=True)
    address: Mapped[str] = mapped_column(String(ADDRESS_LENGTH))
    lang: Mapped[str] = mapped_column(String(2))
    state: Mapped[DeliveryState] = mapped_column(word(DeliveryState), default=DeliveryState.WAITING)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    why: Mapped[str] = mapped_column(String(WHY_LENGTH), default="")
    why_en: Mapped[str] = mapped_column(String(WHY_LENGTH), default="")
    reference: Mapped[str] = mapped_column(String(200), default="")
