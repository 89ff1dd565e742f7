"""Reading a contract's archive and what the database knows of it, to be compared. Changes nothing."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.archive.blobs import Blobs
from api.archive.compare import Fault, Found, Known, Row, compare
from api.archive.entry import decode, digest_of, number_of, sha256
from api.archive.journal import Chain
from api.archive.removal import digests
from api.db import Database
from api.models import Report, ReportDraft, ReportEntry
from collectors.text import Text

_TRIES = 5


def verify(database: Database, blobs: Blobs, chain: Chain) -> list[Fault]:
    """Return what is wrong with a contract's archive; every file is read.

    Raises:
        ArchiveUnavailable: the store does not answer.
    """
    for _ in range(_TRIES):
        with database.reading() as session:
            before = _known(session, chain.contract_id)
        found = _found(blobs, chain.contract)
        with database.reading() as session:
            after = _known(session, chain.contract_id)
        if (
            before.entries.keys() == after.entries.keys()
        ):  # else somebody wrote meanwhile: what was read is of two times
            break
    announced = {
        number: before.announced.get(number, frozenset()) | after.announced.get(number, frozenset())
        for number in {*before.announced, *after.announced}
    }
    files = before.announced_files | after.announced_files
    return compare(chain.contract, replace(before, announced=announced, announced_files=files), found)


def strangers(blobs: Blobs, contracts: Iterable[str]) -> Iterator[Fault]:
    """Yield what the store holds of no contract that there is.

    Raises:
        ArchiveUnavailable: the store does not answer.
    """
    known = {*contracts, "check"}
    for key in sorted(blobs.list("")):
        if key.partition("/")[0] not in known:
            yield Fault(key, Text("どの契約のものでもないファイルです", "the file belongs to no contract"))


def _known(session: Session, contract_id: int) -> Known:
    entries = session.scalars(select(ReportEntry).where(ReportEntry.contract_id == contract_id))
    drafts = session.scalars(select(ReportDraft).where(ReportDraft.contract_id == contract_id)).all()
    rows = session.scalars(select(Report).where(Report.contract_id == contract_id))
    announced: defaultdict[int, set[str]] = defaultdict(set)
    for draft in drafts:
        announced[draft.number].add(draft.hash)
    return Known(
        entries={each.number: (each.hash, each.body) for each in entries},
        announced={number: frozenset(hashes) for number, hashes in announced.items()},
        announced_files=frozenset(digests(decode(draft.body) for draft in drafts)),
        rows={
            each.number: Row(
                each.period,
                each.lang,
                each.edition,
                {kind: str(digest) for kind, (digest, _size) in each.files.items()},
                each.removed_at is not None,
                each.purged_at is not None,
            )
            for each in rows
        },
    )


def _found(blobs: Blobs, contract: str) -> Found:
    entries: dict[int, bytes] = {}
    objects: dict[str, str] = {}
    others: list[str] = []
    for key in sorted(blobs.list(f"{contract}/")):
        number, digest = number_of(contract, key), digest_of(contract, key)
        if number is None and digest is None:
            others.append(key)
            continue
        content = blobs.get(key)
        if content is None:  # taken away while this was reading
            continue
        if number is not None:
            entries[number] = content
        elif digest is not None:
            objects[digest] = sha256(content)
    return Found(entries, objects, tuple(others))
