"""An archive of one contract, of files without meaning."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.archive import index
from api.archive.blobs import Blobs
from api.archive.compare import Fault
from api.archive.entry import Added, Entry, Event, File, sha256
from api.archive.journal import Chain, Journal
from api.archive.local import LocalBlobs
from api.archive.removal import remove
from api.archive.verify import verify
from api.db import Database
from api.models import Contract, RemovedWhy, Report
from tests.api.office import Office

NOW = datetime(2026, 12, 1, 7, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Shop:
    """A contract's archive, and what is done with it again and again."""

    database: Database
    blobs: Blobs
    chain: Chain

    def add(self, content: bytes = b"%PDF", period: str = "2026-11") -> Entry:
        """Add a report of one file."""
        return add(self.database, self.blobs, self.chain, content, period)

    def faults(self) -> list[str]:
        """Return what is wrong, harmless or not."""
        return [str(each.text.en) for each in self.found()]

    def found(self) -> list[Fault]:
        return verify(self.database, self.blobs, self.chain)

    def reports(self) -> list[Report]:
        with self.database.reading() as session:
            return list(index.editions(session, self.chain.contract_id))

    def remove(self, number: int, why: RemovedWhy = RemovedWhy.ERASED) -> Entry:
        """Put a tombstone, and leave the files."""
        report = next(each for each in self.reports() if each.number == number)
        return remove(Journal(self.database, self.blobs), self.chain, report, why, "asked for", "tests")

    @property
    def root(self) -> Path:
        assert isinstance(self.blobs, LocalBlobs)
        return self.blobs.root / self.chain.contract

    def entry(self, number: int) -> Path:
        return self.root / "chain" / f"{number:08d}.json"

    def file(self, content: bytes) -> Path:
        return self.root / "objects" / sha256(content)


def add(database: Database, blobs: Blobs, chain: Chain, content: bytes, period: str = "2026-11") -> Entry:
    """Add a report of one file to a contract's archive."""

    def event(session: Session) -> Event:
        place = index.next_place(session, chain.contract_id, period, "ja")
        return Added(
            period=period,
            lang="ja",
            edition=place.edition,
            supersedes=place.supersedes,
            starts_at=NOW,
            ends_at=NOW,
            built_at=NOW,
            files={"pdf": File(sha256(content), len(content))},
            versions={"tests": "1"},
        )

    return Journal(database, blobs).append(chain, event, {sha256(content): content}, "tests")


def chain_of(database: Database, contract: str) -> Chain:
    """Return a contract's chain."""
    with database.reading() as session:
        found = session.scalars(select(Contract).where(Contract.public_id == contract)).one()
        return Chain(found.id, contract)


@pytest.fixture
def shop(database: Database, office: Office, tmp_path: Path) -> Shop:
    """An empty archive in a directory."""
    return Shop(database, LocalBlobs(tmp_path / "archive"), chain_of(database, office.contract))


Change = Callable[[Path], None]


def overwritten(path: Path, content: bytes) -> None:
    """Change a file of the archive as somebody would who may."""
    path.chmod(0o600)
    path.write_bytes(content)
