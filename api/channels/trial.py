"""A test message: sent as any other, through the stored channel, and what came of it is kept to be seen."""

from datetime import datetime

from alert_rules.rule import Severity
from api.channels.message import Item, Message
from api.channels.outcome import Outcome, Sent
from api.channels.sending import Send
from api.db import Database
from api.identity.identifiers import public_id
from api.models import Channel, Contract
from api.models.channel import OUTCOME_LENGTH
from api.models.delivery import Happening
from collectors.text import Lang, Text

SENT = Text("送信しました", "sent")


def trial_message(customer: str, channel: str, lang: Lang, now: datetime) -> Message:
    """Return a message that says that it is a test.

    Args:
        customer: name of the contract.
        channel: name of the channel.
        lang: the channel's language.
        now: this moment.
    """
    return Message(
        id=public_id("m"),
        thread=None,
        lang=lang,
        subject=Text(f"[テスト] {customer}: 通知のテスト", f"[Test] {customer}: a test message").in_(lang),
        items=(
            Item(
                finding="test",
                happening=Happening.OPENED,
                severity=Severity.INFO,
                headline=Text("通知のテストです", "This is a test").in_(lang),
                text=Text(
                    f"通知先「{channel}」の設定を確認するために送りました。",
                    f'Sent to see whether the channel "{channel}" is set up well.',
                ).in_(lang),
                subject="Office Karte",
                where=customer,
                since=now,
                until=None,
                steps=(Text("することはありません。", "There is nothing to be done.").in_(lang),),
                advice_url=None,
                act_url=None,
            ),
        ),
        more=0,
        notes=(),
        dashboard_url=None,
        at=now,
    )


def try_channel(database: Database, channel_id: int, send: Send, now: datetime) -> Outcome:
    """Send a test message through a channel, also one that is switched off, and keep what came of it.

    Nothing is held in the database while the message is under way.

    Args:
        database: where the channel is.
        channel_id: its row.
        send: sends a message through a channel.
        now: this moment.
    """
    with database.reading() as session:
        channel = session.get_one(Channel, channel_id)
        customer = session.get_one(Contract, channel.contract_id).name
        session.expunge(channel)
    lang: Lang = "en" if channel.lang == "en" else "ja"
    outcome = send(channel, trial_message(customer, channel.name, lang, now))
    said = outcome_text(outcome)
    with database.writing.begin() as session:
        row = session.get(Channel, channel_id)
        if row is not None:  # it may have been removed meanwhile
            row.tested_at = now
            row.outcome, row.outcome_en = said.ja[:OUTCOME_LENGTH], said.en[:OUTCOME_LENGTH]
    return outcome


def outcome_text(outcome: Outcome) -> Text:
    """Return what came of a message, for people."""
    if not isinstance(outcome, Sent):
        return outcome.why
    return outcome.note or SENT
