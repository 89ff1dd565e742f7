"""ReportRun: a report that is due, from when it is until it was made or given up."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.models.base import Base, UtcDateTime, utc_now, word
from api.models.report import PERIOD_LENGTH
from collectors.text import Text

WHY_LENGTH = 500


class RunState(StrEnum):
    """How far a report is."""

    WAITING = "waiting"
    DONE = "done"
    SKIPPED = "skipped"
    """The contract did not run any more when its turn came."""

    DEAD = "dead"
    """Given up after days of failures. Stays to be seen; `karte report build` makes it by hand."""


RUN_WORDS: Mapping[str, Text] = {
    RunState.WAITING: Text("作成待ち", "waiting"),
    RunState.DONE: Text("作成済み", "made"),
    RunState.SKIPPED: Text("対象外", "skipped"),
    RunState.DEAD: Text("作成できず", "given up"),
}
"""State -> its name for people."""


class ReportRun(Base):
    """A report that the schedule asked for; there is one of each contract and period.

    Attributes:
        period: YYYY-MM or YYYY-Www.
        due_at: when it is to be tried next.
        attempts: how often it was tried.
        claimed_until: a worker has it until then; past that, the worker died, and it is anybody's.
        settled_at: when it was made or given up.
        report_id: the edition that came of it.
        why: what went wrong last, in Japanese; "" if nothing did.
        why_en: and in English.
    """

    __tablename__ = "report_run"
    __table_args__ = (
        UniqueConstraint("contract_id", "period", name="uq_report_run_period"),
        Index("ix_report_run_state_due", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    period: Mapped[str] = mapped_column(String(PERIOD_LENGTH))
    state: Mapped[RunState] = mapped_column(word(RunState), default=RunState.WAITING)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    report_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"))
    why: Mapped[str] = mapped_column(String(WHY_LENGTH), default="")
    why_en: Mapped[str] = mapped_column(String(WHY_LENGTH), default="")
