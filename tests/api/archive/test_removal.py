"""What is erased is gone, and the chain says so."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from api.archive.entry import Removed, decode
from api.archive.errors import ArchiveError
from api.archive.removal import LEFT_AFTER, clear, purge
from api.models import RemovedWhy, ReportDraft
from api.models.base import utc_now
from tests.api.archive.conftest import Shop, add
from tests.api.archive.test_journal import Failing, Killed


def test_a_tombstone_stays_and_the_file_goes(shop: Shop) -> None:
    shop.add(b"1")
    shop.add(b"2")

    shop.remove(1)
    purge(shop.database, shop.blobs, shop.chain, utc_now())

    assert not shop.file(b"1").exists()
    assert shop.file(b"2").exists()
    tombstone = decode(shop.entry(3).read_bytes())
    assert tombstone.event == Removed(added=1, why=RemovedWhy.ERASED, reason="asked for")
    assert [(each.edition, each.removed_why) for each in shop.reports()] == [(2, None), (1, RemovedWhy.ERASED)]
    assert shop.faults() == []


def test_a_file_that_another_report_needs_stays(shop: Shop) -> None:
    shop.add(b"1")
    shop.add(b"1", period="2026-10")

    shop.remove(1)
    purge(shop.database, shop.blobs, shop.chain, utc_now())

    assert shop.file(b"1").exists()
    assert shop.faults() == []


def test_a_removal_that_was_cut_off_is_harmless_and_goes_on(shop: Shop) -> None:
    shop.add(b"1")
    shop.remove(1)

    (left,) = shop.found()
    assert (left.is_harmless, left.text.en) == (True, "its removal was cut off; it goes on by itself")
    assert purge(shop.database, shop.blobs, shop.chain, utc_now()) == 1
    assert purge(shop.database, shop.blobs, shop.chain, utc_now()) == 0
    assert shop.faults() == []


def test_what_is_gone_cannot_be_erased_again(shop: Shop) -> None:
    shop.add(b"1")
    shop.remove(1)

    with pytest.raises(ArchiveError, match="was removed already"):
        shop.remove(1)
    assert len(list((shop.root / "chain").iterdir())) == 2


def test_files_of_a_writer_that_was_killed_are_cleared_after_a_day(shop: Shop) -> None:
    shop.add(b"kept")
    with pytest.raises(Killed):
        add(shop.database, Failing(shop.blobs, 1, Killed(), after=True), shop.chain, b"left")
    with pytest.raises(Killed):
        add(shop.database, Failing(shop.blobs, 2, Killed(), after=False), shop.chain, b"kept")

    assert clear(shop.database, shop.blobs, shop.chain, utc_now()) == 0
    assert shop.file(b"left").exists()
    assert clear(shop.database, shop.blobs, shop.chain, utc_now() + LEFT_AFTER + timedelta(minutes=1)) == 2

    assert not shop.file(b"left").exists()
    assert shop.file(b"kept").exists()
    with shop.database.reading() as session:
        assert session.scalars(select(ReportDraft)).all() == []
    assert shop.faults() == []
