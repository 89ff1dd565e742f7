"""Slack, by an incoming webhook.

What is from findings stands in `plain_text` objects, in which Slack reads no markup and no mention; only our own
links are `mrkdwn`. A webhook's answer does not name the message, so later ones cannot be put into its thread.

Contract: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks ("ok", or an error word with 4xx),
https://docs.slack.dev/reference/block-kit/blocks (50 blocks; header 150, section and context text 3,000 characters),
https://docs.slack.dev/messaging/formatting-message-text (escapes), https://docs.slack.dev/apis/web-api/rate-limits
(one message a second; 429 with Retry-After).
"""

import json
from collections.abc import Sequence
from typing import Annotated

from api.channels.answers import judge
from api.channels.checks import check_url
from api.channels.fields import PRINTABLE, Secret, Settings, entry
from api.channels.guard import Guard
from api.channels.kind import Kind, Tools
from api.channels.message import Message
from api.channels.outcome import Outcome
from api.channels.plaintext import utf16
from api.channels.render import Link, Part, dashboard, fitted, headline, more_text, notes, plain_part
from collectors.text import Text

MAX_BLOCKS = 50
MAX_HEADER = 150
MAX_TEXT = 3000

_HOSTS = ("hooks.slack.com", "hooks.slack-gov.com")
_JSON = {"Content-Type": "application/json; charset=utf-8"}


class SlackSettings(Settings, frozen=True):
    """Nothing that may be shown."""


class SlackSecret(Secret, frozen=True):
    """The webhook's URL is its key."""

    url: Annotated[
        str,
        entry(
            Text("Webhook URL", "Webhook URL"),
            Text(
                "https://hooks.slack.com/services/ で始まるURLを指定してください",
                "give the URL that begins with https://hooks.slack.com/services/",
            ),
            pattern=PRINTABLE,
            max_length=2048,
        ),
    ]


def check(_settings: SlackSettings, secret: SlackSecret, guard: Guard) -> None:
    """Refuse what is no webhook of Slack."""
    check_url(secret.url, guard, hosts=_HOSTS)


def send(_settings: SlackSettings, secret: SlackSecret, message: Message, tools: Tools) -> Outcome:
    """Post a message."""
    answer = tools.client.post(secret.url, json.dumps(payload(message)).encode(), _JSON)
    return judge(answer, "Slack", tools.now())


def payload(message: Message) -> dict[str, object]:
    """Return the body."""
    parts, left_out = fitted(message, lambda some, left: _fits(message, some, left))
    return {
        # Read out in notifications; as mrkdwn, so escaped.
        "text": _escaped(headline(message, MAX_HEADER)),
        "blocks": _blocks(message, parts, left_out),
        "mrkdwn": False,
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _fits(message: Message, parts: Sequence[Part], left_out: int) -> bool:
    blocks = _blocks(message, parts, left_out)
    return len(blocks) <= MAX_BLOCKS and all(utf16(_text_of(block)) <= MAX_TEXT for block in blocks)


def _blocks(message: Message, parts: Sequence[Part], left_out: int) -> list[dict[str, object]]:
    head = headline(message, MAX_HEADER)
    blocks: list[dict[str, object]] = [{"type": "header", "text": _plain(head)}]
    blocks += [{"type": "section", "text": _plain(note)} for note in notes(message)]
    for each in parts:
        blocks.append({"type": "section", "text": _plain(_words(each, head))})
        if each.links:
            blocks.append(_links(each.links))
    if left_out:
        blocks.append({"type": "section", "text": _plain(more_text(left_out, message.lang))})
    if link := dashboard(message):
        blocks.append(_links((link,)))
    return blocks


def _words(each: Part, head: str) -> str:
    return plain_part(_without_links(each), is_titled=each.title not in head)


def _without_links(each: Part) -> Part:
    return Part(
        each.label, each.happening, each.severity, each.title, each.text, each.facts, each.steps_label, each.steps, ()
    )


def _plain(text: str) -> dict[str, object]:
    return {"type": "plain_text", "text": text, "emoji": False}


def _links(links: Sequence[Link]) -> dict[str, object]:
    text = " · ".join(f"<{_escaped(link.url)}|{_escaped(link.label)}>" for link in links)
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}]}


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _text_of(block: dict[str, object]) -> str:
    held = block.get("text") or block["elements"][0]  # type: ignore[index]
    text: str = held["text"]  # type: ignore[index]
    return text


KIND = Kind(
    name="slack",
    text=Text("Slack", "Slack"),
    about=Text(
        "Slackの「Incoming Webhook」で発行したURLを使います",
        "uses the URL of an incoming webhook of Slack",
    ),
    settings=SlackSettings,
    secret=SlackSecret,
    check=check,
    send=send,
)
