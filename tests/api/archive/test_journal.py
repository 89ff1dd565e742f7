"""The chain stays whole: whoever writes at once, whatever fails, and whenever a process is killed."""

import errno
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete

from api.archive.blobs import Blobs
from api.archive.entry import NO_PREVIOUS, Added, decode, sha256
from api.archive.errors import ArchiveChanged, ArchiveUnavailable
from api.archive.journal import Journal
from api.archive.local import LocalBlobs
from api.models import Report, ReportDraft, ReportEntry
from tests.api.archive.conftest import Shop, add


class Failing:
    """A store of which one call fails, before or after it did its work."""

    def __init__(self, inner: Blobs, fails_at: int, error: BaseException, *, after: bool) -> None:
        self._inner, self._left, self._error, self._after = inner, fails_at, error, after

    def put(self, key: str, data: bytes) -> bool:
        self._left -= 1
        if self._left == 0 and not self._after:
            raise self._error
        done = self._inner.put(key, data)
        if self._left == 0:
            raise self._error
        return done

    def get(self, key: str) -> bytes | None:
        return self._inner.get(key)

    def list(self, prefix: str) -> Iterator[str]:
        return self._inner.list(prefix)

    def delete(self, key: str) -> None:
        self._inner.delete(key)


class Killed(BaseException):
    """Ends everything as a kill does: nothing is cleaned up after it."""


def test_each_entry_names_the_one_before(shop: Shop) -> None:
    first, second = shop.add(b"1"), shop.add(b"2")

    assert (first.number, first.previous, second.number) == (1, NO_PREVIOUS, 2)
    assert second.previous == sha256(shop.entry(1).read_bytes())
    assert decode(shop.entry(2).read_bytes()) == second
    assert shop.faults() == []


def test_a_new_edition_supersedes_the_earlier_one_which_stays(shop: Shop) -> None:
    shop.add(b"1")
    shop.add(b"other", period="2026-10")
    third = shop.add(b"2")

    assert isinstance(third.event, Added)
    assert (third.event.edition, third.event.supersedes) == (2, 1)
    assert shop.file(b"1").read_bytes() == b"1"
    assert [(each.period, each.edition) for each in shop.reports()] == [("2026-11", 2), ("2026-11", 1), ("2026-10", 1)]


def test_a_file_is_readable_by_its_owner_and_writable_by_nobody(shop: Shop) -> None:
    shop.add(b"1")

    assert shop.file(b"1").stat().st_mode & 0o777 == 0o400
    assert shop.entry(1).stat().st_mode & 0o777 == 0o400
    assert shop.root.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", [1, 2])
def test_a_writer_that_dies_leaves_a_whole_chain(shop: Shop, at: int, after: bool) -> None:
    shop.add(b"0")

    with pytest.raises(Killed):
        add(shop.database, Failing(shop.blobs, at, Killed(), after=after), shop.chain, b"1")

    assert len(shop.reports()) == 1
    assert all(each.is_harmless for each in shop.found())
    shop.add(b"2")
    stood = at == 2 and after  # the entry itself was there: it is taken up
    assert [each.edition for each in shop.reports()] == ([3, 2, 1] if stood else [2, 1])
    assert all(each.is_harmless for each in shop.found())


def test_a_full_disk_is_told_and_lists_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ArchiveUnavailable, match="No space left on device; nothing was changed"):
        shop.add(b"1")
    monkeypatch.undo()

    assert shop.reports() == []
    assert [path for path in shop.root.rglob("*") if path.is_file()] == []
    assert shop.faults() == []
    shop.add(b"1")
    assert shop.faults() == []


def test_an_answer_that_was_lost_makes_no_second_edition(shop: Shop) -> None:
    class Forgetful(LocalBlobs):
        """As a store whose PUT is repeated by the library: it finds what it has just written."""

        def put(self, key: str, data: bytes) -> bool:
            super().put(key, data)
            return False

    assert isinstance(shop.blobs, LocalBlobs)
    add(shop.database, Forgetful(shop.blobs.root), shop.chain, b"1")

    assert [each.edition for each in shop.reports()] == [1]
    assert shop.faults() == []


def test_many_writers_at_once_make_one_chain(shop: Shop) -> None:
    start = threading.Barrier(6)
    failed: list[BaseException] = []

    def write(number: int) -> None:
        start.wait()
        try:
            for count in range(3):
                shop.add(f"{number} {count}".encode())
        except BaseException as error:  # carried to the test's own thread
            failed.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert failed == []
    assert sorted(each.edition for each in shop.reports()) == list(range(1, 19))
    assert shop.faults() == []


