import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.db import Database
from api.gateway.grant import WriteGrant
from api.identity.access import write_lookup
from api.models import ContractEvent, DeviceKind
from api.web.limits import ENROL
from tests.api.office import Office

MACHINE = {
    "hostname": "keiri-pc1",
    "machine_id": "0f5b3c1e9a7d4c2b8e6f1a2b3c4d5e6f",
    "kind": "pc",
    "os": "Windows 11 Pro 24H2",
}


def enroll(client: FlaskClient, code: str, **changes: Any) -> TestResponse:
    return client.post("/api/v1/enroll", json={"install_id": code, **MACHINE, **changes})


def code_of(response: TestResponse) -> tuple[int, str]:
    return response.status_code, json.loads(response.text)["error"]["code"]


def test_a_new_machine_gets_its_token(client: FlaskClient, office: Office, database: Database) -> None:
    response = enroll(client, office.issue())
    assert response.status_code == 201
    answer = json.loads(response.text)
    assert set(answer) == {"device", "token", "contract", "site", "name"}
    assert (answer["contract"], answer["site"]) == (office.contract, office.site)
    assert answer["name"] == "山田商事株式会社"
    assert write_lookup(database)(answer["token"]) == WriteGrant(office.contract, office.site, answer["device"])
    assert response.headers["Cache-Control"] == "no-store"


def test_the_same_machine_again_is_200(client: FlaskClient, office: Office) -> None:
    first, again = enroll(client, office.issue()), enroll(client, office.issue(), hostname="renamed")
    assert (first.status_code, again.status_code) == (201, 200)
    assert json.loads(first.text)["device"] == json.loads(again.text)["device"]
    assert json.loads(first.text)["token"] != json.loads(again.text)["token"]


def test_a_code_may_be_typed_as_people_type(client: FlaskClient, office: Office) -> None:
    assert enroll(client, f" {office.issue().lower().replace('-', ' ')} ").status_code == 201


def test_the_eleventh_is_told_of_the_quota(client: FlaskClient, office: Office) -> None:
    code = office.issue()
    for number in range(10):
        office.enrol(str(number), code=code)
    response = enroll(client, code)
    assert code_of(response) == (409, "quota_exceeded")
    error = json.loads(response.text)["error"]
    assert error["details"] == {"quota": 10, "in_use": 10}
    assert "10台" in error["message"]
    english = client.post("/api/v1/enroll", json={"install_id": code, **MACHINE}, headers={"Accept-Language": "en"})
    assert "covers 10 target devices" in json.loads(english.text)["error"]["message"]


def test_a_suspended_contract_is_told_of(client: FlaskClient, office: Office) -> None:
    code = office.issue()
    office.apply(ContractEvent.SUSPEND, "料金未払い")
    assert code_of(enroll(client, code)) == (403, "contract_not_active")


def test_an_unknown_code_is_401_and_a_wrong_kind_403(client: FlaskClient, office: Office) -> None:
    assert code_of(enroll(client, "0" * 20)) == (401, "install_id_unknown")
    assert code_of(enroll(client, office.issue(DeviceKind.NAS))) == (403, "kind_not_allowed")
    assert code_of(enroll(client, office.issue(), kind="probe")) == (403, "kind_not_allowed")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"hostname": ""}, "hostname"),
        ({"hostname": "x" * 256}, "hostname"),
        ({"hostname": "a\nb"}, "hostname"),
        ({"hostname": "a\x00"}, "hostname"),
        ({"hostname": 7}, "hostname"),
        ({"hostname": None}, "hostname"),
        ({"machine_id": "short"}, "machine_id"),
        ({"machine_id": ["0f5b3c1e9a7d4c2b"]}, "machine_id"),
        ({"kind": "toaster"}, "kind"),
        ({"kind": "PC"}, "kind"),
        ({"os": "x" * 201}, "os"),
        ({"os": "\x1b[31mWindows"}, "os"),
        ({"install_id": ""}, "install_id"),
        ({"install_id": {"$ne": ""}}, "install_id"),
    ],
)
def test_what_is_not_valid_is_named(client: FlaskClient, office: Office, changes: dict[str, Any], field: str) -> None:
    response = client.post("/api/v1/enroll", json={"install_id": office.issue(), **MACHINE, **changes})
    assert code_of(response) == (422, "invalid_request")
    assert list(json.loads(response.text)["error"]["details"]["json"]) == [field]


@pytest.mark.parametrize("field", ["install_id", "hostname", "machine_id", "kind"])
def test_what_is_missing_is_named(client: FlaskClient, office: Office, field: str) -> None:
    body = {"install_id": office.issue(), **MACHINE}
    del body[field]
    response = client.post("/api/v1/enroll", json=body)
    assert code_of(response) == (422, "invalid_request")
    assert list(json.loads(response.text)["error"]["details"]["json"]) == [field]


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b'{"hostname": "' + b"\xe3" * 9 + b'"}'])
def test_what_is_not_json_is_400(client: FlaskClient, body: bytes) -> None:
    response = client.post("/api/v1/enroll", data=body, content_type="application/json")
    assert code_of(response) == (400, "invalid_request")


@pytest.mark.parametrize("body", [b"[]", b"null", b"7", b'"text"', b"[" * 5000 + b"]" * 5000])
def test_json_that_is_no_object_is_refused_too(client: FlaskClient, body: bytes) -> None:
    response = client.post("/api/v1/enroll", data=body, content_type="application/json")
    assert response.status_code in {400, 422}
    assert code_of(response)[1] == "invalid_request"


def test_a_huge_body_is_413(client: FlaskClient) -> None:
    response = client.post("/api/v1/enroll", json={**MACHINE, "install_id": "x" * 20_000})
    assert code_of(response) == (413, "too_large")


def test_what_a_newer_agent_adds_is_ignored(client: FlaskClient, office: Office) -> None:
    assert enroll(client, office.issue(), contract="c-other", colour="red").status_code == 201


def test_it_needs_no_form_token_and_sets_no_cookie(client: FlaskClient, office: Office) -> None:
    response = enroll(client, office.issue())
    assert response.status_code == 201
    assert "Set-Cookie" not in response.headers


def test_who_tries_too_often_has_to_wait(app: Flask, office: Office) -> None:
    client = app.test_client()
    allowed = int(ENROL.split()[0])
    answers = [enroll(client, "0" * 20) for _ in range(allowed + 1)]
    assert {a.status_code for a in answers[:-1]} == {401}
    assert code_of(answers[-1]) == (429, "too_many_requests")
    assert int(answers[-1].headers["Retry-After"]) > 0
