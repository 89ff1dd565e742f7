"""How far the hourly rollup is, and of which contracts hours must be rolled up again."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from api.models.base import Base, UtcDateTime


class RollupProgress(Base):
    """The one row that says how far the rollup is, and who works on it.

    Attributes:
        id: always 1.
        done_until: start of a UTC hour; every hour before it is rolled up, but for what `RollupPending` names. None
            until the first hour is.
        lease_holder: who rolls up now; None if nobody does.
        leased_until: when the lease of a holder that was killed ends.
    """

    __tablename__ = "rollup_progress"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    done_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_holder: Mapped[str | None] = mapped_column(String(36))
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RollupPending(Base):
    """A contract that got points of hours that were over.

    Attributes:
        contract_id: the contract.
        since: start of the UTC hour of its oldest such point; from it on the rollup may lack some.
        fresh_since: as `since`, of the points that came after a run took the row on; None if none came.
        version: raised by every note.
        noted_at: when it was last noted.
    """

    __tablename__ = "rollup_pending"

    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), primary_key=True, autoincrement=False)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    fresh_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, default=1)
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)
