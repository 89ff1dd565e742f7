import gzip
import json
import time
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from api.models import ContractEvent, Device, Software
from api.routes.inventory import MAX_BODY_BYTES, MAX_UNPACKED_BYTES
from api.web.limits import INVENTORY
from collectors.inventory import encode_document
from tests.api.lists import packed, software
from tests.api.office import Office


def send(client: FlaskClient, token: str | None, body: bytes, encoding: str = "gzip", **headers: str) -> TestResponse:
    sent = {"Content-Encoding": encoding, **headers}
    if token is not None:
        sent["Authorization"] = f"Token {token}"
    return client.post("/api/v1/inventory", data=body, headers=sent, content_type="application/json")


def error_of(response: TestResponse) -> tuple[int, str]:
    return response.status_code, json.loads(response.text)["error"]["code"]


def stored(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Software)) or 0


def test_a_list_is_kept_and_answered(client: FlaskClient, office: Office, session: Session) -> None:
    token = office.enrol("1").token
    first = send(client, token, packed(software("Chrome 1.0", "Old 1.0")))
    second = send(client, token, encode_document(software("Chrome 1.1", hours=1)), encoding="identity")

    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json == {"outcome": "stored", "items": 2, "added": 0, "removed": 0, "updated": 0, "changed": 0}
    assert second.json == {"outcome": "stored", "items": 1, "added": 0, "removed": 1, "updated": 1, "changed": 0}
    assert stored(session) == 1


def test_a_resend_is_answered_honestly(client: FlaskClient, office: Office) -> None:
    token = office.enrol("1").token
    old, new = packed(software("Chrome 1.0")), packed(software("Chrome 1.1", hours=1))

    outcomes = [send(client, token, body).json["outcome"] for body in (new, new, old)]  # type: ignore[index]

    assert outcomes == ["stored", "known", "outdated"]


def test_without_a_token_that_opens_nothing_is_read_or_kept(
    client: FlaskClient, office: Office, session: Session
) -> None:
    enrolled = office.enrol("1")
    body = packed(software("Chrome 1.0"))
    assert error_of(send(client, None, body)) == (401, "token_missing")
    assert error_of(send(client, "okd_" + "x" * 43, body)) == (401, "token_unknown")
    assert error_of(client.post(f"/api/v1/inventory?p={enrolled.token}", data=body)) == (401, "token_missing")
    office.revoke(enrolled.device)
    assert error_of(send(client, enrolled.token, body)) == (403, "token_revoked")
    assert stored(session) == 0


def test_a_suspended_contract_is_refused_with_the_reason_until_it_is_resumed(
    client: FlaskClient, office: Office, session: Session
) -> None:
    token, body = office.enrol("1").token, packed(software("Chrome 1.0"))
    office.apply(ContractEvent.SUSPEND, "料金未払い")

    refused = send(client, token, body)

    assert error_of(refused) == (403, "contract_suspended")
    assert "料金未払い" in refused.text
    assert stored(session) == 0
    office.apply(ContractEvent.RESUME)
    assert send(client, token, body).status_code == 200
    office.apply(ContractEvent.TERMINATE, "解約")
    until = time.monotonic() + 30  # what a token opens is remembered for half a second
    while (last := send(client, token, body)).status_code == 200 and time.monotonic() < until:
        time.sleep(0.1)
    assert error_of(last) == (403, "contract_terminated")


def test_a_device_beyond_the_quota_has_no_token_to_send_with(client: FlaskClient, office: Office) -> None:
    code = office.issue()
    machine = {"hostname": "pc", "kind": "pc"}
    for number in range(10):
        assert send(client, office.enrol(str(number), code=code).token, packed(software("A 1"))).status_code == 200
    eleventh = client.post("/api/v1/enroll", json={"install_id": code, "machine_id": "machine-eleven", **machine})
    assert error_of(eleventh) == (409, "quota_exceeded")


def test_a_device_cannot_name_another(
    client: FlaskClient, office: Office, other_office: Office, session: Session
) -> None:
    mine, other = office.enrol("1"), other_office.enrol("1")
    told = json.loads(encode_document(software("Chrome 1.0")))
    for forged in ({"contract": other.contract}, {"device_id": other.device}, {"site": other.site}):
        response = send(client, mine.token, json.dumps({**told, **forged}).encode(), encoding="identity")
        assert error_of(response) == (422, "invalid_document")
    headers = {"X-Karte-Device": other.device, "X-Forwarded-User": other.contract}
    assert send(client, mine.token, packed(software("Chrome 1.0")), **headers).status_code == 200
    assert client.post(f"/api/v1/inventory/{other.device}", data=b"{}").status_code == 404

    owners = session.scalars(select(Device.public_id).join(Software, Software.device_id == Device.id)).all()
    assert owners == [mine.device]


@pytest.mark.parametrize(
    ("body", "encoding", "error"),
    [
        (b"", "identity", (422, "invalid_document")),
        (b"{}", "identity", (422, "invalid_document")),
        (b'{"kind": "music"}', "identity", (422, "invalid_document")),
        ("ソフトウェア".encode("cp932"), "identity", (422, "invalid_document")),
        (b"[" * 200_000, "identity", (422, "invalid_document")),
        (gzip.compress(b"{}", mtime=0)[:-4], "gzip", (400, "invalid_request")),
        (b"no gzip", "gzip", (400, "invalid_request")),
        (b"{}", "br", (400, "invalid_request")),
        (gzip.compress(b" " * (MAX_UNPACKED_BYTES + 1), mtime=0), "gzip", (413, "too_large")),
        (b" " * (MAX_BODY_BYTES + 1), "identity", (413, "too_large")),
    ],
)
def test_what_is_no_document_is_refused_in_one_line(
    client: FlaskClient, office: Office, session: Session, body: bytes, encoding: str, error: tuple[int, str]
) -> None:
    response = send(client, office.enrol("1").token, body, encoding)

    assert error_of(response) == error
    assert "\n" not in json.loads(response.text)["error"]["message"]
    assert stored(session) == 0


def test_a_field_that_is_not_declared_is_refused_and_named(client: FlaskClient, office: Office) -> None:
    told: dict[str, Any] = json.loads(encode_document(software("Chrome 1.0")))
    told["items"][0]["product_key"] = "AAAAA-BBBBB"

    response = send(client, office.enrol("1").token, json.dumps(told).encode(), encoding="identity")

    assert error_of(response) == (422, "invalid_document")
    details = json.loads(response.text)["error"]["details"]
    assert details == {"problem": "Object contains unknown field `product_key` - at `$.items[0]`"}


def test_it_is_limited(client: FlaskClient) -> None:
    statuses = [send(client, None, b"").status_code for _ in range(int(INVENTORY.split()[0]) + 1)]

    assert (statuses[-2], statuses[-1]) == (401, 429)


def test_it_is_documented_from_the_declarations(client: FlaskClient) -> None:
    document = client.get("/api/v1/openapi.json").json
    assert document is not None
    operation = document["paths"]["/api/v1/inventory"]["post"]
    assert {"200", "400", "401", "403", "413", "422", "429", "503"} <= set(operation["responses"])
    (scheme,) = operation["security"][0]
    assert scheme in document["components"]["securitySchemes"]
    bodies = operation["requestBody"]["content"]["application/json"]["schema"]["oneOf"]
    assert [each["properties"]["kind"]["enum"] for each in bodies] == [["software"], ["assets"]]
    assert bodies[0]["properties"]["items"]["items"]["properties"]["size_kib"]["type"] == "integer"
