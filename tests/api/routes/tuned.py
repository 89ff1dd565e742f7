"""A contract with two PCs whose disks filled up, in a real engine, and who looks at it."""

import re
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient

from api.influx.engine import Engine
from api.models.base import utc_now
from tests.api.office import PASSWORD, Office

RULE = "disk_nearly_full"


@dataclass(frozen=True, slots=True)
class Tuned:
    """A service with a past.

    Attributes:
        client: nobody has signed in yet.
        contract: public id.
        full: the PC whose disk went from 40 to 93 % and, in the end, back to 40.
        other: the PC whose disk lies at 86 % all the time.
    """

    client: FlaskClient
    contract: str
    full: str
    other: str

    def sign_in(self, username: str, lang: str = "en") -> "Tuned":
        page = self.client.get("/login").text
        sent = {"username": username, "password": PASSWORD, "csrf_token": token_of(page)}
        assert self.client.post("/login", data=sent).status_code == 303
        self.client.set_cookie("karte_lang", lang)
        return self

    def call(self, method: str, path: str, body: Any = None, token: str | None = None) -> tuple[int, Any]:
        """Status and JSON of an answer of the API; with the session's token where none is given."""
        if token is None:
            token = (self.client.get("/api/v1/session").get_json() or {}).get("csrf_token", "")
        answer = self.client.open(path, method=method, json=body, headers={"X-CSRF-Token": token})
        return answer.status_code, answer.get_json(silent=True)

    def post(self, path: str, **fields: str) -> Any:
        """A form of a page, with the page's token."""
        return self.client.post(path, data={**fields, "csrf_token": token_of(self.client.get(path).text)})


def fill(engine: Engine, database: str, office: Office) -> tuple[str, str]:
    """Store a day of two PCs, and return their ids."""
    full, other = office.enrol("full"), office.enrol("other")
    now = int(utc_now().timestamp()) // 300 * 300
    lines = []
    for ago in range(24 * 12, 0, -1):
        used = 93 if 4 * 12 <= ago < 12 * 12 else 40
        for device, host, value in ((full.device, "host-full", used), (other.device, "host-other", 86)):
            stamped = f"contract={office.contract},site={office.site},device={device},host={host}"
            lines.append(f"disk,{stamped},path=C:,fstype=NTFS,mode=rw used_percent={value} {now - ago * 300}")
    assert engine.write(database, "\n".join(lines).encode(), "s").status == 204
    return full.device, other.device


def token_of(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]
