import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.app import create_app
from api.config import Config
from api.db import Database
from api.models import AuditEntry, Channel, Contract
from tests.api.channels.receiver import Receiver, receiving
from tests.api.office import Office
from tests.api.signed_in import Api

KEY = "an-example-of-a-signature-key"


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, channel_allow="127.0.0.1")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


@pytest.fixture
def api(client: FlaskClient, staff: str) -> Api:
    return Api(client, staff)


@pytest.fixture
def path(office: Office) -> str:
    return f"/contracts/{office.contract}/channels"


def webhook(receiver: Receiver, **others: object) -> dict[str, object]:
    return {"kind": "webhook", "name": "受付の画面", "settings": {"url": receiver.url, "key": KEY}, **others}


def test_it_adds_a_channel_tests_it_and_tells_no_secret(
    api: Api, path: str, receiver: Receiver, session: Session
) -> None:
    status, made = api("POST", path, webhook(receiver, lang="en", min_severity="warning"))
    assert (status, made["name"], made["min_severity"], made["enabled"]) == (201, "受付の画面", "warning", True)
    assert made["secret"] == {"url": "••••hook", "key": "••••"}
    assert KEY not in json.dumps(made)
    assert receiver.url not in json.dumps(made)
    status, told = api("POST", f"{path}/{made['id']}/test")
    assert (status, told["outcome"], told["message"]) == (200, "sent", "sent")
    (body,) = receiver.bodies
    assert json.loads(body)["subject"].startswith("[Test] 山田商事株式会社")
    (shown,) = api("GET", path)[1]
    assert (shown["outcome"], shown["tested_at"] is not None) == ("sent", True)
    row = session.scalars(select(Channel)).one()
    assert KEY.encode() not in row.secret


def test_it_says_that_a_service_asks_to_wait(api: Api, path: str, receiver: Receiver) -> None:
    made = api("POST", path, webhook(receiver))[1]
    receiver.status, receiver.headers = 429, {"Retry-After": "30"}
    status, told = api("POST", f"{path}/{made['id']}/test")
    assert (status, told["outcome"], told["retry_after_s"]) == (200, "later", 30.0)
    receiver.status = 410
    assert api("POST", f"{path}/{made['id']}/test")[1]["outcome"] == "refused"
    assert "410" in api("GET", f"{path}/{made['id']}")[1]["outcome"]


def test_it_changes_and_removes_a_channel(api: Api, path: str, receiver: Receiver) -> None:
    one = f"{path}/{api('POST', path, webhook(receiver))[1]['id']}"
    status, changed = api("PATCH", one, {"enabled": False, "name": "夜間用", "digest_from": "warning"})
    assert (status, changed["enabled"], changed["name"], changed["digest_from"]) == (200, False, "夜間用", "warning")
    assert (changed["min_severity"], changed["kind"]) == ("info", "webhook")
    assert api("PATCH", one, {"name": "a\u202eb"})[0] == 422
    assert api("PATCH", one, {"settings": {}})[0] == 422
    assert api("GET", one)[1] == changed
    assert api("DELETE", one)[0] == 204
    assert api("GET", one)[0] == 404
    assert api("GET", path) == (200, [])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        pytest.param({"settings": {"url": "http://127.0.0.1/", "key": KEY, "colour": "red"}}, "colour", id="unknown"),
        pytest.param({"settings": {"key": KEY}}, "url", id="missing"),
        pytest.param({"settings": {"url": "ftp://127.0.0.1/", "key": KEY}}, "url", id="scheme"),
        pytest.param({"settings": {"url": "https://169.254.169.254/latest", "key": KEY}}, "url", id="metadata"),
        pytest.param({"settings": {"url": "https://10.0.0.8/", "key": KEY}}, "url", id="private"),
        pytest.param({"settings": {"url": "http://127.0.0.1/", "key": "short"}}, "key", id="short"),
        pytest.param({"settings": {"url": 7, "key": KEY}}, "url", id="type"),
    ],
)
def test_it_names_the_field_that_cannot_be_used(api: Api, path: str, body: dict[str, object], field: str) -> None:
    status, told = api("POST", path, {"kind": "webhook", "name": "x", **body})
    assert (status, told["error"]["code"], told["error"]["details"]) == (422, "invalid_channel", {"field": field})
    assert "\n" not in told["error"]["message"]
    assert api("GET", path) == (200, [])


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"kind": "pigeon"}, id="kind"),
        pytest.param({"lang": "fr"}, id="lang"),
        pytest.param({"min_severity": "mild"}, id="severity"),
        pytest.param({"escalation_min": -1}, id="escalation"),
        pytest.param({"escalation_min": "soon"}, id="escalation-text"),
        pytest.param({"name": ""}, id="name"),
        pytest.param({"name": "x" * 101}, id="long-name"),
        pytest.param({"name": None}, id="no-name"),
        pytest.param({"settings": "url"}, id="settings"),
        pytest.param({"secret": {}}, id="unknown"),
    ],
)
def test_it_refuses_what_cannot_be(api: Api, path: str, receiver: Receiver, change: dict[str, object]) -> None:
    assert api("POST", path, webhook(receiver, **change))[0] == 422
    assert api("GET", path) == (200, [])


