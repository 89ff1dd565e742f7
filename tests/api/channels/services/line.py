"""LINE's push message, as https://developers.line.biz tells of it."""

import json
import re
import uuid
from typing import Any

from tests.api.channels.services.server import Reply, Request

TOKEN = "line-channel-access-token-0123456789"
TO = "U" + "4af4980629" * 3 + "ab"


class Line:
    """The endpoint, which remembers retry keys.

    Attributes:
        accepted: retry key -> request id.
        texts: that were sent.
    """

    def __init__(self) -> None:
        self.accepted: dict[str, str] = {}
        self.texts: list[str] = []

    def __call__(self, request: Request) -> Reply:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return _error(401, "Authentication failed. Confirm that the access token in the header is valid.")
        key = request.headers.get("x-line-retry-key", "")
        if not _is_uuid(key) or request.target != "/v2/bot/message/push":
            return _error(400, "The retry key is not valid")
        if key in self.accepted:
            return Reply(
                409,
                json.dumps({"message": "The retry key is already accepted"}).encode(),
                {"X-Line-Request-Id": str(uuid.uuid4()), "X-Line-Accepted-Request-Id": self.accepted[key]},
            )
        try:
            sent = json.loads(request.body)
            good = re.fullmatch("[UCR][0-9a-f]{32}", sent["to"]) and 1 <= len(sent["messages"]) <= 5
        except (ValueError, KeyError, TypeError):
            good = None
        if not good or not all(map(_is_text, sent["messages"])):
            return _error(400, "The request body has 1 error(s)")
        self.accepted[key] = str(uuid.uuid4())
        self.texts += [each["text"] for each in sent["messages"]]
        return Reply(
            200,
            json.dumps({"sentMessages": [{"id": "461230966842064897"}]}).encode(),
            {"X-Line-Request-Id": self.accepted[key]},
        )


def _is_uuid(text: str) -> bool:
    return re.fullmatch("[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", text) is not None


def _is_text(message: dict[str, Any]) -> bool:
    text = message["text"]
    return (
        set(message) == {"type", "text"}
        and message["type"] == "text"
        and 1 <= len(text.encode("utf-16-le")) // 2 <= 5000
    )


def _error(status: int, why: str) -> Reply:
    return Reply(status, json.dumps({"message": why}).encode(), {"X-Line-Request-Id": str(uuid.uuid4())})
