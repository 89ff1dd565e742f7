"""ReportPlan: when a contract gets its reports, how, and how long they are kept."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from api.models.base import Base, UtcDateTime, utc_now, word
from collectors.text import Text

FIRST_DAY, FIRST_HOUR = 1, 7
"""Where nothing else is chosen: on the 1st at 07:00, Asia/Tokyo."""


class Sending(StrEnum):
    """How a report that was made by the schedule reaches people."""

    ATTACH = "attach"
    """As a PDF in the mail; as a link where it is too large for that."""

    LINK = "link"
    """As a signed link."""

    NONE = "none"
    """It waits in the portal."""


SENDING_WORDS: Mapping[str, Text] = {
    Sending.ATTACH: Text("PDFを添付", "PDF attached"),
    Sending.LINK: Text("リンク", "link"),
    Sending.NONE: Text("送らない", "not sent"),
}
"""Value -> its name for people."""


class ReportPlan(Base):
    """What was agreed with a contract about its reports. Days and hours are of Asia/Tokyo.

    Attributes:
        monthly_since: no month that ended before this is made by the schedule; None: no monthly reports.
        day: of the following month, 1 to 28.
        hour: 0 to 23.
        weekly_since: as `monthly_since`, of weeks.
        weekday: of the following week, 0 Monday to 6 Sunday.
        sending: how a report reaches people.
        channels: public ids of the mail channels that get it; None for all of the contract.
        keep_months: months after its period's end for which a report is kept; None: for good.
    """

    __tablename__ = "report_plan"
    __table_args__ = (
        CheckConstraint("day BETWEEN 1 AND 28", name="day"),
        CheckConstraint("hour BETWEEN 0 AND 23", name="hour"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("keep_months IS NULL OR keep_months > 0", name="keep_months"),
    )

    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), primary_key=True, autoincrement=False)
    monthly_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    day: Mapped[int] = mapped_column(Integer, default=FIRST_DAY)
    hour: Mapped[int] = mapped_column(Integer, default=FIRST_HOUR)
    weekly_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    weekday: Mapped[int] = mapped_column(Integer, default=0)
    sending: Mapped[Sending] = mapped_column(word(Sending), default=Sending.ATTACH)
    channels: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    keep_months: Mapped[int | None] = mapped_column(Integer)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    changed_by: Mapped[str] = mapped_column(String(255), default="")
