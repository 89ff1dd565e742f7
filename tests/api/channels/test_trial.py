from dataclasses import dataclass, field

import pytest
from sqlalchemy import select

from api.channels.entry import Entered, channel_of
from api.channels.guard import Allowance, Guard
from api.channels.message import Message
from api.channels.outcome import Later, Outcome, Refused, Sent
from api.channels.trial import try_channel
from api.channels.vault import Vault
from api.db import Database
from api.models import Channel, Contract
from api.models.base import utc_now
from collectors.text import Text
from tests.api.office import Office


@dataclass
class Way:
    """What takes messages in place of a service."""

    outcome: Outcome
    taken: list[tuple[str, Message]] = field(default_factory=list)

    def __call__(self, channel: Channel, message: Message) -> Outcome:
        self.taken.append((channel.name, message))
        return self.outcome


@pytest.fixture
def channel_id(database: Database, office: Office) -> int:
    entered = Entered("webhook", "受付", {}, {"url": "https://hooks.example.jp/", "key": "k" * 16}, lang="en")
    with database.writing.begin() as session:
        contract = session.scalars(select(Contract).where(Contract.public_id == office.contract)).one()
        made = channel_of(contract.id, entered, Vault(["k"]), Guard(Allowance()))
        made.enabled = False
        session.add(made)
        session.flush()
        return made.id


@pytest.mark.parametrize(
    ("outcome", "ja", "en"),
    [
        pytest.param(Sent("r"), "送信しました", "sent", id="sent"),
        pytest.param(Sent(None, Text("一部", "in part")), "一部", "in part", id="note"),
        pytest.param(Later(3.0, Text("混雑", "busy")), "混雑", "busy", id="later"),
        pytest.param(Refused(Text("誤り" * 400, "wrong")), ("誤り" * 400)[:500], "wrong", id="refused"),
    ],
)
def test_it_keeps_what_came_of_a_test(database: Database, channel_id: int, outcome: Outcome, ja: str, en: str) -> None:
    way, now = Way(outcome), utc_now()
    assert try_channel(database, channel_id, way, now) is outcome
    with database.reading() as session:
        row = session.get_one(Channel, channel_id)
        assert (row.outcome, row.outcome_en, row.tested_at) == (ja, en, now)
    ((name, message),) = way.taken
    assert (name, message.lang, message.thread) == ("受付", "en", None)
    assert message.subject == "[Test] 山田商事株式会社: a test message"


def test_a_channel_that_is_removed_meanwhile_stays_removed(database: Database, channel_id: int) -> None:
    def removing(_channel: Channel, _message: Message) -> Outcome:
        with database.writing.begin() as session:
            session.delete(session.get_one(Channel, channel_id))
        return Sent()

    assert try_channel(database, channel_id, removing, utc_now()) == Sent()
    with database.reading() as session:
        assert session.get(Channel, channel_id) is None
