"""Taking files away: first a tombstone in the chain, then the files. And clearing up after writers that were killed."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from api.archive.blobs import Blobs
from api.archive.entry import Added, Entry, Event, Removed, decode, object_key, still_there
from api.archive.errors import ArchiveError
from api.archive.journal import Chain, Journal
from api.db import Database
from api.models import RemovedWhy, Report, ReportDraft, ReportEntry
from collectors.text import Text

LEFT_AFTER = timedelta(days=1)
"""A writer that announced an entry so long ago is not at it any more."""


def remove(journal: Journal, chain: Chain, report: Report, why: RemovedWhy, reason: str, by: str) -> Entry:
    """Put the tombstone of a report into the chain; `purge` then deletes what nothing else needs.

    Raises:
        ArchiveError: it is removed already, or the archive cannot be written.
    """

    def make(session: Session) -> Event:
        now = session.get_one(Report, report.id, populate_existing=True)
        if now.removed_at is not None:
            raise ArchiveError(
                Text(f"{now.public_id} はすでに消去されています", f"{now.public_id} was removed already")
            )
        return Removed(added=now.number, why=why, reason=reason)

    return journal.append(chain, make, {}, by)


def purge(database: Database, blobs: Blobs, chain: Chain, now: datetime) -> int:
    """Delete the files of removed reports, and return how many reports that were.

    Raises:
        ArchiveUnavailable: the store does not answer; what is left is deleted next time.
    """
    with database.reading() as session:
        gone = session.scalars(
            select(Report).where(
                Report.contract_id == chain.contract_id, Report.removed_at.is_not(None), Report.purged_at.is_(None)
            )
        ).all()
        needed = _needed(session, chain.contract_id) if gone else set()
    for report in gone:
        for digest, _size in report.files.values():
            if digest not in needed:
                blobs.delete(object_key(chain.contract, str(digest)))
        with database.writing.begin() as session:
            session.get_one(Report, report.id).purged_at = now
    return len(gone)


def clear(database: Database, blobs: Blobs, chain: Chain, now: datetime) -> int:
    """Delete the files of writers that were killed before their entry stood, and return how many writers that were.

    Raises:
        ArchiveUnavailable: the store does not answer; what is left is deleted next time.
    """
    with database.reading() as session:
        drafts = session.scalars(select(ReportDraft).where(ReportDraft.contract_id == chain.contract_id)).all()
        left = [each for each in drafts if now - each.announced_at > LEFT_AFTER]
        if not left:
            return 0
        others = (decode(each.body) for each in drafts if each not in left)
        needed = _needed(session, chain.contract_id) | digests(others)
    for draft in left:
        for digest in digests([decode(draft.body)]) - needed:
            blobs.delete(object_key(chain.contract, digest))
        with database.writing.begin() as session:
            session.execute(delete(ReportDraft).where(ReportDraft.id == draft.id))
    return len(left)


def digests(entries: Iterable[Entry]) -> set[str]:
    """Return the SHA-256 of the files that entries add."""
    added = (entry.event for entry in entries if isinstance(entry.event, Added))
    return {file.sha256 for each in added for file in each.files.values()}


def entries_of(session: Session, contract_id: int) -> dict[int, Entry]:
    """Return a contract's entries by number, as they were noted."""
    rows = session.scalars(select(ReportEntry).where(ReportEntry.contract_id == contract_id))
    return {row.number: decode(row.body) for row in rows}


def _needed(session: Session, contract_id: int) -> set[str]:
    there = still_there(entries_of(session, contract_id))
    return {file.sha256 for added in there.values() for file in added.files.values()}
