"""Reports of before there was an archive: plain files, three to a report, which are taken in at first use."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from api.archive.entry import Added, Event, File, sha256
from api.archive.index import next_place
from api.archive.journal import Chain, Journal
from api.archive.removal import entries_of
from api.db import Database
from api.reports.period import PeriodError, named
from api.reports.shelf import Shelf
from api.reports.store import MEDIA_TYPES, StoredReport, not_written, read_name

_OF_ALL_TIME = datetime(2999, 12, 31, tzinfo=UTC)

_BY, ADOPTED = "adoption", "adopted"


def adopt(database: Database, journal: Journal, shelf: Shelf, chain: Chain) -> int:
    """Take in the plain files of a contract, the oldest period first, and return how many reports that were.

    It is done until the first report is built into the archive. Later on plain files among the reports are not ours,
    and `verify` says so. Killed on the way, it goes on with the rest.

    Raises:
        ArchiveError: the store does not take them.
        ReportError: the directory cannot be read.
    """
    plain = _plain(shelf, chain.contract)
    if not plain:
        return 0
    with database.reading() as session:
        entries = entries_of(session, chain.contract_id).values()
    events = [entry.event for entry in entries]
    if not all(isinstance(event, Added) and event.origin == ADOPTED for event in events):
        return 0
    known = {(event.period, event.lang) for event in events if isinstance(event, Added)}
    new = [each for each in plain if (each.period, each.lang) not in known]
    for stored in new:
        _take_in(journal, chain, stored)
    return len(new)


def _plain(shelf: Shelf, contract: str) -> list[StoredReport]:
    if not shelf.directory.is_dir():
        return []
    try:
        names = [read_name(path.name) for path in shelf.directory.iterdir() if not path.is_symlink()]
    except OSError as error:
        raise not_written(shelf.directory, error) from None
    found = {
        StoredReport(contract, each.period, each.lang, shelf.directory)
        for each in names
        if each is not None and each.contract == contract
    }
    return sorted((each for each in found if each.is_finished), key=lambda each: (each.period, each.lang))


def _take_in(journal: Journal, chain: Chain, stored: StoredReport) -> None:
    files = {kind: stored.path(kind).read_bytes() for kind in MEDIA_TYPES if stored.path(kind).is_file()}
    try:
        period = named(stored.period, _OF_ALL_TIME)
    except PeriodError:  # no month that there is
        return
    built_at = datetime.fromtimestamp(stored.path("pdf").stat().st_mtime, UTC)

    def make(session: Session) -> Event:
        place = next_place(session, chain.contract_id, stored.period, stored.lang)
        return Added(
            period=stored.period,
            lang=stored.lang,
            edition=place.edition,
            supersedes=place.supersedes,
            starts_at=period.start.astimezone(UTC),
            ends_at=period.end.astimezone(UTC),
            built_at=built_at,
            files={kind: File(sha256(content), len(content)) for kind, content in files.items()},
            versions={},
            origin=ADOPTED,
        )

    journal.append(chain, make, {sha256(content): content for content in files.values()}, _BY)
