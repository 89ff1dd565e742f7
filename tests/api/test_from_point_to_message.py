"""From a stopped antivirus on a PC to a mail and a chat message with what to do, and to the word that it runs again.

Nothing of ours is left out: the PC's collector judges, its points go through the gateway under gunicorn into influxd,
the evaluator asks influxd, the relay tells. The mail server is a real one, the chat service a local one that demands
what the real one's documents say.
"""

import json
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
import urllib3
from sqlalchemy import select

from alert_rules.registry import entries
from alert_rules.rule import Severity
from api.alerts.evaluator import evaluate_due
from api.channels.entry import Entered, channel_of
from api.channels.kind import Tools as ChannelTools
from api.channels.kind import tools_of
from api.channels.sending import sender_with
from api.channels.vault import vault_of
from api.config import Config
from api.local.influxd import Influxd
from api.models import Channel, Contract, Delivery, DeliveryState
from api.relay.compose import Addresses
from api.relay.dispatch import Relay, Tools
from collectors.inputs.antivirus.points import to_points
from collectors.inputs.antivirus.product import DEFAULT_POLICY, Findings, Mode, Product
from collectors.point import Point, to_lines
from tests.api.channels.pki import make_pki
from tests.api.channels.places import PATIENT, SPOKEN, leading_to
from tests.api.channels.services.mail import Mailbox, mailing
from tests.api.channels.services.server import Service
from tests.api.channels.services.server import serving as serving_chat
from tests.api.relay.conftest import AtOnce
from tests.serving import Served, serving

MINUTE = timedelta(minutes=1)
MAIL = {"host": "smtp.example.jp", "sender": "karte@example.jp", "to": ["soumu@example.jp"], "tls": "starttls"}


@dataclass
class World:
    """A service with one PC, a mail server and a chat service."""

    served: Served
    token: str
    mailbox: Mailbox
    chat: Service
    tools: ChannelTools
    config: Config
    now: datetime

    def tell(self, *, realtime: bool) -> None:
        """Let the PC send what its antivirus says now."""
        defender = Product("Microsoft Defender Antivirus", "defender", Mode.ON, realtime=realtime, up_to_date=True)
        points = to_points(Findings((defender,)), DEFAULT_POLICY)
        at = int(self.now.timestamp()) * 10**9
        stamped = [Point(each.measurement, {**each.tags, "host": "PC-1"}, each.fields, at) for each in points]
        answer = urllib3.request(
            "POST",
            f"{self.served.url}/api/v2/write?bucket=karte&precision=ns",
            body=to_lines(stamped).encode(),
            headers={"Authorization": f"Token {self.token}"},
        )
        assert answer.status == 204, answer.data

    def watch(self, span: timedelta, relay: Relay, pool: Executor) -> None:
        """Let evaluator and relay work for a while."""
        database, end = self.served.office.database, self.now + span
        rules = [entry.rule for entry in entries().values() if entry.rule.id.startswith("antivirus")]
        while self.now < end:
            self.now += MINUTE
            evaluate_due(database, self.served.engine, "karte", rules, self.now)
            for _ in range(2):
                relay.step(pool)


@pytest.fixture
def world(influxd: Influxd, tmp_path: Path) -> Iterator[World]:
    (tmp_path / "pki").mkdir()
    pki = make_pki(tmp_path / "pki")
    with ExitStack() as running:
        served = running.enter_context(serving(tmp_path / "service", influxd.url))
        mailbox = running.enter_context(mailing(Mailbox(), pki.server, "starttls"))
        slack = SPOKEN["slack"]()
        (contract,) = slack.services.values()
        chat = running.enter_context(serving_chat(contract, pki.server))
        guard = leading_to({"smtp.example.jp": mailbox.port, "hooks.slack.com": chat.port})
        tools = tools_of(guard, pki.trusting, PATIENT)
        config = Config("", "a key for tests only, long enough to sign")
        token = served.office.enrol("pc-1").token
        with served.office.database.writing.begin() as session:
            row = session.scalars(select(Contract).where(Contract.public_id == served.office.contract)).one()
            for entered in (
                Entered("mail", "総務部", MAIL, {}, min_severity=Severity.WARNING),
                Entered("slack", "IT担当", slack.settings, slack.secret),
            ):
                session.add(channel_of(row.id, entered, vault_of(config), guard))
        begin = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=6)
        yield World(served, token, mailbox, chat, tools, config, begin)


def test_a_stopped_antivirus_is_told_by_mail_and_chat_and_its_end_too(world: World) -> None:
    send = sender_with(vault_of(world.config), world.tools)
    addresses = Addresses("https://karte.example.jp", None, world.config.secret_key)
    relay = Relay(Tools(world.served.office.database, entries(), addresses, send, lambda: world.now))
    pool = AtOnce()

    world.tell(realtime=True)
    world.watch(30 * MINUTE, relay, pool)
    for _ in range(2):
        world.tell(realtime=False)
        world.watch(30 * MINUTE, relay, pool)
    assert (len(world.mailbox.envelopes), len(world.chat.requests)) == (1, 1)
    ((recipients, mail),) = world.mailbox.envelopes
    assert recipients == ["soumu@example.jp"]
    assert mail["Subject"] == "[要対応] PC-1: ウイルス対策が動いていない"
    text = _text(mail)
    assert "山田商事株式会社" in text
    assert "LANケーブル" in text  # the advice's first step
    assert "LANケーブル" in json.dumps(json.loads(world.chat.requests[0].body), ensure_ascii=False)

    for _ in range(3):
        world.tell(realtime=True)
        world.watch(30 * MINUTE, relay, pool)
    assert (len(world.mailbox.envelopes), len(world.chat.requests)) == (2, 2)
    over = world.mailbox.envelopes[1][1]
    assert over["Subject"] == "[回復] PC-1: ウイルス対策が動いていない"
    assert over["References"] == mail["References"]
    assert "LANケーブル" not in _text(over)
    with world.served.office.database.reading() as session:
        assert set(session.scalars(select(Delivery.state))) == {DeliveryState.SENT}
        assert b"hooks.slack.com" not in b"".join(session.scalars(select(Channel.secret)))


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert isinstance(body, EmailMessage)
    content: str = body.get_content()
    return content