def test_nobody_but_the_staff_gets_in(app: Flask, path: str, customer: str, receiver: Receiver) -> None:
    assert app.test_client().get(f"/api/v1{path}").status_code == 401
    assert app.test_client().post(f"/api/v1{path}", json=webhook(receiver)).status_code == 401
    api = Api(app.test_client(), customer)
    for method in ("GET", "POST"):
        status, told = api(method, path, webhook(receiver) if method == "POST" else None)
        assert (status, told["error"]["code"]) == (403, "not_allowed")


def test_a_forged_request_changes_nothing(api: Api, path: str, receiver: Receiver) -> None:
    status, told = api("POST", path, webhook(receiver), X_CSRF_Token="")
    assert (status, told["error"]["code"]) == (400, "csrf_token_missing")
    assert api("POST", path, webhook(receiver), X_CSRF_Token="guessed")[0] == 400
    assert api("GET", path) == (200, [])


def test_a_channel_is_found_only_under_its_own_contract(
    api: Api, path: str, other_office: Office, receiver: Receiver
) -> None:
    made = api("POST", path, webhook(receiver))[1]["id"]
    other = f"/contracts/{other_office.contract}/channels"
    assert api("GET", f"{other}/{made}")[0] == 404
    assert api("DELETE", f"{other}/{made}")[0] == 404
    assert api("POST", f"{other}/{made}/test")[0] == 404
    assert api("GET", "/contracts/c-x/channels")[0] == 404


def test_a_secret_copied_to_another_contract_does_not_open(
    api: Api, path: str, office: Office, other_office: Office, database: Database, receiver: Receiver
) -> None:
    made = api("POST", path, webhook(receiver))[1]["id"]
    with database.writing.begin() as session:
        row = session.scalars(select(Channel).where(Channel.public_id == made)).one()
        other = session.scalars(select(Contract).where(Contract.public_id == other_office.contract)).one()
        row.contract_id = other.id
    status, told = api("POST", f"/contracts/{other_office.contract}/channels/{made}/test")
    assert (status, told["outcome"]) == (200, "later")
    assert "belongs to another contract" in told["message"]
    assert receiver.bodies == []


def test_a_slip_in_the_allowance_is_told(config: Config, staff: str, path: str, receiver: Receiver) -> None:
    made = create_app(replace(config, channel_allow="not a host"))
    try:
        status, told = Api(made.test_client(), staff)("POST", path, webhook(receiver))
        assert (status, "KARTE_CHANNEL_ALLOW" in told["error"]["message"]) == (422, True)
    finally:
        made.extensions["karte_database"].close()


def test_who_set_up_and_removed_a_channel_is_in_the_log(
    api: Api, path: str, receiver: Receiver, session: Session
) -> None:
    made = api("POST", path, webhook(receiver))[1]["id"]
    api("PATCH", f"{path}/{made}", {"enabled": False})
    api("DELETE", f"{path}/{made}")
    asked = select(AuditEntry.action, AuditEntry.actor_name).where(AuditEntry.target == made).order_by(AuditEntry.id)
    assert session.execute(asked).all() == [
        ("channel.create", "boss"),
        ("channel.change", "boss"),
        ("channel.remove", "boss"),
    ]
