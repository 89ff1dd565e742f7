"""LINE, by a push message of the Messaging API.

A text message knows no markup (only `textV2` does). The retry key is made from the delivery's id, so that LINE itself
drops a message that it has already: 409 then means that it was taken.

Contract: https://developers.line.biz/en/reference/messaging-api/#send-push-message (5 messages of 5,000 units of
UTF-16), https://developers.line.biz/en/docs/messaging-api/retrying-api-request/ (retry key, 409 and
`x-line-accepted-request-id`), https://developers.line.biz/en/docs/messaging-api/handling-http-429-errors/ (rate and
monthly limits; there is no Retry-After).
"""

import json
import uuid
from typing import Annotated

from api.channels.answers import judge, reply_text
from api.channels.fields import PRINTABLE, Secret, Settings, entry
from api.channels.guard import Guard
from api.channels.http import Answer
from api.channels.kind import Kind, Tools
from api.channels.message import Message
from api.channels.outcome import Later, Outcome, Sent
from api.channels.render import plain
from collectors.text import Text

MAX_TEXT = 5000
_URL = "https://api.line.me/v2/bot/message/push"
_NAMESPACE = uuid.UUID("2b1d2a57-6f0c-4a39-9d2a-7a1b6f6f2f5e")
_MONTHLY = "monthly limit"
_MONTHLY_WAIT_S = 6 * 3600.0
"""The month's messages are used up: not soon again."""


class LineSettings(Settings, frozen=True):
    """Who gets it."""

    to: Annotated[
        str,
        entry(
            Text("宛先ID", "recipient id"),
            Text(
                "U・C・R のどれかで始まる33文字のID（ユーザー・グループ・トークルーム）を指定してください",
                "give an id of a user, group or room: 33 characters that begin with U, C or R",
            ),
            pattern=r"^[UCR][0-9a-f]{32}$",
        ),
    ]


class LineSecret(Secret, frozen=True):
    """Of the official account."""

    token: Annotated[
        str,
        entry(
            Text("チャネルアクセストークン", "channel access token"),
            Text(
                "LINE Developersコンソールで発行したチャネルアクセストークン（長期）を指定してください",
                "give a long-lived channel access token from the LINE Developers console",
            ),
            pattern=PRINTABLE,
            max_length=1000,
        ),
    ]


def check(_settings: LineSettings, _secret: LineSecret, _guard: Guard) -> None:
    """Nothing besides the types."""


def send(settings: LineSettings, secret: LineSecret, message: Message, tools: Tools) -> Outcome:
    """Push a message."""
    answer = tools.client.post(
        _URL,
        json.dumps(payload(settings, message)).encode(),
        {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {secret.token}",
            "X-Line-Retry-Key": str(retry_key(settings, message)),
        },
    )
    if answer.status == 409:
        return Sent(answer.headers.get("x-line-accepted-request-id"))
    outcome = judge(answer, "LINE", tools.now())
    if isinstance(outcome, Later) and _MONTHLY in reply_text(answer):
        return Later(_MONTHLY_WAIT_S, outcome.why)
    return Sent(_message_id(answer)) if isinstance(outcome, Sent) else outcome


def payload(settings: LineSettings, message: Message) -> dict[str, object]:
    """Return the body."""
    return {"to": settings.to, "messages": [{"type": "text", "text": plain(message, MAX_TEXT)}]}


def retry_key(settings: LineSettings, message: Message) -> uuid.UUID:
    """Return the key of a message: the same for every attempt, another for every recipient."""
    return uuid.uuid5(_NAMESPACE, f"{settings.to} {message.id}")


def _message_id(answer: Answer) -> str | None:
    try:
        return str(json.loads(answer.body)["sentMessages"][0]["id"])
    except (ValueError, KeyError, IndexError, TypeError):
        return answer.headers.get("x-line-request-id")


KIND = Kind(
    name="line",
    text=Text("LINE公式アカウント", "LINE official account"),
    about=Text(
        "LINE公式アカウントからユーザーかグループへ送ります（Messaging API。無料枠は月の通数に限りがあります）",
        "pushes to a user or group from a LINE official account (Messaging API; free plans limit messages a month)",
    ),
    settings=LineSettings,
    secret=LineSecret,
    check=check,
    send=send,
)
