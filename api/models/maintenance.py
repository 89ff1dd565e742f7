"""Maintenance window: a time in which what rules find is expected, so that nobody is disturbed by it."""

from datetime import date, datetime, time

from sqlalchemy import JSON, Date, ForeignKey, Integer, String, Time
from sqlalchemy.orm import Mapped, mapped_column, validates

from api.identity.identifiers import public_id
from api.models.base import Base, UtcDateTime, utc_now
from api.models.rule_threshold import REASON_LENGTH, RULE_LENGTH, SUBJECT_LENGTH, WHO_LENGTH
from api.plaintext import one_line
from collectors.text import Text


class MaintenanceWindow(Base):
    """When and for what findings are held back: once, or again on days of the week.

    Attributes:
        public_id: `w-…`.
        site: public id of the site that it is for; "" for all.
        subject: public id of the device, or id of the equipment; "" for all.
        rule: id of the rule; "" for all.
        begins_at: when it begins; None for a recurring one.
        ends_at: when it ends; None for a recurring one.
        weekdays: days of a recurring one, Monday is 0, in Japan's time.
        from_time: when it begins on these days, in Japan's time.
        minutes: how long it lasts; it may last past midnight.
        first_day: its first day; None for a one-off.
        last_day: its last day; a recurring window always has one, or it would be forgotten.
        reason: what is done then, for people.
        made_by: a user's name, or "command line".
        cancelled_at: since when it holds nothing back any more.
    """

    __tablename__ = "maintenance_window"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=lambda: public_id("w"))
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    site: Mapped[str] = mapped_column(String(16), default="")
    subject: Mapped[str] = mapped_column(String(SUBJECT_LENGTH), default="")
    rule: Mapped[str] = mapped_column(String(RULE_LENGTH), default="")
    begins_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    weekdays: Mapped[list[int] | None] = mapped_column(JSON)
    from_time: Mapped[time | None] = mapped_column(Time)
    minutes: Mapped[int | None] = mapped_column(Integer)
    first_day: Mapped[date | None] = mapped_column(Date)
    last_day: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH))
    made_by: Mapped[str] = mapped_column(String(WHO_LENGTH))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @validates("reason")
    def _one_line(self, _key: str, reason: str) -> str:
        return one_line(reason, REASON_LENGTH, Text("理由", "the reason"))