def test_nothing_is_written_behind_an_entry_that_nobody_announced(shop: Shop) -> None:
    shop.add(b"1")
    shop.blobs.put(f"{shop.chain.contract}/chain/00000002.json", shop.entry(1).read_bytes())

    with pytest.raises(ArchiveChanged, match="an entry 2 that nobody announced"):
        shop.add(b"2")
    assert len(shop.reports()) == 1


def test_a_file_that_was_changed_is_not_taken_for_the_same(shop: Shop) -> None:
    shop.blobs.put(f"{shop.chain.contract}/objects/{sha256(b'1')}", b"something else")

    with pytest.raises(ArchiveChanged, match="was changed"):
        shop.add(b"1")


def test_what_was_cut_off_before_the_database_knew_is_taken_up(shop: Shop) -> None:
    with pytest.raises(Killed):
        add(shop.database, Failing(shop.blobs, 2, Killed(), after=True), shop.chain, b"1")
    assert shop.reports() == []

    assert Journal(shop.database, shop.blobs).catch_up(shop.chain) == 1

    assert [each.edition for each in shop.reports()] == [1]
    assert shop.faults() == []


def test_an_announcement_that_was_lost_leaves_the_entry_unknown(shop: Shop) -> None:
    with pytest.raises(Killed):
        add(shop.database, Failing(shop.blobs, 2, Killed(), after=True), shop.chain, b"1")
    with shop.database.writing.begin() as session:
        session.execute(delete(ReportDraft))

    with pytest.raises(ArchiveChanged):
        Journal(shop.database, shop.blobs).catch_up(shop.chain)


def test_a_database_that_was_restored_takes_in_what_came_later(shop: Shop) -> None:
    for content in (b"1", b"2", b"3"):
        shop.add(content)
    journal = Journal(shop.database, shop.blobs)
    with shop.database.writing.begin() as session:
        session.execute(delete(Report).where(Report.number > 1))
        session.execute(delete(ReportEntry).where(ReportEntry.number > 1))
    with pytest.raises(ArchiveChanged):
        shop.add(b"4")

    assert journal.catch_up(shop.chain, trusting=True) == 2

    assert [each.edition for each in shop.reports()] == [3, 2, 1]
    assert shop.faults() == []


def test_an_entry_that_does_not_go_on_from_the_last_is_not_taken_in(shop: Shop) -> None:
    shop.add(b"1")
    shop.blobs.put(f"{shop.chain.contract}/chain/00000002.json", shop.entry(1).read_bytes())

    with pytest.raises(ArchiveChanged):
        Journal(shop.database, shop.blobs).catch_up(shop.chain, trusting=True)


WRITER = """
import sys
from pathlib import Path
from api.archive.local import LocalBlobs
from api.db import open_database
from tests.api.archive.conftest import add, chain_of
database = open_database(sys.argv[1])
chain = chain_of(database, sys.argv[3])
print("ready", flush=True)
count = 0
while True:
    count += 1
    add(database, LocalBlobs(Path(sys.argv[2])), chain, (sys.argv[4] + str(count)).encode() * 20_000)
"""


def test_processes_that_are_killed_at_any_moment_break_nothing(shop: Shop) -> None:
    chance = random.Random(20261129)
    running = {}

    def begin(name: str) -> None:
        arguments = [str(shop.database.engine.url), str(shop.root.parent), shop.chain.contract, name]
        running[name] = subprocess.Popen([sys.executable, "-c", WRITER, *arguments], stdout=subprocess.PIPE)
        stdout = running[name].stdout
        assert stdout is not None
        stdout.readline()

    try:
        for number in range(3):
            for slot in ("a", "b"):
                begin(f"{slot}{number}-")
            time.sleep(chance.uniform(0.02, 0.25))
            for name in [name for name in running if name.endswith(f"{number}-")]:
                time.sleep(chance.uniform(0, 0.03))
                running[name].send_signal(signal.SIGKILL)
    finally:
        for process in running.values():
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()

    assert [each.text.en for each in shop.found() if not each.is_harmless] == []
    Journal(shop.database, shop.blobs).catch_up(shop.chain)
    shop.add(b"last")
    numbers = sorted(each.number for each in shop.reports())
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) > 5
    assert [each.text.en for each in shop.found() if not each.is_harmless] == []


def test_parts_of_files_are_never_listed(shop: Shop, tmp_path: Path) -> None:
    shop.add(b"1")
    (shop.root / "objects" / ".part-0").write_bytes(b"ha")

    assert shop.faults() == []
