"""A webhook of Teams' Workflows, as https://learn.microsoft.com and https://adaptivecards.io tell of it."""

import json
from typing import Any

from tests.api.channels.services.server import Reply, Request

TARGET = "/workflows/0123456789abcdef/triggers/manual/paths/invoke?api-version=1&sig=SSSSSSSSSSSSSSSSSSSSSSSS"
URL = f"https://flows.example.com{TARGET}"


def contract(request: Request) -> Reply:
    """Answer as a workflow does: 202 without a body."""
    if request.target != TARGET:
        return Reply(401, b'{"error":{"code":"DirectApiAuthorizationRequired"}}')
    if len(request.body) > 28 * 1024:
        return Reply(413, b'{"error":{"code":"RequestEntityTooLarge"}}')
    try:
        sent = json.loads(request.body)
        (attachment,) = sent["attachments"]
        card = attachment["content"]
        good = (
            sent["type"] == "message"
            and attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
            and (card["type"], card["version"]) == ("AdaptiveCard", "1.4")
            and all(_is_element(each) for each in card["body"])
        )
    except (ValueError, KeyError, TypeError):
        good = False
    return Reply(202) if good else Reply(400, b'{"error":{"code":"InvalidRequestContent"}}')


def _is_element(element: dict[str, Any]) -> bool:
    kind = element["type"]
    if kind == "Container":
        return bool(element["items"]) and all(_is_element(each) for each in element["items"])
    if kind == "RichTextBlock":
        return bool(element["inlines"]) and all(
            each["type"] == "TextRun" and isinstance(each["text"], str) for each in element["inlines"]
        )
    return kind == "ActionSet" and 1 <= len(element["actions"]) <= 6 and all(map(_is_action, element["actions"]))


def _is_action(action: dict[str, Any]) -> bool:
    return bool(action["type"] == "Action.OpenUrl" and action["title"] and action["url"].startswith("https://"))
