"""Slack's incoming webhooks, as https://docs.slack.dev tells of them."""

import json
import re
from typing import Any

from tests.api.channels.services.server import Reply, Request

TARGET = "/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX"
URL = f"https://hooks.slack.com{TARGET}"

_LINK = re.compile(r"<https?://[^<>|\s]+\|[^<>|]+>")
_TYPES = {"header": "plain_text", "section": "plain_text", "context": "mrkdwn"}


def contract(request: Request) -> Reply:
    """Answer as Slack does: "ok", or a word."""
    if request.target != TARGET:
        return Reply(404, b"no_service")
    if not request.headers.get("content-type", "").startswith("application/json"):
        return Reply(400, b"invalid_payload")
    try:
        sent = json.loads(request.body)
    except ValueError:
        return Reply(400, b"invalid_payload")
    if not sent.get("text"):
        return Reply(400, b"no_text")
    if not all(_is_block(block) for block in sent["blocks"]) or not 1 <= len(sent["blocks"]) <= 50:
        return Reply(400, b"invalid_blocks")
    return Reply(200, b"ok")


def _is_block(block: dict[str, Any]) -> bool:
    kind = block["type"]
    texts = block["elements"] if kind == "context" else [block["text"]]
    limit = 150 if kind == "header" else 3000
    return 1 <= len(texts) <= 10 and all(
        text["type"] in ("plain_text", "mrkdwn") and 1 <= _length(text["text"]) <= limit for text in texts
    )


def _length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def calls_or_markup(sent: dict[str, Any]) -> list[str]:
    """Return what Slack would read as a mention or a link, besides links with a label of ours."""
    read = [sent["text"]]
    for block in sent["blocks"]:
        texts = block["elements"] if block["type"] == "context" else [block["text"]]
        read += [text["text"] for text in texts if text["type"] == "mrkdwn"]
    return [found for text in read for found in re.findall(r"<[^>]*>?", _LINK.sub("", text))]
