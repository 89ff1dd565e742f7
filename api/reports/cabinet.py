"""The archive of reports, opened: its store, its journal, and the shelf where people find files by name."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from api.archive import index
from api.archive.blobs import Blobs
from api.archive.entry import object_key, sha256
from api.archive.errors import ArchiveChanged
from api.archive.journal import Chain, Journal
from api.archive.opening import open_blobs
from api.archive.removal import clear, purge, remove
from api.config import Config
from api.db import Database
from api.models import Contract, RemovedWhy, Report, ReportDraft, ReportEntry
from api.models.base import utc_now
from api.reports.adoption import adopt
from api.reports.shelf import Shelf
from collectors.text import Text


@dataclass(frozen=True, slots=True)
class Cabinet:
    """All that reports are kept in.

    Attributes:
        database: what the chains are noted in.
        blobs: the archive's store.
        root: directory of the shelves.
    """

    database: Database
    blobs: Blobs
    root: Path

    @property
    def journal(self) -> Journal:
        """What writes the chains."""
        return Journal(self.database, self.blobs)

    def shelf(self, contract: str) -> Shelf:
        """Return where a contract's reports are found by name.

        Raises:
            ReportError: the id could name a place elsewhere.
        """
        return Shelf(self.root, contract, self.blobs)

    def content(self, report: Report, contract: str, kind: str) -> bytes:
        """Return a file of a report, as it was when it was archived.

        Raises:
            ArchiveChanged: it is gone or was changed.
            ArchiveUnavailable: the store does not answer.
        """
        digest = str(report.files[kind][0])
        key = object_key(contract, digest)
        content = self.blobs.get(key)
        if content is None or sha256(content) != digest:
            raise ArchiveChanged(
                Text(
                    f"{key} がなくなったか、書き換えられています。karte report verify で確認してください",
                    f"{key} in the archive is gone or was changed; see karte report verify",
                )
            )
        return content

    def settle(self, chain: Chain) -> None:
        """Take up what was left: reports of before there was an archive, entries and removals that were cut off.

        Raises:
            ArchiveError: the store does not answer, or holds what nobody announced.
            ReportError: the shelf cannot be written.
        """
        adopted = adopt(self.database, self.journal, self.shelf(chain.contract), chain)
        with self.database.reading() as session:
            has_drafts = session.scalar(_drafts(chain).limit(1)) is not None
            is_cut_off = session.scalar(_removals(chain).limit(1)) is not None
        if has_drafts:
            self.journal.catch_up(chain)
            clear(self.database, self.blobs, chain, utc_now())
        if is_cut_off:
            purge(self.database, self.blobs, chain, utc_now())
        if adopted or has_drafts or is_cut_off:
            self.tidy(chain)

    def tidy(self, chain: Chain) -> None:
        """Let every name on the shelf lead to the newest edition.

        Raises:
            ArchiveError: the store does not answer.
            ReportError: the shelf cannot be written.
        """
        shelf = self.shelf(chain.contract)
        with self.database.reading() as session:
            shown = {(each.period, each.lang): each for each in index.newest(session, chain.contract_id)}
            gone = [
                each for each in index.editions(session, chain.contract_id) if (each.period, each.lang) not in shown
            ]
        for report in gone:
            shelf.hide(report)
        for report in shown.values():
            shelf.show(report)

    def erase(self, chain: Chain, report: Report, why: RemovedWhy, reason: str, by: str) -> None:
        """Take the files of a report away; a tombstone stays in the chain.

        Raises:
            ArchiveError: they are gone already, or the archive cannot be written.
            ReportError: the shelf cannot be written.
        """
        remove(self.journal, chain, report, why, reason, by)
        purge(self.database, self.blobs, chain, utc_now())
        self.tidy(chain)


def open_cabinet(config: Config, database: Database) -> Cabinet:
    """Open the archive that the settings name.

    Raises:
        ArchiveError: it cannot be used.
    """
    return Cabinet(database, open_blobs(config), config.report_dir)


def chain_of(contract: Contract) -> Chain:
    """Return whose chain a contract's is."""
    return Chain(contract.id, contract.public_id)


def chains(session: Session) -> list[Chain]:
    """Return the chains of all contracts."""
    return [chain_of(each) for each in session.scalars(select(Contract).order_by(Contract.id))]


def unsettled(session: Session, root: Path) -> list[Chain]:
    """Return the chains of contracts for which `Cabinet.settle` has something to do."""
    cut_off = select(Report.contract_id).where(Report.removed_at.is_not(None), Report.purged_at.is_(None))
    asked = set(session.scalars(select(ReportDraft.contract_id))) | set(session.scalars(cut_off))
    begun = set(session.scalars(select(ReportEntry.contract_id).where(ReportEntry.number == 1)))
    return [
        each
        for each in chains(session)
        if each.contract_id in asked or (each.contract_id not in begun and (root / each.contract).is_dir())
    ]


def _drafts(chain: Chain) -> Select[int]:
    return select(ReportDraft.id).where(ReportDraft.contract_id == chain.contract_id)


def _removals(chain: Chain) -> Select[int]:
    return select(Report.id).where(
        Report.contract_id == chain.contract_id, Report.removed_at.is_not(None), Report.purged_at.is_(None)
    )
