"""FailedTries: how often in a row something that could be guessed was tried in vain."""

from datetime import datetime

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from api.models.base import Base, UtcDateTime


class FailedTries(Base):
    """One row for whatever was tried, whether it exists or not, so that neither answers nor times tell which do.

    Attributes:
        subject: hash of what was tried, e.g. of a user name.
        failures: how many in a row.
        last_at: when the last one was; after a day it begins anew.
        closed_until: until then every further try is refused unseen; None while it is not.
    """

    __tablename__ = "failed_tries"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(64), unique=True)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    closed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
