"""Writing a contract's chain: several may write at once, and any may be killed at any moment.

An entry is written in four steps, of which each is whole or not there at all:

1. It is announced in the database, with the number after the last one.
2. The files that it names are put into the store.
3. The entry itself is put into the store. Only one writer gets a number: the others are told, and begin anew.
4. It is noted in the database as kept, and lists show it from then on.

What is in the store and was announced is ours, whoever died before step 4: the next writer, or a look at what was left
over, notes it. What is there and was not announced, somebody else put there: nothing is written then any more.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.archive.blobs import Blobs
from api.archive.entry import (
    NO_PREVIOUS,
    Entry,
    Event,
    decode,
    encode,
    entry_key,
    object_key,
    sha256,
)
from api.archive.errors import ArchiveChanged, ArchiveUnavailable
from api.archive.index import note
from api.db import Database
from api.models import ReportDraft, ReportEntry
from api.models.base import utc_now
from collectors.text import Text

_MOST_TRIES = 100
"""So often another writer would have to come first, each with an entry of its own."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Whose chain it is.

    Attributes:
        contract_id: its row.
        contract: its public id.
    """

    contract_id: int
    contract: str


@dataclass(frozen=True, slots=True)
class _Draft:
    id: int
    number: int
    body: bytes


class Journal:
    """Writes entries.

    Args:
        database: where they are announced and noted.
        blobs: the store.
        now: tells this moment.
    """

    def __init__(self, database: Database, blobs: Blobs, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._blobs = blobs
        self._now = now

    def append(self, chain: Chain, make: Callable[[Session], Event], files: Mapping[str, bytes], by: str) -> Entry:
        """Write an entry with its files.

        Args:
            chain: whose.
            make: returns what happened, by what the chain holds so far; called again where another writer was first.
            files: SHA-256 -> content of the files that the event names.
            by: who writes.

        Raises:
            ArchiveUnavailable: the store does not take it; nothing is listed then.
            ArchiveChanged: the store holds what nobody announced.
            SQLAlchemyError: the database failed; what the store has by then is noted later.
        """
        self.catch_up(chain)  # so that nothing is put behind what is not ours
        draft: _Draft | None = None
        for _ in range(_MOST_TRIES):
            draft = self._announce(chain, make, by, instead_of=draft)
            for digest, content in files.items():
                self._put_file(object_key(chain.contract, digest), digest, content)
            files = {}
            key = entry_key(chain.contract, draft.number)
            # The store may have taken it though its answer was lost, and then says that there is something.
            if self._blobs.put(key, draft.body) or self._blobs.get(key) == draft.body:
                self._settle(chain, draft.number, draft.body)
                return decode(draft.body)
            self.catch_up(chain)
        raise ArchiveUnavailable(
            Text(
                f"契約 {chain.contract} のレポートをほかのプロセスが書き込み続けています",
                f"other processes keep writing reports of contract {chain.contract}",
            )
        )

    def catch_up(self, chain: Chain, *, trusting: bool = False) -> int:
        """Note entries that are in the store and were announced, and return how many there were.

        Args:
            chain: whose.
            trusting: also what nobody announced, where it goes on from the last entry that is noted: for a database
                that was restored from an older backup.

        Raises:
            ArchiveUnavailable: the store does not answer.
            ArchiveChanged: the next entry in the store was announced by nobody.
        """
        done = 0
        while True:
            with self._database.reading() as session:
                number = last_number(session, chain.contract_id) + 1
            body = self._blobs.get(entry_key(chain.contract, number))
            if body is None:
                return done
            with self._database.reading() as session:
                announced = session.scalar(
                    select(ReportDraft.id).where(
                        ReportDraft.contract_id == chain.contract_id,
                        ReportDraft.number == number,
                        ReportDraft.hash == sha256(body),
                    )
                )
                is_known = last_number(session, chain.contract_id) >= number  # noted by another meanwhile
            if is_known:
                continue
            if announced is None and not (trusting and self._goes_on(chain, number, body)):
                raise ArchiveChanged(
                    Text(
                        f"契約 {chain.contract} の保管場所に、記録にない {number} 番の項目があります。"
                        "karte report verify で確認してください",
                        f"the archive of contract {chain.contract} holds an entry {number} that nobody announced; "
                        "see karte report verify",
                    )
                )
            self._settle(chain, number, body)
            done += 1

    def _goes_on(self, chain: Chain, number: int, body: bytes) -> bool:
        with self._database.reading() as session:
            last = session.scalar(
                select(ReportEntry.hash).where(
                    ReportEntry.contract_id == chain.contract_id, ReportEntry.number == number - 1
                )
            )
        try:
            entry = decode(body)
        except ValueError:
            return False
        return (entry.contract, entry.number, entry.previous) == (chain.contract, number, last or NO_PREVIOUS)

    def _announce(self, chain: Chain, make: Callable[[Session], Event], by: str, instead_of: _Draft | None) -> _Draft:
        with self._database.writing.begin() as session:
            if instead_of is not None:
                session.execute(delete(ReportDraft).where(ReportDraft.id == instead_of.id))
            last = session.scalar(
                select(ReportEntry)
                .where(ReportEntry.contract_id == chain.contract_id)
                .order_by(ReportEntry.number.desc())
                .limit(1)
            )
            now = self._now()
            body = encode(
                Entry(
                    contract=chain.contract,
                    number=last.number + 1 if last else 1,
                    previous=last.hash if last else NO_PREVIOUS,
                    at=now,
                    by=by,
                    event=make(session),
                )
            )
            row = ReportDraft(
                contract_id=chain.contract_id,
                number=last.number + 1 if last else 1,
                hash=sha256(body),
                body=body,
                announced_at=now,
            )
            session.add(row)
            session.flush()
            return _Draft(row.id, row.number, body)

    def _put_file(self, key: str, digest: str, content: bytes) -> None:
        if self._blobs.put(key, content):
            return
        there = self._blobs.get(key)
        if there is None or sha256(there) != digest:
            raise ArchiveChanged(
                Text(
                    f"保管場所の {key} の内容が変わっています。karte report verify で確認してください",
                    f"{key} in the archive was changed; see karte report verify",
                )
            )

    def _settle(self, chain: Chain, number: int, body: bytes) -> None:
        digest = sha256(body)
        ours = (ReportDraft.contract_id == chain.contract_id, ReportDraft.hash == digest)
        try:
            with self._database.writing.begin() as session:
                session.execute(delete(ReportDraft).where(*ours))
                if last_number(session, chain.contract_id) < number:
                    session.add(
                        ReportEntry(
                            contract_id=chain.contract_id, number=number, hash=digest, body=body, kept_at=self._now()
                        )
                    )
                    note(session, chain.contract_id, decode(body))
        except IntegrityError:
            # Another noted it in the same moment, which is all that was wanted; where it did not, catching up will.
            self.catch_up(chain)


def last_number(session: Session, contract_id: int) -> int:
    """Return the number of a contract's last entry that is noted; 0 where there is none."""
    asked = select(func.max(ReportEntry.number)).where(ReportEntry.contract_id == contract_id)
    return session.scalar(asked) or 0
