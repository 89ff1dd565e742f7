"""What an HTTP answer means for a message: sent, to be tried later, or refused. The one table for all services."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from api.channels.http import Answer
from api.channels.outcome import Later, Outcome, Refused, Sent
from api.channels.plaintext import clean, cut
from collectors.text import Text

MAX_WAIT_S = 6 * 3600.0
"""No service is left alone for longer than this, whatever it asks for: a slip of its clock must not silence alerts."""

_LATER = frozenset({408, 425, 429})
_REPLY_LENGTH = 200

_HINTS: Mapping[int, Text] = {
    401: Text("トークンやURLを確認してください", "check token and URL"),
    403: Text("権限と設定を確認してください", "check its permissions and settings"),
    404: Text("宛先かURLがありません", "there is no such room or URL"),
    410: Text("宛先かURLが廃止されています", "the room or URL is gone"),
    413: Text("メッセージが長すぎます", "the message is too long"),
}


def judge(answer: Answer, service: str, now: datetime) -> Outcome:
    """Return what an answer means.

    Args:
        answer: what came.
        service: its name, for people.
        now: this moment, for dates in `Retry-After`.
    """
    if 200 <= answer.status < 300:
        return Sent()
    if answer.status in _LATER or answer.status >= 500:
        return Later(retry_after_s(answer.headers.get("retry-after"), now), said(answer, service))
    return Refused(said(answer, service))


def said(answer: Answer, service: str) -> Text:
    """Return what a service answered, in a line."""
    hint = _HINTS.get(answer.status)
    if 300 <= answer.status < 400:
        hint = Text(
            "別のURLへ転送されましたが、転送先へは送りません",
            "it leads to another URL, which is not followed",
        )
    reply = f": {found}" if (found := reply_text(answer)) else ""
    ja, en = (f"（{hint.ja}）", f" ({hint.en})") if hint else ("", "")
    return Text(
        f"{service} が {answer.status} を返しました{ja}{reply}",
        f"{service} answered {answer.status}{en}{reply}",
    )


def reply_text(answer: Answer) -> str:
    """Return the beginning of what a service said; a page of HTML says nothing."""
    text = answer.text.lstrip()
    return "" if text.startswith("<") else cut(clean(text), _REPLY_LENGTH)


def retry_after_s(value: str | None, now: datetime) -> float | None:
    """Return for how many seconds a service wants to be left alone; None if it does not say, or not in a way known.

    Both forms of RFC 9110, section 10.2.3: seconds, or a date.

    Args:
        value: of the header.
        now: this moment.
    """
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.isdecimal():
        return wait_s(float(value[:12]))
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return wait_s((moment - now).total_seconds())


def wait_s(asked_s: float) -> float:
    """Return a wait within what is heeded."""
    return min(MAX_WAIT_S, max(0.0, asked_s))
