"""A receiver of our own signed JSON, written by what docs/OPERATIONS.md says and with none of our code."""

import hashlib
import hmac
import json
import time

from tests.api.channels.services.server import Reply, Request

KEY = "a signature key".replace(" ", "-") + "-0123456789"
URL = "https://hooks.example.jp/karte?for=alerts"

_FIELDS = {"version", "id", "at", "lang", "subject", "thread", "notes", "findings", "more", "dashboard_url"}


class Receiver:
    """Takes each delivery once.

    Attributes:
        taken: documents by delivery.
    """

    def __init__(self) -> None:
        self.taken: dict[str, dict[str, object]] = {}

    def __call__(self, request: Request) -> Reply:
        timestamp = request.headers.get("karte-timestamp", "")
        expected = hmac.new(KEY.encode(), f"{timestamp}.".encode() + request.body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(request.headers.get("karte-signature", ""), f"v1={expected}"):
            return Reply(401, b"wrong signature")
        if abs(time.time() - int(timestamp)) > 300:
            return Reply(401, b"too old")
        document = json.loads(request.body)
        if set(document) != _FIELDS or document["id"] != request.headers.get("karte-delivery"):
            return Reply(422, b"not the documented form")
        self.taken[document["id"]] = document
        return Reply(204)
