"""Microsoft Teams, by a webhook of Workflows (Power Automate).

An Adaptive Card in a message's attachment. What is from findings stands in `TextRun`s, in which Teams reads no
Markdown (in `TextBlock`s it does); mentions need an entity of their own, which is never sent.

Contract: https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook (28
KB, four requests a second, 429), https://learn.microsoft.com/connectors/teams (the size again; 202 where a workflow
took it), https://adaptivecards.io/explorer/RichTextBlock.html, https://adaptivecards.io/explorer/TextRun.html.
"""

import json
from collections.abc import Sequence
from typing import Annotated

from api.channels.answers import judge, said
from api.channels.checks import check_url
from api.channels.fields import PRINTABLE, Secret, Settings, entry
from api.channels.guard import Guard
from api.channels.kind import Kind, Tools
from api.channels.message import Message
from api.channels.outcome import Later, Outcome
from api.channels.render import Link, Part, dashboard, fitted, headline, more_text, notes
from api.models.delivery import Happening
from collectors.text import Text

MAX_BYTES = 28 * 1024
_BUDGET = 24 * 1024
"""Teams counts what it makes of the card, which is somewhat more than what is sent."""

_MOST = 20
_FAILED = "Webhook message delivery failed"
"""Webhooks from before Workflows answer 200 and this where Teams itself was busy."""

_JSON = {"Content-Type": "application/json; charset=utf-8"}


class TeamsSettings(Settings, frozen=True):
    """Nothing that may be shown."""


class TeamsSecret(Secret, frozen=True):
    """The workflow's URL is its key."""

    url: Annotated[
        str,
        entry(
            Text("Webhook URL", "Webhook URL"),
            Text(
                "ワークフロー「Webhook 要求を受信したらチャネルに投稿する」のURLを指定してください",
                "give the URL of a workflow that posts to a channel when a webhook request is received",
            ),
            pattern=PRINTABLE,
            max_length=2048,
        ),
    ]


def check(_settings: TeamsSettings, secret: TeamsSecret, guard: Guard) -> None:
    """Refuse what is no URL to send to; Teams' own hosts differ by region and tenant."""
    check_url(secret.url, guard)


def send(_settings: TeamsSettings, secret: TeamsSecret, message: Message, tools: Tools) -> Outcome:
    """Post a message."""
    answer = tools.client.post(secret.url, encoded(payload(message)), _JSON)
    if answer.status == 200 and _FAILED in answer.text:
        return Later(None, said(answer, "Microsoft Teams"))
    return judge(answer, "Microsoft Teams", tools.now())


def encoded(body: dict[str, object]) -> bytes:
    """Return a body as it is sent."""
    return json.dumps(body, ensure_ascii=False).encode()


def payload(message: Message) -> dict[str, object]:
    """Return the body."""
    parts, left_out = fitted(message, lambda some, left: len(encoded(_body(message, some, left))) <= _BUDGET, _MOST)
    return _body(message, parts, left_out)


def _body(message: Message, parts: Sequence[Part], left_out: int) -> dict[str, object]:
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "lang": message.lang,
        "fallbackText": headline(message, 200),
        "msteams": {"width": "Full"},
        "body": _elements(message, parts, left_out),
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def _elements(message: Message, parts: Sequence[Part], left_out: int) -> list[dict[str, object]]:
    head = headline(message, 200)
    elements = [_line(_run(head, size="Large", weight="Bolder"))]
    elements += [_line(_run(note)) for note in notes(message)]
    for each in parts:
        elements.append(_container(each, is_titled=each.title not in head))
    if left_out:
        elements.append(_line(_run(more_text(left_out, message.lang))))
    if link := dashboard(message):
        elements.append(_actions((link,)))
    return elements


def _container(each: Part, is_titled: bool) -> dict[str, object]:
    label = _run(each.label, weight="Bolder", color=_color(each))
    title = [label, _run(f" {each.title}", weight="Bolder")] if is_titled else [label]
    items = [_line(*title)]
    if each.text:
        items.append(_line(_run(each.text)))
    items += [_line(_run(f"{fact.label}: ", isSubtle=True), _run(fact.value)) for fact in each.facts]
    if each.steps:
        items.append(_line(_run(each.steps_label, weight="Bolder")))
        items += [_line(_run(f"{number}. {step}")) for number, step in enumerate(each.steps, 1)]
    if each.links:
        items.append(_actions(each.links))
    return {"type": "Container", "separator": True, "items": items}


def _color(each: Part) -> str:
    if each.happening is Happening.CLOSED:
        return "Good"
    return {"critical": "Attention", "warning": "Warning"}.get(each.severity, "Default")


def _line(*runs: dict[str, object]) -> dict[str, object]:
    return {"type": "RichTextBlock", "inlines": list(runs)}


def _run(text: str, **style: object) -> dict[str, object]:
    return {"type": "TextRun", "text": text, **style}


def _actions(links: Sequence[Link]) -> dict[str, object]:
    return {
        "type": "ActionSet",
        "actions": [{"type": "Action.OpenUrl", "title": link.label, "url": link.url} for link in links],
    }


KIND = Kind(
    name="teams",
    text=Text("Microsoft Teams", "Microsoft Teams"),
    about=Text(
        "Teamsの「ワークフロー」で作ったWebhookのURLを使います",
        "uses the URL of a webhook made with Workflows in Teams",
    ),
    settings=TeamsSettings,
    secret=TeamsSecret,
    check=check,
    send=send,
)
