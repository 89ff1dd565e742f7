import threading
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from api.db import Database, DatabaseError, open_database
from api.models import Contract, Site
from tests.api.office import Office


@pytest.mark.dialect("sqlite")
def test_sqlite_is_set_up_for_several_processes(database: Database) -> None:
    with database.engine.connect() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
        assert connection.scalar(text("PRAGMA busy_timeout")) == 10_000


def test_a_new_database_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "karte.db"
    open_database(f"sqlite:///{path}").close()
    assert path.stat().st_mode & 0o777 == 0o600


def test_it_keeps_references_whole(database: Database) -> None:
    with pytest.raises(IntegrityError, match=r"FOREIGN KEY|fk_site_contract_id"), database.writing.begin() as session:
        session.add(Site(name="本社", prefecture="13", contract_id=4711))


def test_what_fails_leaves_nothing_behind(database: Database) -> None:
    def fail_halfway() -> None:
        with database.writing.begin() as session:
            session.add(Contract(name="x"))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_halfway()
    with database.reading() as session:
        assert session.query(Contract).count() == 0


@pytest.mark.dialect("sqlite")
def test_a_writer_waits_for_the_other_before_it_reads(database: Database, office: Office) -> None:
    """Else both would read the same number and one increment would be lost."""
    start = threading.Barrier(4)

    def count_up() -> None:
        start.wait()
        for _ in range(5):
            with database.writing.begin() as session:
                contract = session.query(Contract).one()
                contract.quota_base += 1

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        assert session.query(Contract).one().quota_base == 30


def test_a_reader_does_not_wait_for_a_writer(database: Database, office: Office) -> None:
    with database.writing.begin() as writer:
        writer.query(Contract).one().name = "新しい名前"
        writer.flush()
        with database.reading() as reader:
            assert reader.query(Contract).one().name == "山田商事株式会社"


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("no url", "cannot be used"),
        ("oracel://x/y", "cannot be used"),
        ("postgresql+nosuchdriver://x/y", "cannot be used"),
        ("sqlite:////proc/nowhere/karte.db", "cannot be opened"),
    ],
)
def test_it_says_what_is_wrong_with_a_url(url: str, problem: str) -> None:
    with pytest.raises(DatabaseError, match=problem):
        open_database(url)
