"""Chatwork, by its API v2.

Chatwork knows tags in brackets (`[toall]`, `[info]`) and no escape for them, so brackets from findings are made
full-width.

Contract: https://developer.chatwork.com/reference/post-rooms-room_id-messages (form `body` of at most 65,535
characters, `self_unread`), https://developer.chatwork.com/docs/endpoints (header `x-chatworktoken`; 300 requests in
five minutes, 429 and `x-ratelimit-reset` as a Unix time), https://developer.chatwork.com/docs/message-notation.
"""

import json
from typing import Annotated
from urllib.parse import urlencode

from api.channels.answers import judge, wait_s
from api.channels.fields import PRINTABLE, Secret, Settings, entry
from api.channels.guard import Guard
from api.channels.http import Answer
from api.channels.kind import Kind, Tools
from api.channels.message import Message
from api.channels.outcome import Later, Outcome, Sent
from api.channels.plaintext import without
from api.channels.render import headline, plain
from collectors.text import Text

MAX_BODY = 65_535
_BUDGET = 10_000
"""More than this nobody reads in a chat."""

_API = "https://api.chatwork.com/v2"


class ChatworkSettings(Settings, frozen=True):
    """A room."""

    room_id: Annotated[
        str,
        entry(
            Text("ルームID", "room id"),
            Text(
                "チャットのURLの #!rid に続く数字を指定してください",
                "give the digits that follow #!rid in the chat's URL",
            ),
            pattern=r"^[0-9]{1,20}$",
        ),
    ]
    self_unread: Annotated[
        bool,
        entry(
            Text("自分の未読にする", "unread for oneself"),
            Text(
                "true か false を指定してください（APIトークンの持ち主にも未読として表示）",
                "give true or false; true shows it as unread to the owner of the API token, too",
            ),
        ),
    ] = True


class ChatworkSecret(Secret, frozen=True):
    """Who posts."""

    token: Annotated[
        str,
        entry(
            Text("APIトークン", "API token"),
            Text(
                "Chatworkの「API設定」で発行したトークンを指定してください", "give a token from Chatwork's API settings"
            ),
            pattern=PRINTABLE,
            max_length=200,
        ),
    ]


def check(_settings: ChatworkSettings, _secret: ChatworkSecret, _guard: Guard) -> None:
    """Nothing besides the types."""


def send(settings: ChatworkSettings, secret: ChatworkSecret, message: Message, tools: Tools) -> Outcome:
    """Post a message."""
    form = {"body": body(message), "self_unread": "1" if settings.self_unread else "0"}
    answer = tools.client.post(
        f"{_API}/rooms/{settings.room_id}/messages",
        urlencode(form).encode(),
        {"X-ChatWorkToken": secret.token, "Content-Type": "application/x-www-form-urlencoded"},
    )
    outcome = judge(answer, "Chatwork", tools.now())
    if isinstance(outcome, Later) and outcome.after_s is None:
        return Later(_until_reset(answer, tools.now().timestamp()), outcome.why)
    return Sent(_message_id(answer)) if isinstance(outcome, Sent) else outcome


def _until_reset(answer: Answer, now_s: float) -> float | None:
    reset = answer.headers.get("x-ratelimit-reset", "")
    if answer.status != 429 or not (reset.isascii() and reset.isdecimal()):
        return None
    return wait_s(float(reset[:12]) - now_s)


def _message_id(answer: Answer) -> str | None:
    try:
        return str(json.loads(answer.body)["message_id"])
    except (ValueError, KeyError, TypeError):
        return None


def body(message: Message) -> str:
    """Return the text, in Chatwork's notation."""
    title = escaped(headline(message, 200))
    text = plain(message, _BUDGET - len(title) - 40, escaped)
    rest = text.removeprefix(title).strip()
    return f"[info][title]{title}[/title]{rest or title}\n[/info]"


def escaped(text: str) -> str:
    """Return a text that holds no tag."""
    return without("[]", text)


KIND = Kind(
    name="chatwork",
    text=Text("Chatwork", "Chatwork"),
    about=Text(
        "APIトークンの持ち主としてルームに投稿します",
        "posts to a room as the owner of the API token",
    ),
    settings=ChatworkSettings,
    secret=ChatworkSecret,
    check=check,
    send=send,
)
