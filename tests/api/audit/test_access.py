"""What is recorded of what people read."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from api.audit import access
from api.db import Database
from api.models import AuditEntry, Report, User
from api.models.base import utc_now
from api.reports.cabinet import open_cabinet
from api.web.gate import ROLE_SCOPES, TOKEN_LOOKUP, Caller
from tests.api.archive.conftest import add, chain_of
from tests.api.office import PASSWORD, Office


def sign_in(client: FlaskClient, username: str) -> FlaskClient:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/login").text)
    assert found
    answer = client.post("/login", data={"csrf_token": found[1], "username": username, "password": PASSWORD})
    assert answer.status_code == 303
    return client


def reads(database: Database) -> list[tuple[str, str, str]]:
    with database.reading() as session:
        found = session.scalars(
            select(AuditEntry).where(AuditEntry.action == access.ACTION).order_by(AuditEntry.id)
        ).all()
    return [(each.actor_name, each.contract, each.target) for each in found]


def test_staff_who_look_at_a_contract_are_recorded(
    client: FlaskClient, staff: str, office: Office, database: Database
) -> None:
    sign_in(client, staff)
    assert client.get(f"/?contract={office.contract}").status_code == 200
    assert client.get(f"/reports/{office.contract}/").status_code == 200
    assert client.get(f"/api/v1/contracts/{office.contract}/channels").status_code == 200
    assert reads(database) == [
        (staff, office.contract, "status.index"),
        (staff, office.contract, "report.listing"),
        (staff, office.contract, "channels.list_"),
    ]


def test_the_first_contract_of_all_is_one_that_was_looked_at(
    client: FlaskClient, staff: str, office: Office, other_office: Office, database: Database
) -> None:
    sign_in(client, staff).get("/")
    assert reads(database) == [(staff, office.contract, "status.index")]


def test_the_download_of_a_report_is_recorded(
    app: Flask, client: FlaskClient, staff: str, office: Office, database: Database
) -> None:
    chain = chain_of(database, office.contract)
    add(database, open_cabinet(app.extensions["karte_config"], database).blobs, chain, b"%PDF-1.7")
    with database.reading() as session:
        report = session.scalars(select(Report)).one()
    name = f"{office.contract}-{report.period}-ja.pdf"
    sign_in(client, staff)
    listed = client.get(f"/reports/{office.contract}/").text
    link = re.search(rf'href="(/reports/{office.contract}/[^"?]+\.pdf)', listed)
    assert link, name
    answer = client.get(link[1])
    assert (answer.status_code, answer.data) == (200, b"%PDF-1.7")
    assert (staff, office.contract, "report.download") in reads(database)


def test_what_customers_read_of_their_own_is_not_recorded(
    client: FlaskClient, customer: str, office: Office, database: Database
) -> None:
    sign_in(client, customer)
    assert client.get("/").status_code == 200
    assert client.get(f"/reports/{office.contract}/").status_code == 200
    assert reads(database) == []


def test_what_was_refused_was_not_read(
    app: Flask, client: FlaskClient, staff: str, customer: str, other_office: Office, database: Database
) -> None:
    sign_in(client, customer)
    assert client.get(f"/?contract={other_office.contract}").status_code == 404
    assert sign_in(app.test_client(), staff).get("/?contract=c-nosuchone0").status_code == 404
    assert reads(database) == []


def test_a_list_across_contracts_is_recorded_without_one(client: FlaskClient, staff: str, database: Database) -> None:
    sign_in(client, staff)
    assert client.get("/api/v1/audit").status_code == 200
    assert reads(database) == [(staff, "", "audit.list_")]


@pytest.mark.parametrize("path", ["/collected", "/api/v1/session", "/healthz", "/login", "/api/v1/openapi.json"])
def test_what_shows_nothing_of_any_customer_is_not_recorded(
    client: FlaskClient, staff: str, office: Office, database: Database, path: str
) -> None:
    sign_in(client, staff).get(path)
    assert reads(database) == []


def test_it_is_recorded_once_in_a_while(
    client: FlaskClient, staff: str, office: Office, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, staff)
    for _ in range(3):
        client.get(f"/?contract={office.contract}")
    assert len(reads(database)) == 1
    later = utc_now() + access.AGAIN_AFTER + timedelta(seconds=1)
    monkeypatch.setattr(access, "utc_now", lambda: later)
    client.get(f"/?contract={office.contract}")
    assert len(reads(database)) == 2


def test_a_token_of_the_staff_is_named(
    app: Flask, client: FlaskClient, staff: str, office: Office, database: Database
) -> None:
    with database.reading() as session:
        user = session.scalars(select(User)).one()
    caller = Caller(user, ROLE_SCOPES[user.role], token="t-4h6j8k2m9x")
    app.extensions[TOKEN_LOOKUP] = lambda plain: caller if plain == "a-secret" else None
    path = f"/api/v1/contracts/{office.contract}/channels"
    assert client.get(path, headers={"Authorization": "Bearer a-secret"}).status_code == 200
    with database.reading() as session:
        found = session.scalars(select(AuditEntry)).one()
    assert (found.actor_name, found.contract, found.details["token"]) == (staff, office.contract, "t-4h6j8k2m9x")
    assert "a-secret" not in str(found.details)


@pytest.mark.parametrize("path", ["/?contract={}", "/api/v1/contracts/{}/channels"])
def test_what_cannot_be_recorded_is_not_shown(
    client: FlaskClient, staff: str, office: Office, database: Database, path: str
) -> None:
    sign_in(client, staff)
    with database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE audit_entry RENAME TO gone"))
    answer = client.get(path.format(office.contract))
    assert answer.status_code == 503
    assert "山田商事" not in answer.text
    assert answer.headers["Content-Security-Policy"]
    assert answer.headers["Retry-After"]


def test_each_get_of_a_scope_of_nobodys_names_its_contract_or_shows_none(app: Flask) -> None:
    """Below a contract it looks the contract up, which is noted; elsewhere the paths of these are known."""
    known = ("/api/v1/session", "/api/v1/rules", "/api/v1/terms", "/api/v1/account", "/api/v1/contracts/<contract_id>/")
    for rule in app.url_map.iter_rules():
        view: Any = app.view_functions[rule.endpoint]
        need = getattr(view, "karte_need", None)
        if need is not None and "GET" in (rule.methods or ()) and need.scope in access.OF_NOBODY:
            assert rule.rule.startswith(known), rule.rule


def test_the_pages_that_show_nothing_of_customers_exist(app: Flask) -> None:
    assert set(app.blueprints) >= access.PAGES_OF_NOBODY
