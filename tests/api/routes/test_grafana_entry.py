"""Entering Grafana, with a stand-in that looks at tokens as Grafana does: the live test asks the real one."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from api.channels.vault import vault_of
from api.config import Config
from api.db import Database
from api.identity import grafana_pass
from api.identity.accounts import find_user
from api.models import AuditEntry, ContractEvent, GrafanaKey, User
from api.models.base import utc_now
from tests.api.office import Office
from tests.api.routes.person_browser import Browser, leads_to

WHERE = "https://dashboards.example.jp"


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, grafana_url=f"{WHERE}/")


@dataclass
class StandIn:
    """Looks at tokens by a set of keys that it holds for as long as the answer said.

    Attributes:
        client: asks the service for the set.
        now: its clock.
    """

    client: FlaskClient
    now: datetime = field(default_factory=utc_now)
    held: dict[str, jwt.PyJWK] = field(default_factory=dict)
    held_until: datetime | None = None

    def who(self, token: str) -> str | None:
        """Return the login that a token names; None where it opens nothing."""
        if self.held_until is None or self.now >= self.held_until:
            answer = self.client.get("/.well-known/jwks.json")
            self.held = {each["kid"]: jwt.PyJWK(each) for each in answer.get_json()["keys"]}
            assert answer.cache_control.max_age is not None
            self.held_until = self.now + timedelta(seconds=answer.cache_control.max_age)
        key = self.held.get(jwt.get_unverified_header(token)["kid"])
        if key is None:
            return None
        claims = jwt.decode(token, key.key, ["ES256"], audience="grafana", issuer="office-karte", leeway=60)
        login: str = claims["login"]
        return login

    def later(self, seconds: float) -> "StandIn":
        """Let time pass."""
        self.now += timedelta(seconds=seconds)
        return self


@pytest.fixture
def grafana(app: Flask) -> StandIn:
    return StandIn(app.test_client())


@pytest.fixture
def supplied(database: Database, config: Config) -> None:
    """A supply of ripe keys, as the worker keeps it."""
    with database.writing.begin() as session:
        grafana_pass.fill(session, vault_of(config), utc_now() - timedelta(minutes=5))


@pytest.fixture
def taro(app: Flask, customer: str, supplied: None) -> Browser:
    browser = Browser(app.test_client())
    assert browser.log_in(customer).status_code == 303
    return browser


def entered(browser: Browser, path: str = "/grafana") -> str:
    """Return the token that a browser is sent to Grafana with."""
    address = leads_to(browser.get(path))
    assert address.startswith(f"{WHERE}/")
    (token,) = parse_qs(urlsplit(address).query)["auth_token"]
    return token


def public_id(database: Database, name: str) -> str:
    with database.reading() as session:
        user = find_user(session, name)
        assert user is not None
        return user.public_id


def test_who_is_signed_in_enters_as_the_account_that_the_sync_made(
    taro: Browser, grafana: StandIn, database: Database, customer: str
) -> None:
    assert grafana.who(entered(taro)) == public_id(database, customer)


def test_a_page_of_grafana_is_opened_and_nothing_elsewhere(taro: Browser) -> None:
    address = leads_to(taro.get("/grafana?to=/d/karte-overview?var-site%3DHQ"))
    assert address.startswith(f"{WHERE}/d/karte-overview?var-site=HQ&auth_token=")
    for evil in ("//evil.example", "https://evil.example", "/\\evil.example", "@evil.example", "/%09/evil.example"):
        address = leads_to(taro.client.get("/grafana", query_string={"to": evil}))
        assert urlsplit(address).netloc == urlsplit(WHERE).netloc


def test_who_is_not_signed_in_is_asked_to_and_comes_back(app: Flask, supplied: None) -> None:
    answer = app.test_client().get("/grafana?to=/d/x")
    assert (answer.status_code, answer.location) == (302, "/login?next=/grafana?to%3D/d/x")


def test_no_redirect_of_a_form_leads_to_another_origin(taro: Browser, app: Flask, customer: str) -> None:
    # Browsers follow none under `form-action 'self'`, as that of our pages is.
    browser = Browser(app.test_client())
    answer = browser.log_in(customer, target="/grafana")
    assert (answer.status_code, answer.location) == (303, "/grafana")
    assert leads_to(browser.get("/grafana")).startswith(f"{WHERE}/")


def test_a_target_is_only_an_address(taro: Browser) -> None:
    page = taro.client.get("/grafana", query_string={"to": '/"><script>alert(1)</script>日本'})
    assert "<script" not in page.text
    assert page.headers["Refresh"].isascii()


def test_the_address_with_the_token_is_kept_nowhere(taro: Browser) -> None:
    answer = taro.get("/grafana")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_an_entry_ends_with_the_session(taro: Browser, grafana: StandIn, app: Flask) -> None:
    token = entered(taro)
    assert grafana.who(token)
    with taro.client.session_transaction() as cookie:
        csrf = cookie.setdefault("csrf", "as a page would")
    assert taro.client.post("/logout", data={"csrf_token": csrf}).status_code == 303
    assert grafana.later(grafana_pass.SET_HOLDS.total_seconds()).who(token) is None


def test_an_entry_ends_with_the_person_the_password_and_the_contract(
    taro: Browser, grafana: StandIn, database: Database, office: Office, customer: str
) -> None:
    token = entered(taro)
    holds = grafana_pass.SET_HOLDS.total_seconds()
    office.apply(ContractEvent.SUSPEND, "料金未払い")
    assert grafana.later(holds).who(token) is None
    assert taro.get("/grafana").status_code == 403
    office.apply(ContractEvent.RESUME)
    assert grafana.later(holds).who(token)
    changes: list[Callable[[User], None]] = [
        lambda user: user.set_password_hash("x"),
        lambda user: user.disable(utc_now()),
    ]
    for change in changes:
        with database.writing.begin() as session:
            change(session.scalars(select(User).where(User.username == customer)).one())
        assert grafana.later(holds).who(token) is None
        with database.writing.begin() as session:
            session.execute(update(User).values(session_epoch=0, disabled_at=None))
            session.execute(update(GrafanaKey).where(GrafanaKey.user_id.is_not(None)).values(session_epoch=0))
        assert grafana.later(holds).who(token)


def test_an_entry_ends_by_itself(taro: Browser, grafana: StandIn, database: Database) -> None:
    token = entered(taro)
    assert grafana.who(token)
    with database.writing.begin() as session:
        session.execute(update(GrafanaKey).where(GrafanaKey.user_id.is_not(None)).values(ends_at=utc_now()))
    assert grafana.later(60).who(token) is None


def test_a_key_signs_once_and_its_private_part_is_forgotten(taro: Browser, database: Database, config: Config) -> None:
    first, second = entered(taro), entered(taro)
    kids = {jwt.get_unverified_header(each)["kid"] for each in (first, second)}
    assert len(kids) == 2
    with database.reading() as session:
        used = session.scalars(select(GrafanaKey).where(GrafanaKey.user_id.is_not(None))).all()
        waiting = session.scalars(select(GrafanaKey).where(GrafanaKey.user_id.is_(None))).all()
    assert {each.kid for each in used} == kids
    assert {each.private for each in used} == {b""}
    assert len(waiting) == grafana_pass.SUPPLY
    assert not any(b"PRIVATE KEY" in each.private for each in waiting)


def test_staff_who_enter_are_in_the_audit_log_and_customers_are_not(
    taro: Browser, app: Flask, database: Database, staff: str, office: Office
) -> None:
    entered(taro)
    clerk = Browser(app.test_client())
    assert clerk.log_in(staff).status_code == 303
    for target in (f"/d/karte-contract?var-contract={office.contract}", "/d/karte-fleet", "/d/x?var-contract=c-none"):
        assert leads_to(clerk.client.get("/grafana", query_string={"to": target})).startswith(WHERE)
    assert leads_to(clerk.client.get("/grafana", query_string={"to": "/d/x?var-contract=%00"})).startswith(WHERE)
    with database.reading() as session:
        noted = session.scalars(select(AuditEntry).where(AuditEntry.target == "grafana_entry.go")).all()
    assert [(each.actor_name, each.action, each.contract) for each in noted] == [
        (staff, "read", contract) for contract in (office.contract, "", "", "")
    ]
    assert "auth_token" not in str([each.details for each in noted])


def test_nothing_private_is_published(taro: Browser, app: Flask) -> None:
    entered(taro)
    keys = app.test_client().get("/.well-known/jwks.json").get_json()["keys"]
    assert {name for key in keys for name in key} == {"kty", "crv", "x", "y", "kid", "use", "alg"}


def test_a_key_is_used_only_once_every_set_that_may_be_held_has_it(
    app: Flask, database: Database, config: Config, customer: str, grafana: StandIn
) -> None:
    browser = Browser(app.test_client())
    browser.log_in(customer)
    answer = browser.get("/grafana")
    # The first entry of all makes the supply; Grafana may hold a set from before it.
    assert (answer.status_code, answer.headers["Refresh"]) == (503, "5")
    assert grafana_pass.RIPE_AFTER > grafana_pass.SET_HOLDS
    assert browser.get("/grafana").status_code == 503
    with database.writing.begin() as session:
        session.execute(update(GrafanaKey).values(made_at=utc_now() - timedelta(seconds=40)))
    assert grafana.who(entered(browser))


def test_all_entries_are_ended_by_new_keys(taro: Browser, grafana: StandIn, database: Database, config: Config) -> None:
    token = entered(taro)
    assert grafana.who(token)
    with database.writing.begin() as session:
        grafana_pass.renew_all(session, vault_of(config), utc_now())
    assert grafana.later(grafana_pass.SET_HOLDS.total_seconds()).who(token) is None


def test_what_is_over_leaves_the_table(taro: Browser, database: Database, config: Config) -> None:
    entered(taro)
    later = utc_now() + grafana_pass.OPENS_FOR + timedelta(minutes=2)
    with database.writing.begin() as session:
        grafana_pass.fill(session, vault_of(config), later)
    with database.writing.begin() as session:
        assert session.scalar(select(func.count(GrafanaKey.id)).where(GrafanaKey.user_id.is_not(None))) == 0
        assert grafana_pass.fill(session, vault_of(config), later + grafana_pass.SUPPLY_AGES * 2) == grafana_pass.SUPPLY


def test_staff_without_their_second_factor_do_not_enter(
    config: Config, staff: str, supplied: None, another_app: Callable[[Config], Flask]
) -> None:
    strict = Browser(another_app(replace(config, staff_totp="required")).test_client())
    strict.log_in(staff)
    assert strict.get("/grafana").location == "/account/second-factor"


def test_where_there_is_no_grafana_there_is_no_way(
    config: Config, customer: str, another_app: Callable[[Config], Flask]
) -> None:
    browser = Browser(another_app(replace(config, grafana_url=None)).test_client())
    browser.log_in(customer)
    assert browser.get("/grafana").status_code == 404
