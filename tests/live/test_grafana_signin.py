"""From the service into a real Grafana without a second password, and out again with the session here.

`KARTE_LIVE_GRAFANA_HOME` names a Grafana. What Grafana holds of keys is waited for, so this takes some minutes.
"""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.app import create_app
from api.channels.vault import vault_of
from api.config import Config
from api.identity import grafana_pass, persons
from api.identity.accounts import create_user
from api.models import ContractEvent, User
from api.models.base import utc_now
from tests.api.office import PASSWORD
from tests.api.routes.person_browser import Browser, leads_to, token
from tests.live.grafana_place import MARKS, Place, placed

pytestmark = MARKS

HELD_S = grafana_pass.SET_HOLDS.total_seconds() + 2
"""After this Grafana has asked for the keys again."""


class Entered:
    """A page of Grafana that was opened with a token: it sends it with every request."""

    def __init__(self, url: str, token: str) -> None:
        self._url, self._token = url, token

    def get(self, path: str) -> tuple[int, Any]:
        """Return status and answer of what the page asks."""
        request = urllib.request.Request(f"{self._url}{path}", headers={"X-JWT-Assertion": self._token})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, None

    def is_in(self) -> bool:
        """Tell whether Grafana takes the token."""
        return self.get("/api/user")[0] == 200


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A Grafana that lets in whom the service sends; what it would read is not asked for."""
    with placed(tmp_path_factory.mktemp("signin"), Config("", "", influx_url="http://127.0.0.1:9")) as running:
        with running.database.writing.begin() as session:
            grafana_pass.fill(session, vault_of(running.config), utc_now())
        time.sleep(grafana_pass.RIPE_AFTER.total_seconds() + 1)
        yield running


def person(place: Place, name: str) -> tuple[str, Browser]:
    """Return a new contract, and the browser of a person of it who is signed in to the service."""
    contract = place.contract(name)
    place.sync(contract)
    browser = Browser(create_app(place.config).test_client())
    assert browser.log_in(f"{contract}-0@example.jp").status_code == 303
    return contract, browser


def entered(place: Place, browser: Browser) -> Entered:
    """Let a browser enter Grafana."""
    assert place.config.grafana_url
    return Entered(
        place.config.grafana_url, parse_qs(urlsplit(leads_to(browser.get("/grafana"))).query)["auth_token"][0]
    )


def test_a_customer_enters_as_the_account_that_the_sync_made(place: Place) -> None:
    contract, browser = person(place, "山田商事株式会社")
    page = entered(place, browser)
    status, user = page.get("/api/user")
    assert (status, user["login"]) == (200, place.logins(contract)[0])
    assert user["orgId"] == place.org(contract)
    assert not user["isGrafanaAdmin"]
    assert [each["role"] for each in page.get("/api/user/orgs")[1]] == ["Viewer"]
    assert page.get("/api/users")[0] == 403
    # Entering changes nothing of what the sync keeps in order.
    assert place.told(contract, is_deep=True) == []


def test_staff_enter_the_staffs_organisation(place: Place) -> None:
    with place.database.writing.begin() as session:
        login = create_user(session, "boss", PASSWORD, None).public_id
    place.sync()
    browser = Browser(create_app(place.config).test_client())
    browser.log_in("boss")
    status, user = entered(place, browser).get("/api/user")
    assert (status, user["login"], user["orgId"]) == (200, login, 1)


def test_a_forged_an_unsigned_and_a_foreign_token_open_nothing(place: Place) -> None:
    _, browser = person(place, "偽造株式会社")
    good = parse_qs(urlsplit(leads_to(browser.get("/grafana"))).query)["auth_token"][0]
    head, claims, signature = good.split(".")
    none = "eyJhbGciOiJub25lIn0"
    assert place.config.grafana_url
    for forged in (f"{head}.{claims}.{'A' * len(signature)}", f"{none}.{claims}.", f"{head}.{claims}", "x"):
        assert not Entered(place.config.grafana_url, forged).is_in()
    assert Entered(place.config.grafana_url, good).is_in()


def _signed_out(_place: Place, _contract: str, browser: Browser) -> None:
    assert browser.client.post("/logout", data={"csrf_token": token(browser)}).status_code == 303


def _revoked(place: Place, contract: str, _browser: Browser) -> None:
    _change(place, contract, lambda session, user: persons.revoke(session, user, utc_now()))


def _new_password(place: Place, contract: str, _browser: Browser) -> None:
    _change(place, contract, lambda _session, user: user.set_password_hash("x"))


def _suspended(place: Place, contract: str, _browser: Browser) -> None:
    place.apply(contract, ContractEvent.SUSPEND)


def _change(place: Place, contract: str, change: Callable[[Session, User], object]) -> None:
    with place.database.writing.begin() as session:
        change(session, session.scalars(select(User).where(User.public_id == place.logins(contract)[0])).one())


@pytest.mark.parametrize("end", [_signed_out, _revoked, _new_password, _suspended])
def test_an_old_link_opens_nothing_once_its_session_is_over(
    place: Place, end: Callable[[Place, str, Browser], None]
) -> None:
    contract, browser = person(place, f"{end.__name__} Inc.")
    page = entered(place, browser)
    assert page.is_in()
    end(place, contract, browser)
    time.sleep(HELD_S)
    assert not page.is_in()
    # Before any sync, and after one, which must bear accounts that were entered so.
    place.sync(contract)
    assert not page.is_in()


def test_who_comes_back_enters_again(place: Place) -> None:
    contract, browser = person(place, "復帰株式会社")
    assert entered(place, browser).is_in()
    place.apply(contract, ContractEvent.SUSPEND)
    place.sync(contract)
    assert browser.get("/grafana").status_code == 403
    place.apply(contract, ContractEvent.RESUME)
    for _ in range(2):
        place.sync(contract)
    assert entered(place, browser).is_in()


def test_keys_that_were_renewed_end_all_entries_and_new_ones_open(place: Place) -> None:
    _, browser = person(place, "鍵交換株式会社")
    page = entered(place, browser)
    assert page.is_in()
    with place.database.writing.begin() as session:
        grafana_pass.renew_all(session, vault_of(place.config), utc_now())
    assert browser.get("/grafana").status_code == 503
    time.sleep(grafana_pass.RIPE_AFTER.total_seconds() + 1)
    assert not page.is_in()
    assert entered(place, browser).is_in()
