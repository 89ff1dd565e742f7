"""LINE WORKS, by a bot of its API 2.0.

A service account signs a JWT (RFC 7523) and gets an access token for it, which is kept until it expires. In texts,
`<m userId="all">` calls people, and there is no escape: `<` and `>` from findings are made full-width.

Contract: https://developers.worksmobile.com/en/docs/auth-jwt (RS256; `iss` client id, `sub` service account, at most
an hour), https://developers.worksmobile.com/en/docs/bot-channel-message-send (201),
https://developers.worksmobile.com/en/docs/bot-user-message-send,
https://developers.worksmobile.com/en/docs/bot-send-text (2,000 characters),
https://developers.worksmobile.com/en/docs/rate-limits (240 a minute; 429 and `rateLimit-reset` in seconds).
"""

import base64
import hashlib
import json
from datetime import datetime
from typing import Annotated
from urllib.parse import quote, urlencode

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from api.channels.answers import judge, reply_text, wait_s
from api.channels.fields import PRINTABLE, InvalidSettings, Secret, Settings, entry
from api.channels.guard import Guard
from api.channels.http import Answer
from api.channels.kind import Kind, Tools
from api.channels.message import Message
from api.channels.outcome import Later, Outcome, Refused, Sent
from api.channels.plaintext import without
from api.channels.render import plain
from collectors.text import Text

MAX_TEXT = 2000
_TOKEN_URL = "https://auth.worksmobile.com/oauth2/v2.0/token"  # noqa: S105  # an address
_API = "https://www.worksapis.com/v1.0"
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_ASSERTION_S = 600
_MARGIN_S = 120
"""An access token is not used in its last two minutes."""

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_OptionalId = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9@._-]{1,200}$")]


class LineWorksSettings(Settings, frozen=True):
    """A bot, and the room or the person that it writes to."""

    client_id: Annotated[
        str,
        entry(
            Text("Client ID", "client id"),
            Text("Developer ConsoleのClient IDを指定してください", "give the Client ID from the Developer Console"),
            pattern=PRINTABLE,
            max_length=200,
        ),
    ]
    service_account: Annotated[
        str,
        entry(
            Text("Service Account", "service account"),
            Text(
                "xxxxx.serviceaccount@… の形で指定してください",
                "give it in the form xxxxx.serviceaccount@…",
            ),
            pattern=PRINTABLE,
            max_length=200,
        ),
    ]
    bot_id: Annotated[
        str,
        entry(
            Text("Bot ID", "bot id"),
            Text("Botの番号（数字）を指定してください", "give the bot's number"),
            pattern=r"^[0-9]{1,20}$",
        ),
    ]
    channel_id: Annotated[
        _OptionalId | None,
        entry(
            Text("トークルームのチャンネルID", "message room's channel id"),
            Text(
                "トークルームのメニューに表示されるチャンネルIDを指定してください",
                "give the channel id that the message room's menu shows",
            ),
        ),
    ] = None
    user_id: Annotated[
        _OptionalId | None,
        entry(
            Text("ユーザーID", "user id"),
            Text("相手のユーザーIDを指定してください", "give the person's user id"),
        ),
    ] = None


class LineWorksSecret(Secret, frozen=True):
    """Of the app in the Developer Console."""

    client_secret: Annotated[
        str,
        entry(
            Text("Client Secret", "client secret"),
            Text(
                "Developer ConsoleのClient Secretを指定してください",
                "give the Client Secret from the Developer Console",
            ),
            pattern=PRINTABLE,
            max_length=200,
        ),
    ]
    private_key: Annotated[
        str,
        entry(
            Text("Private Key", "private key"),
            Text(
                "Developer Consoleでダウンロードした .key ファイルの内容を指定してください",
                "give the contents of the .key file from the Developer Console",
            ),
            max_length=10_000,
        ),
    ]


def check(settings: LineWorksSettings, secret: LineWorksSecret, _guard: Guard) -> None:
    """Refuse settings without one addressee, and a key that is none."""
    if (settings.channel_id is None) == (settings.user_id is None):
        raise InvalidSettings(
            Text(
                "宛先は channel_id（トークルーム）か user_id（個人）のどちらか一方を指定してください",
                "give either channel_id, a message room, or user_id, a person",
            ),
            "channel_id",
        )
    _key(secret)


def _key(secret: LineWorksSecret) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(secret.private_key.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, RSAPrivateKey):
        raise InvalidSettings(
            Text(
                "Private Key（private_key）が読めません。.key ファイルの内容をそのまま指定してください",
                "the private key (private_key) cannot be read; give the .key file's contents as they are",
            ),
            "private_key",
        )
    return key


