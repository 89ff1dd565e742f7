"""Google Chat, by a webhook of a space.

A card, in whose paragraphs `<`, `>` and `&` are escaped: there is no `text`, in which `<users/all>` would call
everybody. Messages of one finding share a thread.

Contract: https://developers.google.com/workspace/chat/quickstart/webhooks (thread key and reply option, one request a
second and space, 429), https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages/create
(32,000 bytes, text and cards together), https://developers.google.com/workspace/chat/format-messages#card-formatting.
"""

import json
from collections.abc import Sequence
from html import escape
from typing import Annotated
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from api.channels.answers import judge
from api.channels.checks import check_url
from api.channels.fields import PRINTABLE, Secret, Settings, entry
from api.channels.guard import Guard
from api.channels.http import Answer
from api.channels.kind import Kind, Tools
from api.channels.message import Message
from api.channels.outcome import Outcome, Sent
from api.channels.plaintext import without
from api.channels.render import Link, Part, dashboard, fitted, headline, more_text, notes
from collectors.text import Text

MAX_BYTES = 32_000
_BUDGET = 30_000
_MOST = 40
_REPLY = {"messageReplyOption": "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD"}
_JSON = {"Content-Type": "application/json; charset=UTF-8"}


class GoogleChatSettings(Settings, frozen=True):
    """Nothing that may be shown."""


class GoogleChatSecret(Secret, frozen=True):
    """The webhook's URL holds its key and token."""

    url: Annotated[
        str,
        entry(
            Text("Webhook URL", "Webhook URL"),
            Text(
                "https://chat.googleapis.com/v1/spaces/ で始まるURLを指定してください",
                "give the URL that begins with https://chat.googleapis.com/v1/spaces/",
            ),
            pattern=PRINTABLE,
            max_length=2048,
        ),
    ]


def check(_settings: GoogleChatSettings, secret: GoogleChatSecret, guard: Guard) -> None:
    """Refuse what is no webhook of Google Chat."""
    check_url(secret.url, guard, hosts=("chat.googleapis.com",))


def send(_settings: GoogleChatSettings, secret: GoogleChatSecret, message: Message, tools: Tools) -> Outcome:
    """Post a message."""
    url = _threaded(secret.url) if message.thread else secret.url
    answer = tools.client.post(url, encoded(payload(message)), _JSON)
    outcome = judge(answer, "Google Chat", tools.now())
    return Sent(_name(answer)) if isinstance(outcome, Sent) else outcome


def _threaded(url: str) -> str:
    parts = urlsplit(url)
    query = {**dict(parse_qsl(parts.query, keep_blank_values=True)), **_REPLY}
    return urlunsplit(parts._replace(query=urlencode(query)))


def _name(answer: Answer) -> str | None:
    try:
        told = json.loads(answer.body)
    except ValueError:
        return None
    name = told.get("name") if isinstance(told, dict) else None
    return name if isinstance(name, str) else None


def encoded(body: dict[str, object]) -> bytes:
    """Return a body as it is sent."""
    return json.dumps(body, ensure_ascii=False).encode()


def payload(message: Message) -> dict[str, object]:
    """Return the body."""
    parts, left_out = fitted(message, lambda some, left: len(encoded(_body(message, some, left))) <= _BUDGET, _MOST)
    return _body(message, parts, left_out)


def _body(message: Message, parts: Sequence[Part], left_out: int) -> dict[str, object]:
    head = without("<>", headline(message, 200))
    sections = [_section([_paragraph(escape(note, quote=False))]) for note in notes(message)]
    sections += [_section(_widgets(each)) for each in parts]
    end = [_paragraph(more_text(left_out, message.lang))] if left_out else []
    if link := dashboard(message):
        end.append(_buttons((link,)))
    if end or not sections:
        sections.append(_section(end or [_paragraph(escape(head, quote=False))]))
    body: dict[str, object] = {
        "cardsV2": [{"cardId": message.id, "card": {"header": {"title": head}, "sections": sections}}],
        "fallbackText": head,
    }
    if message.thread:
        body["thread"] = {"threadKey": message.thread}
    return body


def _widgets(each: Part) -> list[dict[str, object]]:
    lines = [f"<b>{_html(each.label)}</b> {_html(each.title)}"]
    if each.text:
        lines.append(_html(each.text))
    lines += [f"{_html(fact.label)}: {_html(fact.value)}" for fact in each.facts]
    if each.steps:
        lines.append(f"<b>{_html(each.steps_label)}</b>")
        lines += [f"{number}. {_html(step)}" for number, step in enumerate(each.steps, 1)]
    widgets = [_paragraph("<br>".join(lines))]
    if each.links:
        widgets.append(_buttons(each.links))
    return widgets


def _html(text: str) -> str:
    return escape(text, quote=False)


def _section(widgets: Sequence[dict[str, object]]) -> dict[str, object]:
    return {"widgets": list(widgets)}


def _paragraph(html: str) -> dict[str, object]:
    return {"textParagraph": {"text": html}}


def _buttons(links: Sequence[Link]) -> dict[str, object]:
    return {
        "buttonList": {
            "buttons": [{"text": link.label, "onClick": {"openLink": {"url": link.url}}} for link in links],
        }
    }


KIND = Kind(
    name="google_chat",
    text=Text("Google Chat", "Google Chat"),
    about=Text(
        "スペースの「アプリと統合」で発行したWebhookのURLを使います",
        "uses the URL of a webhook of a space, under apps and integrations",
    ),
    settings=GoogleChatSettings,
    secret=GoogleChatSecret,
    check=check,
    send=send,
)
