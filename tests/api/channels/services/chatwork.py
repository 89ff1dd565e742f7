"""Chatwork's API v2, as https://developer.chatwork.com tells of it."""

import json
import re
import time
from urllib.parse import parse_qs

from tests.api.channels.services.server import Reply, Request

TOKEN = "cw0123456789abcdef0123456789abcd"
ROOM = "123456"


class Chatwork:
    """The API with its rate limit.

    Attributes:
        limit: requests in five minutes.
        bodies: of the messages that were posted.
    """

    def __init__(self, limit: int = 300) -> None:
        self.limit = limit
        self.bodies: list[str] = []
        self._seen = 0
        self._reset = int(time.time()) + 300

    def __call__(self, request: Request) -> Reply:
        self._seen += 1
        headers = {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(max(0, self.limit - self._seen)),
            "X-RateLimit-Reset": str(self._reset),
        }
        if self._seen > self.limit:
            return _error(429, "Rate limit exceeded", headers)
        if request.headers.get("x-chatworktoken") != TOKEN:
            return _error(401, "Invalid API Token", headers)
        if request.target != f"/v2/rooms/{ROOM}/messages":
            return _error(403, "You don't have permission to get this room", headers)
        if request.headers.get("content-type") != "application/x-www-form-urlencoded":
            return _error(400, "Parameter 'body' is required", headers)
        form = parse_qs(request.body.decode("ascii"), strict_parsing=True, encoding="utf-8", errors="strict")
        (body,), (unread,) = form["body"], form["self_unread"]
        if not 1 <= len(body) <= 65_535 or unread not in ("0", "1") or set(form) != {"body", "self_unread"}:
            return _error(400, "Parameter 'body' is not valid", headers)
        self.bodies.append(body)
        return Reply(200, json.dumps({"message_id": "1234567890"}).encode(), headers)


def _error(status: int, why: str, headers: dict[str, str]) -> Reply:
    return Reply(status, json.dumps({"errors": [why]}).encode(), headers)


def tags(body: str) -> list[str]:
    """Return the tags of a message."""
    return re.findall(r"\[[^\]]*\]?|\]", body)
