"""A contract that is changed by a person at a moment of the test's choice."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from api.audit.actor import Actor, ActorKind
from api.contracts.changes import Order
from api.models import Contract
from api.models.base import SERVICE_ZONE
from tests.api.office import Office

BOSS = Actor(ActorKind.STAFF, "u-boss", "boss")
MORNING = datetime(2026, 4, 1, 9, 0, tzinfo=SERVICE_ZONE)


class Desk:
    """Where orders are given, with a clock of its own."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.now = MORNING

    def wait(self, **time: int) -> None:
        """Let time pass."""
        self.now += timedelta(**time)

    @contextmanager
    def order(self) -> Iterator[tuple[Order, Contract]]:
        """Begin a transaction in which something is ordered."""
        with self.office.database.writing.begin() as session:
            yield (
                Order(session, BOSS, self.now),
                session.scalars(select(Contract).where(Contract.public_id == self.office.contract)).one(),
            )

    def look(self, see: Callable[[Contract], object]) -> object:
        """Return something of the contract as it is stored."""
        with self.office.database.reading() as session:
            return see(session.scalars(select(Contract).where(Contract.public_id == self.office.contract)).one())


@pytest.fixture
def desk(office: Office) -> Desk:
    """A desk for `office`."""
    return Desk(office)
