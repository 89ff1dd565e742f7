import json

import pytest

from api.local.ports import free_port
from collectors.agent.credentials import Credentials
from collectors.agent.enrolment import EnrolmentError, Machine, enrol
from tests.collectors.agent.fake_gateway import FakeGateway, Reply

MACHINE = Machine("keiri-pc1", "ab" * 32, "pc", "windows 11")
GIVEN = {"device": "d-7", "token": "secret", "contract": "c-1", "site": "s-1", "name": "山田商事株式会社"}


def in_json(status: int, value: object) -> Reply:
    return Reply(status, json.dumps(value).encode(), {"Content-Type": "application/json"})


def test_it_sends_what_the_service_needs_and_returns_credentials(gateway: FakeGateway) -> None:
    gateway.answer = lambda _request: in_json(201, GIVEN)

    done = enrol(gateway.url, " AAAA-BBBB ", MACHINE, "ja")

    assert done.credentials == Credentials(gateway.url, "d-7", "secret", "c-1", "s-1")
    assert (done.customer, done.is_new) == ("山田商事株式会社", True)
    (request,) = gateway.requests
    assert request.path == "/api/v1/enroll"
    assert request.headers["accept-language"] == "ja"
    assert json.loads(request.body) == {
        "install_id": "AAAA-BBBB",
        "hostname": "keiri-pc1",
        "machine_id": "ab" * 32,
        "kind": "pc",
        "os": "windows 11",
    }


def test_it_knows_a_machine_that_was_enrolled_before(gateway: FakeGateway) -> None:
    gateway.answer = lambda _request: in_json(200, GIVEN)

    assert not enrol(gateway.url, "AAAA", MACHINE, "en").is_new


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (
            in_json(409, {"error": {"code": "quota_exceeded", "message": "10台までです\n", "details": {}}}),
            "not enrolled: 10台までです (quota_exceeded)",
        ),
        (
            in_json(401, {"error": {"code": "install_id_unknown", "message": "no"}}),
            "not enrolled: no (install_id_unknown)",
        ),
        (Reply(404, b"<html>nothing here"), "does not seem to be an Office Karte service (HTTP 404)"),
        (Reply(200, b"<html>please sign in"), "does not seem to be an Office Karte service (HTTP 200)"),
        (in_json(201, {"device": "d-7"}), "does not seem to be an Office Karte service (HTTP 201)"),
        (
            Reply(302, b"", {"Location": "http://127.0.0.1:9/"}),
            "does not seem to be an Office Karte service (HTTP 302)",
        ),
        (Reply(0), "cannot reach"),
    ],
)
def test_it_says_in_one_line_why_it_was_not_enrolled(gateway: FakeGateway, reply: Reply, expected: str) -> None:
    gateway.answer = lambda _request: reply

    with pytest.raises(EnrolmentError) as caught:
        enrol(gateway.url, "AAAA", MACHINE, "en")

    assert expected in caught.value.text.en
    assert "\n" not in caught.value.text.en
    assert len(gateway.requests) == 1


def test_it_says_that_nobody_answers() -> None:
    with pytest.raises(EnrolmentError, match="Connection refused; check the URL"):
        enrol(f"http://127.0.0.1:{free_port()}", "AAAA", MACHINE, "ja")
