"""Snooze: until when nobody wants to hear of a series of a rule. Rows are only added; the newest holds."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from api.models.base import Base, UtcDateTime, utc_now
from api.models.rule_threshold import RULE_LENGTH, WHO_LENGTH


class Snooze(Base):
    """A rest from messages about one series of a rule.

    Attributes:
        rule: id of the rule.
        key: which series, as in `Finding.key`.
        until: when it ends.
        asked_by: a user's name, "command line", or "link" with the channel's name.
    """

    __tablename__ = "snooze"
    __table_args__ = (Index("ix_snooze_series", "rule", "key", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    rule: Mapped[str] = mapped_column(String(RULE_LENGTH))
    key: Mapped[str] = mapped_column(String(1000))
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by: Mapped[str] = mapped_column(String(WHO_LENGTH))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
