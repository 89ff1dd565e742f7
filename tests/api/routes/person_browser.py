"""A person's browser: fills forms in as a page offers them, with the token that the page holds."""

import re
from datetime import datetime, timedelta

import pyotp
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from api.db import Database
from api.models import SecondFactor
from tests.api.office import PASSWORD


class Browser:
    """One browser with its cookies.

    Attributes:
        client: of the application.
    """

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        client.set_cookie("karte_lang", "en")

    def get(self, path: str) -> TestResponse:
        """Open a page."""
        return self.client.get(path)

    def post(self, form: str, to: str | None = None, **fields: str) -> TestResponse:
        """Send a form.

        Args:
            form: the page that it is on.
            to: where it is sent, if elsewhere.
            fields: what is filled in.
        """
        page = self.client.get(form).text
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert found, page
        return self.client.post(to or form, data={"csrf_token": found[1], **fields})

    def log_in(self, username: str, password: str = PASSWORD, target: str = "/account") -> TestResponse:
        """Send name and password."""
        return self.post("/login", username=username, password=password, next=target)

    @property
    def is_in(self) -> bool:
        """Whether the browser is signed in."""
        return self.client.get("/account").status_code == 200


def shown_secret(page: str) -> str:
    """Return the key that a page offers to an authenticator."""
    found = re.search(r"<code>([A-Z2-7]{32})</code>", page)
    assert found, page
    return found[1]


def shown_codes(page: str) -> list[str]:
    """Return the recovery codes that a page shows."""
    return re.findall(r"<li><code>([0-9a-z-]+)</code></li>", page)


def code_at(secret: str, at: datetime, steps: int = 0) -> str:
    """Return what an authenticator shows, some steps from a moment."""
    return pyotp.TOTP(secret).at(at + timedelta(seconds=30 * steps))


def set_up(browser: Browser, database: Database, now: datetime) -> tuple[str, list[str]]:
    """Set a second factor up for who is signed in; return its secret and the recovery codes.

    The code that confirmed it is forgotten, so that a test may use the code of this moment again.
    """
    secret = shown_secret(browser.post("/account/second-factor", current=PASSWORD).text)
    page = browser.client.post(
        "/account/second-factor/confirm", data={"csrf_token": token(browser), "code": code_at(secret, now)}
    )
    assert page.status_code == 200, page.text
    with database.writing.begin() as session:
        session.execute(update(SecondFactor).values(last_step=0))
    return secret, shown_codes(page.text)


def token(browser: Browser) -> str:
    """Return the token of forms of a browser's session."""
    with browser.client.session_transaction() as session:
        made: str = session.setdefault("csrf", "planted by the test, as a page would")
    return made


def leads_to(page: TestResponse) -> str:
    """Return where a page leads on to at once."""
    assert page.status_code == 200, page.text
    at_once, address = page.headers["Refresh"].split(";url=", 1)
    assert at_once == "0"
    return address
