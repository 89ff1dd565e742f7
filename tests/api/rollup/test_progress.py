"""What is kept of the rollup's progress, in a real database."""

from datetime import datetime

import pytest

from api.db import Database
from api.rollup.progress import LEASE, AlreadyFilling, Lease
from api.rollup.status import read_status
from tests.api.office import Office
from tests.api.rollup.conftest import NOW, ago


def lease(database: Database, at: datetime = NOW) -> Lease:
    return Lease(database, lambda: at)


def test_it_keeps_how_far_the_rollup_is(database: Database) -> None:
    first = lease(database)
    assert first.acquire() is None
    first.advance(ago(3))
    first.release()
    assert lease(database).acquire() == ago(3)


def test_it_lets_one_hold_the_lease(database: Database) -> None:
    held, other = lease(database), lease(database)
    held.acquire()
    with pytest.raises(AlreadyFilling, match="another process is rolling up"):
        other.acquire()
    other.release()  # which is not its own
    with pytest.raises(AlreadyFilling):
        other.acquire()
    held.release()
    other.acquire()


def test_it_renews_the_lease_of_who_gives_signs_of_life(database: Database) -> None:
    clock = [NOW]
    held = Lease(database, lambda: clock[0])
    held.acquire()
    for _ in range(4):
        clock[0] += LEASE / 2
        held.renew()
    with pytest.raises(AlreadyFilling):
        lease(database, clock[0]).acquire()
    lease(database, clock[0] + LEASE).acquire()
    clock[0] += LEASE
    for late in (held.renew, lambda: held.advance(ago(0)), held.take_pending):
        with pytest.raises(AlreadyFilling):
            late()
    held.release()


def test_it_tells_how_far_the_rollup_is(database: Database, office: Office) -> None:
    with database.reading() as session:
        before = read_status(session, NOW)
    assert (before.done_until, before.behind_hours, before.running_until, before.pending) == (None, None, None, ())
    held = lease(database)
    held.acquire()
    held.advance(ago(3))
    with database.reading() as session:
        during = read_status(session, NOW)
    assert (during.done_until, during.behind_hours, during.running_until) == (ago(3), 3, NOW + LEASE)
    with database.reading() as session:
        assert read_status(session, NOW + LEASE).running_until is None
        assert read_status(session, ago(3, 5)).behind_hours == 0