def send(settings: LineWorksSettings, secret: LineWorksSecret, message: Message, tools: Tools) -> Outcome:
    """Let the bot write a message."""
    for is_last in (False, True):
        token = _token(settings, secret, tools)
        if not isinstance(token, str):
            return token
        answer = _post(settings, token, message, tools)
        if answer.status != 401 or is_last:
            break
        # The token was revoked before its time, e.g. as another program asked for one: with a new one, once.
        tools.memory.put(_memory_key(settings, secret), None)
    return _judged(answer, tools.now())


def _post(settings: LineWorksSettings, token: str, message: Message, tools: Tools) -> Answer:
    room = f"channels/{settings.channel_id}" if settings.channel_id else f"users/{quote(settings.user_id or '')}"
    return tools.client.post(
        f"{_API}/bots/{settings.bot_id}/{room}/messages",
        json.dumps(payload(message)).encode(),
        {"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
    )


def _judged(answer: Answer, now: datetime) -> Outcome:
    outcome = judge(answer, "LINE WORKS", now)
    reset = answer.headers.get("ratelimit-reset", "").strip()
    if isinstance(outcome, Later) and outcome.after_s is None and answer.status == 429 and reset.isdecimal():
        return Later(wait_s(float(reset[:12])), outcome.why)
    return outcome


def payload(message: Message) -> dict[str, object]:
    """Return the body."""
    return {"content": {"type": "text", "text": plain(message, MAX_TEXT, escaped)}}


def escaped(text: str) -> str:
    """Return a text that calls nobody."""
    return without("<>", text)


def _token(settings: LineWorksSettings, secret: LineWorksSecret, tools: Tools) -> str | Outcome:
    """Return an access token, or what came of asking for one."""
    key, now = _memory_key(settings, secret), tools.now()
    kept: tuple[str, float] | None = tools.memory.get(key)
    if kept and kept[1] > now.timestamp():
        return kept[0]
    form = {
        "assertion": assertion(settings, secret, now),
        "grant_type": _GRANT,
        "client_id": settings.client_id,
        "client_secret": secret.client_secret,
        "scope": "bot.message",
    }
    answer = tools.client.post(_TOKEN_URL, urlencode(form).encode(), _FORM)
    outcome = _judged(answer, now)
    if not isinstance(outcome, Sent):
        return outcome if isinstance(outcome, Later) else _no_token(answer)
    try:
        told = json.loads(answer.body)
        token, lasts_s = str(told["access_token"]), float(told["expires_in"])
    except (ValueError, KeyError, TypeError):
        return Later(None, Text("LINE WORKS の認証の応答を読めません", "LINE WORKS gave no readable access token"))
    tools.memory.put(key, (token, now.timestamp() + lasts_s - _MARGIN_S))
    return token


def _no_token(answer: Answer) -> Refused:
    reply = reply_text(answer)
    return Refused(
        Text(
            f"LINE WORKS が認証を拒否しました（{answer.status}）。"
            f"Client ID・Client Secret・Service Account・Private Key を確認してください: {reply}",
            f"LINE WORKS refuses the credentials ({answer.status}); "
            f"check client id, client secret, service account and private key: {reply}",
        )
    )


def _memory_key(settings: LineWorksSettings, secret: LineWorksSecret) -> tuple[str, ...]:
    used = f"{secret.client_secret}\n{secret.private_key}"
    return ("line_works", settings.client_id, settings.service_account, hashlib.sha256(used.encode()).hexdigest())


def assertion(settings: LineWorksSettings, secret: LineWorksSecret, now: datetime) -> str:
    """Return the signed JWT that an access token is asked for with (RFC 7515, RFC 7519)."""
    issued = int(now.timestamp())
    claims = {
        "iss": settings.client_id,
        "sub": settings.service_account,
        "iat": issued,
        "exp": issued + _ASSERTION_S,
    }
    signed = f"{_part(json.dumps({'alg': 'RS256', 'typ': 'JWT'}).encode())}.{_part(json.dumps(claims).encode())}"
    return f"{signed}.{_part(_key(secret).sign(signed.encode(), PKCS1v15(), SHA256()))}"


def _part(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


KIND = Kind(
    name="line_works",
    text=Text("LINE WORKS", "LINE WORKS"),
    about=Text(
        "Developer Consoleで作ったBotがトークルームか個人に送ります",
        "a bot made in the Developer Console writes to a message room or a person",
    ),
    settings=LineWorksSettings,
    secret=LineWorksSecret,
    check=check,
    send=send,
)
