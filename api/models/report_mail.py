"""ReportMail: one mail with a report to one channel, from when it is due until it was sent or given up."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.identity.identifiers import public_id
from api.models.base import Base, UtcDateTime, utc_now, word
from api.models.delivery import WHY_LENGTH, DeliveryState
from api.models.report_plan import Sending


class ReportMail(Base):
    """A mail that tells of a report.

    Attributes:
        public_id: `rm-…`; part of the mail's id, the same when it is sent again.
        sending: attached or as a link; as a link also where it turned out too large.
        due_at: when it is to be tried next.
        attempts: how often it was tried.
        claimed_until: a worker has it until then; past that, the worker died, and it is anybody's.
        settled_at: when it was sent or given up.
        why: what the server said at the last failure, or whom a sent one did not reach, in Japanese; "" if nothing.
        why_en: and in English.
        reference: the mail's id.
    """

    __tablename__ = "report_mail"
    __table_args__ = (
        UniqueConstraint("report_id", "channel_id", name="uq_report_mail_channel"),
        Index("ix_report_mail_state_due", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=lambda: public_id("rm"))
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id"), index=True)
    sending: Mapped[Sending] = mapped_column(word(Sending))
    state: Mapped[DeliveryState] = mapped_column(word(DeliveryState), default=DeliveryState.WAITING)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    why: Mapped[str] = mapped_column(String(WHY_LENGTH), default="")
    why_en: Mapped[str] = mapped_column(String(WHY_LENGTH), default="")
    reference: Mapped[str] = mapped_column(String(200), default="")
