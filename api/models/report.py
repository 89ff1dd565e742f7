"""Reports that were archived, and the chain of entries that says which there are."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.identity.identifiers import public_id
from api.models.base import Base, UtcDateTime, utc_now, word

PERIOD_LENGTH = 16


class RemovedWhy(StrEnum):
    """Why the files of a report are gone."""

    ERASED = "erased"
    """Somebody asked for it."""

    RETENTION = "retention"
    """It was older than what the contract keeps."""


class ReportEntry(Base):
    """An entry of a contract's chain, byte for byte as it stands in the archive.

    Attributes:
        number: 1 for the contract's first; no number is left out.
        hash: SHA-256 of `body`; the next entry names it.
        body: the entry's JSON.
        kept_at: when it was found in the archive and noted here.
    """

    __tablename__ = "report_entry"
    __table_args__ = (UniqueConstraint("contract_id", "number", name="uq_report_entry_number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    number: Mapped[int] = mapped_column(Integer)
    hash: Mapped[str] = mapped_column(String(64))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class ReportDraft(Base):
    """An entry that somebody is about to write to the archive. What is found there and was announced here is ours.

    Attributes:
        number: where it is to stand.
        hash: SHA-256 of `body`.
        body: the entry's JSON.
        announced_at: when; one that is old was left by a process that was killed.
    """

    __tablename__ = "report_draft"
    __table_args__ = (Index("ix_report_draft_number", "contract_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    number: Mapped[int] = mapped_column(Integer)
    hash: Mapped[str] = mapped_column(String(64))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    announced_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class Report(Base):
    """One edition of a report, as its entry tells; for lists and downloads.

    Attributes:
        public_id: `k-…`.
        number: of the entry that added it.
        period: YYYY-MM, or YYYY-Www for a week (ISO 8601).
        lang: "ja" or "en".
        edition: 1 for the first of its period and language; the highest one holds.
        starts_at: first moment that it covers.
        ends_at: where it stops.
        built_at: when it was added.
        files: kind ("pdf") -> [SHA-256, size in bytes].
        removed_at: since when its files are gone; None while they are there.
        removed_why: why.
        purged_at: when the files were deleted; None until that is done.
    """

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("contract_id", "period", "lang", "edition", name="uq_report_edition"),
        UniqueConstraint("contract_id", "number", name="uq_report_number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=lambda: public_id("k"))
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    number: Mapped[int] = mapped_column(Integer)
    period: Mapped[str] = mapped_column(String(PERIOD_LENGTH))
    lang: Mapped[str] = mapped_column(String(2))
    edition: Mapped[int] = mapped_column(Integer)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    built_at: Mapped[datetime] = mapped_column(UtcDateTime)
    files: Mapped[dict[str, list[object]]] = mapped_column(JSON)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed_why: Mapped[RemovedWhy | None] = mapped_column(word(RemovedWhy))
    purged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
