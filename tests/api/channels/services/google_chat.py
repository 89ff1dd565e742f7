"""A webhook of a space of Google Chat, as https://developers.google.com/workspace/chat tells of it."""

import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.api.channels.services.server import Reply, Request

PATH = "/v1/spaces/AAAAAAAAAAA/messages"
URL = f"https://chat.googleapis.com{PATH}?key=AIzaKKKKKKKKKKKK&token=TTTTTTTTTTTTTTTT%3D"

_OPTIONS = ["REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD", "REPLY_MESSAGE_OR_FAIL"]


def contract(request: Request) -> Reply:
    """Answer as the API does: the message's resource, or an error in JSON."""
    parts = urlsplit(request.target)
    query = parse_qs(parts.query)
    if parts.path != PATH:
        return _error(404, "NOT_FOUND")
    if (query.get("key"), query.get("token")) != (["AIzaKKKKKKKKKKKK"], ["TTTTTTTTTTTTTTTT="]):
        return _error(401, "UNAUTHENTICATED")
    if len(request.body) > 32_000 or not set(query.get("messageReplyOption", [])) <= set(_OPTIONS):
        return _error(400, "INVALID_ARGUMENT")
    try:
        sent = json.loads(request.body)
        good = set(sent) <= {"cardsV2", "fallbackText", "thread"} and all(map(_is_card, sent["cardsV2"]))
    except (ValueError, KeyError, TypeError):
        good = False
    if not good:
        return _error(400, "INVALID_ARGUMENT")
    return Reply(200, json.dumps({"name": "spaces/AAAAAAAAAAA/messages/mmm.mmm"}).encode())


def _error(code: int, status: str) -> Reply:
    return Reply(code, json.dumps({"error": {"code": code, "status": status}}).encode())


def _is_card(card: dict[str, Any]) -> bool:
    sections = card["card"]["sections"]
    return bool(card["cardId"] and card["card"]["header"]["title"] and sections) and all(
        section["widgets"] and all(map(_is_widget, section["widgets"])) for section in sections
    )


def _is_widget(widget: dict[str, Any]) -> bool:
    if "textParagraph" in widget:
        return bool(widget["textParagraph"]["text"])
    return all(
        button["text"] and button["onClick"]["openLink"]["url"].startswith("https://")
        for button in widget["buttonList"]["buttons"]
    )


def calls_or_markup(sent: dict[str, Any]) -> list[str]:
    """Return what Google Chat would read as a mention or as markup, besides our own bold and line breaks."""
    found = []
    for section in sent["cardsV2"][0]["card"]["sections"]:
        for widget in section["widgets"]:
            html = widget.get("textParagraph", {}).get("text", "")
            found += [tag for tag in re.findall(r"<[^>]*>?", html) if tag not in ("<b>", "</b>", "<br>")]
    return found + re.findall(r"<[^>]*>?", sent["fallbackText"] + sent["cardsV2"][0]["card"]["header"]["title"])
