"""A program of the customer's or the provider's own: JSON, signed.

The body's form is told in docs/OPERATIONS.md. The signature is HMAC-SHA-256 over the time, a dot and the body, so that
a receiver can refuse what is forged, changed or old; the delivery's id stays the same when a message is sent again.
"""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Annotated

from api.channels.answers import judge
from api.channels.checks import check_url
from api.channels.fields import PRINTABLE, Secret, Settings, entry
from api.channels.guard import Guard
from api.channels.kind import Kind, Tools
from api.channels.message import Item, Message
from api.channels.outcome import Outcome
from collectors.text import Text

MAX_BYTES = 256 * 1024
VERSION = 1


class WebhookSettings(Settings, frozen=True):
    """Nothing that may be shown."""


class WebhookSecret(Secret, frozen=True):
    """Where to, which may hold a key, and the key of the signature."""

    url: Annotated[
        str,
        entry(
            Text("URL", "URL"),
            Text("https:// で始まる受信側のURLを指定してください", "give the receiver's URL, beginning with https://"),
            pattern=PRINTABLE,
            max_length=2048,
        ),
    ]
    key: Annotated[
        str,
        entry(
            Text("署名の鍵", "signature key"),
            Text("16文字以上の半角英数記号を指定してください", "give at least 16 printable ASCII characters"),
            pattern=PRINTABLE,
            min_length=16,
            max_length=200,
        ),
    ]


def check(_settings: WebhookSettings, secret: WebhookSecret, guard: Guard) -> None:
    """Refuse what is no URL to send to."""
    check_url(secret.url, guard)


def send(_settings: WebhookSettings, secret: WebhookSecret, message: Message, tools: Tools) -> Outcome:
    """Post a message."""
    body = encoded(message)
    now = tools.now()
    timestamp = str(int(now.timestamp()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Karte-Delivery": message.id,
        "Karte-Timestamp": timestamp,
        "Karte-Signature": f"v1={signature(secret.key, timestamp, body)}",
    }
    return judge(tools.client.post(secret.url, body, headers), "Webhook", now)


def signature(key: str, timestamp: str, body: bytes) -> str:
    """Return the signature of a body, in hexadecimal."""
    return hmac.new(key.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def encoded(message: Message) -> bytes:
    """Return the body, with as many findings as it may hold."""
    count = len(message.items)
    while True:
        body = json.dumps(_document(message, count), ensure_ascii=False).encode("utf-8", errors="replace")
        if len(body) <= MAX_BYTES or count == 0:
            return body
        count //= 2


def _document(message: Message, count: int) -> dict[str, object]:
    return {
        "version": VERSION,
        "id": message.id,
        "at": _utc(message.at),
        "lang": message.lang,
        "subject": message.subject,
        "thread": message.thread,
        "notes": list(message.notes),
        "findings": [_finding(item) for item in message.items[:count]],
        "more": message.more + len(message.items) - count,
        "dashboard_url": message.dashboard_url,
    }


def _finding(item: Item) -> dict[str, object]:
    return {
        "id": item.finding,
        "happening": str(item.happening),
        "severity": str(item.severity),
        "headline": item.headline,
        "text": item.text,
        "subject": item.subject,
        "where": item.where,
        "since": _utc(item.since),
        "until": _utc(item.until) if item.until else None,
        "steps": list(item.steps),
        "advice_url": item.advice_url,
        "act_url": item.act_url,
    }


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


KIND = Kind(
    name="webhook",
    text=Text("Webhook（JSON）", "webhook (JSON)"),
    about=Text(
        "署名付きのJSONを自社のプログラムへ送ります",
        "sends signed JSON to a program of your own",
    ),
    settings=WebhookSettings,
    secret=WebhookSecret,
    check=check,
    send=send,
)
