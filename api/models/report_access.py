"""ReportAccess: who got which file of a report, and when. Rows are added and never changed."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from api.models.base import Base, UtcDateTime, utc_now, word

WHO_LENGTH = 255


class AccessWay(StrEnum):
    """How somebody came to a file."""

    PORTAL = "portal"
    """Signed in."""

    LINK = "link"
    """By a signed link in a mail."""

    MAIL = "mail"
    """As an attachment."""


class ReportAccess(Base):
    """A file that was handed out.

    Attributes:
        way: how.
        who: public id of the person, or of the channel that the mail or link went to.
        file: its kind, e.g. "pdf".
        hash: its SHA-256.
    """

    __tablename__ = "report_access"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    way: Mapped[AccessWay] = mapped_column(word(AccessWay))
    who: Mapped[str] = mapped_column(String(WHO_LENGTH))
    file: Mapped[str] = mapped_column(String(32))
    hash: Mapped[str] = mapped_column(String(64))
