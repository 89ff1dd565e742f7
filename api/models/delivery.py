"""Delivery: one message to one channel, from when it is due until it was sent or given up."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.identity.identifiers import public_id
from api.models.base import Base, UtcDateTime, utc_now, word
from collectors.text import Text

WHY_LENGTH = 500


class DeliveryKind(StrEnum):
    """Why a message is sent, and with that how long others are waited for that go into the same one."""

    URGENT = "urgent"
    """Findings to be acted on today, and their end."""

    NORMAL = "normal"
    """Findings of this week, and their end."""

    DIGEST = "digest"
    """What can wait for the daily summary."""

    REMINDER = "reminder"
    """Findings that are still open and that nobody has taken up."""


class DeliveryState(StrEnum):
    """How far a delivery is."""

    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"
    """Given up: refused, or too often failed. Stays to be seen, and can be tried again by hand."""


DELIVERY_WORDS: Mapping[str, Text] = {
    DeliveryState.WAITING: Text("送信待ち", "waiting"),
    DeliveryState.SENT: Text("送信済み", "sent"),
    DeliveryState.DEAD: Text("送信できず", "given up"),
}
"""State -> its name for people."""


class Happening(StrEnum):
    """What a message tells of a finding."""

    OPENED = "opened"
    CLOSED = "closed"
    REMINDER = "reminder"


class Delivery(Base):
    """A message to a channel.

    Attributes:
        public_id: `m-…`; the receiver gets it too, so that a message that came twice can be told.
        note: what else is to be said, e.g. "maintenance:3"; see `api.relay.notes`.
        due_at: when it is to be tried next.
        attempts: how often it was tried.
        claimed_until: a worker has it until then; past that, the worker died, and it is anybody's.
        settled_at: when it was sent or given up.
        why: what the channel said at the last failure, or whom a sent one did not reach, in Japanese;
            "" if there is nothing to say.
        why_en: and in English.
        reference: what the channel names the message, if it tells.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_state_due", "state", "due_at"),
        Index("ix_delivery_channel_state", "channel_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=lambda: public_id("m"))
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id"))
    kind: Mapped[DeliveryKind] = mapped_column(word(DeliveryKind))
    note: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[DeliveryState] = mapped_column(word(DeliveryState), default=DeliveryState.WAITING)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    why: Mapped[str] = mapped_column(String(WHY_LENGTH), default="")
    why_en: Mapped[str] = mapped_column(String(WHY_LENGTH), default="")
    reference: Mapped[str] = mapped_column(String(200), default="")


class DeliveryItem(Base):
    """A finding of which a delivery tells.

    Attributes:
        flaps: how often the finding had come within a while when it was damped; 0 if it was not.
    """

    __tablename__ = "delivery_item"
    __table_args__ = (UniqueConstraint("delivery_id", "finding_id", "happening", name="uq_delivery_item_finding"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"))
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"), index=True)
    happening: Mapped[Happening] = mapped_column(word(Happening))
    flaps: Mapped[int] = mapped_column(Integer, default=0)
