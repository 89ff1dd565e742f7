"""A program that has signed in to the API."""

import re
from typing import Any

from flask.testing import FlaskClient

from tests.api.office import PASSWORD


class Api:
    """A session of a person's, and the header that its requests need.

    Attributes:
        client: of the application.
        headers: sent with every request.
    """

    def __init__(self, client: FlaskClient, username: str) -> None:
        self.client = client
        found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/login").text)
        assert found
        client.post("/login", data={"csrf_token": found[1], "username": username, "password": PASSWORD})
        client.set_cookie("karte_lang", "en")
        self.headers = {"X-CSRF-Token": client.get("/api/v1/session").get_json()["csrf_token"]}

    def __call__(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
        """Return status and JSON of an answer.

        Args:
            method: of HTTP.
            path: below `/api/v1`.
            body: sent as JSON.
            headers: more of them, with `_` for `-`.
        """
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.client.open(f"/api/v1{path}", method=method, json=body, headers={**self.headers, **more})
        return answer.status_code, answer.get_json(silent=True)
