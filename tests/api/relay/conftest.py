"""Findings of one contract, its channels, and a relay whose channels answer what a test wants."""

import json
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from alert_rules.machine import End
from alert_rules.registry import entries
from alert_rules.rule import Severity
from api.channels.message import Message
from api.channels.outcome import Outcome, Sent
from api.db import Database
from api.models import Channel, Contract, Delivery, Finding, FindingTransition, TransitionKind
from api.relay.compose import Addresses
from api.relay.dispatch import Relay, Tools
from tests.api.office import Office

NOON = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ADDRESSES = Addresses("https://karte.example.jp", None, "a key for tests only, long enough to sign")


class AtOnce(Executor):
    """Does what is submitted before it returns."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


@dataclass
class Clock:
    """A clock that a test sets."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Desk:
    """Opens and closes findings, and lets the relay do its work."""

    database: Database
    contract: str
    clock: Clock = field(default_factory=Clock)
    sent: list[tuple[str, Message]] = field(default_factory=list)
    answer: Callable[[Channel, Message], Outcome] = lambda _channel, _message: Sent()

    def channel(self, name: str = "総務部", **settings: object) -> str:
        with self.database.writing.begin() as session:
            row = Channel(contract_id=self._contract(session).id, kind="mail", name=name, settings={}, **settings)
            session.add(row)
            session.flush()
            return row.public_id

    def open(self, rule: str = "disk_full", device: str = "d-1", **tags: str) -> str:
        """Open a finding now and return its public id."""
        with self.database.writing.begin() as session:
            known = {"contract": self.contract, "site": "s-1", "device": device, "host": f"PC-{device[2:]}"}
            known |= dict.fromkeys(entries()[rule].rule.by, "C:") | tags
            finding = Finding(
                contract_id=self._contract(session).id,
                rule=rule,
                key=json.dumps(list(known.values()), ensure_ascii=False),
                tags=known,
                since=self.clock.now - 30 * MINUTE,
                opened_at=self.clock.now,
                value=98.0,
                threshold=95.0,
            )
            session.add(finding)
            session.flush()
            self._transition(session, finding, TransitionKind.OPENED)
            return finding.public_id

    def close(self, public_id: str) -> None:
        """Close a finding now."""
        with self.database.writing.begin() as session:
            finding = session.scalars(select(Finding).where(Finding.public_id == public_id)).one()
            finding.closed_at, finding.end = self.clock.now, End.RECOVERED
            self._transition(session, finding, TransitionKind.CLOSED)

    def work(self, for_: timedelta = timedelta(), every: timedelta = 20 * SECOND) -> list[str]:
        """Let the relay work for a while; return the subjects of what was sent meanwhile."""
        before = len(self.sent)
        end = self.clock.now + for_
        relay = Relay(Tools(self.database, entries(), ADDRESSES, self._send, self.clock), senders=4)
        while True:
            for _ in range(2):  # what is planned at a moment may be due at it
                relay.step(AtOnce())
            if self.clock.now >= end:
                return [message.subject for _name, message in self.sent[before:]]
            self.clock.now = min(end, self.clock.now + every)

    def deliveries(self) -> list[Delivery]:
        with self.database.reading() as session:
            return list(session.scalars(select(Delivery).order_by(Delivery.id)))

    def transitions(self) -> list[FindingTransition]:
        with self.database.reading() as session:
            return list(session.scalars(select(FindingTransition).order_by(FindingTransition.id)))

    def _send(self, channel: Channel, message: Message) -> Outcome:
        outcome = self.answer(channel, message)
        if isinstance(outcome, Sent):
            self.sent.append((channel.name, message))
        return outcome

    def _transition(self, session: object, finding: Finding, kind: TransitionKind) -> None:
        session.add(  # type: ignore[attr-defined]
            FindingTransition(finding_id=finding.id, kind=kind, at=self.clock.now, relay_at=self.clock.now)
        )

    def _contract(self, session: object) -> Contract:
        found: Contract = session.scalars(  # type: ignore[attr-defined]
            select(Contract).where(Contract.public_id == self.contract)
        ).one()
        return found


@pytest.fixture
def desk(database: Database, office: Office) -> Desk:
    return Desk(database, office.contract)


__all__ = ["DAY", "HOUR", "MINUTE", "NOON", "SECOND", "Desk", "Severity"]
