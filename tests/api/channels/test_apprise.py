import json
from collections.abc import Iterator

import pytest
from apprise import Apprise

from api.channels.guard import Allowance, Guard
from api.channels.kind import Tools, tools_of
from api.channels.kinds.apprise import HOSTED, SERVICES
from api.channels.message import Message
from api.channels.outcome import Later, Refused, Sent
from api.channels.registry import send
from tests.api.channels.pki import Pki
from tests.api.channels.places import PATIENT
from tests.api.channels.samples import item, message
from tests.api.channels.services.server import Fault, Reply, Service, serving

ALLOWED = Guard(Allowance(frozenset({"localhost"})))


@pytest.fixture
def service(pki: Pki, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """A service of one's own, whose certificate Apprise's HTTP library trusts."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(pki.authority))
    with serving(lambda _request: Reply(200), pki.server) as running:
        yield running


@pytest.fixture
def tools(pki: Pki) -> Tools:
    return tools_of(ALLOWED, pki.trusting, PATIENT)


def url(service: Service) -> dict[str, str]:
    return {"url": f"jsons://localhost:{service.port}/secret-path"}


def test_it_sends(service: Service, tools: Tools) -> None:
    told: Message = message(item(subject="PC <@everyone> [x](https://evil.example)"))
    assert send("apprise", {}, url(service), told, tools) == Sent()
    (request,) = service.requests
    assert request.target == "/secret-path"
    sent = json.loads(request.body)
    assert sent["title"] == "［要対応］ PC-1: ディスクの空きがほとんどありません"
    assert "ごみ箱を空にします。" in sent["message"]
    assert not set("<>[]@") & set(sent["message"])


@pytest.mark.parametrize("answer", [Reply(404), Reply(500), Reply(429, headers={"Retry-After": "5"}), Fault.CLOSE])
def test_whatever_went_wrong_is_tried_again(service: Service, tools: Tools, answer: Reply | Fault) -> None:
    service.next.append(answer)
    outcome = send("apprise", {}, url(service), message(), tools)
    assert isinstance(outcome, Later)
    assert "secret-path" not in outcome.why.ja + outcome.why.en


def test_it_does_not_go_where_a_redirect_leads(service: Service, tools: Tools) -> None:
    service.next.append(Reply(307, headers={"Location": f"https://localhost:{service.port}/elsewhere"}))
    assert isinstance(send("apprise", {}, url(service), message(), tools), Later)
    assert [each.target for each in service.requests] == ["/secret-path"]


def test_a_url_cannot_switch_redirects_on(service: Service, tools: Tools) -> None:
    service.next.append(Reply(307, headers={"Location": f"https://localhost:{service.port}/elsewhere"}))
    secret = {"url": url(service)["url"] + "?redirect=yes"}
    assert isinstance(send("apprise", {}, secret, message(), tools), Later)
    assert len(service.requests) == 1


def test_a_host_that_is_no_longer_allowed_gets_nothing(service: Service, pki: Pki) -> None:
    refusing = tools_of(Guard(Allowance()), pki.trusting, PATIENT)
    assert isinstance(send("apprise", {}, url(service), message(), refusing), Refused)
    assert service.requests == []


@pytest.mark.parametrize("schema", sorted([*SERVICES, *HOSTED]))
def test_apprise_knows_every_schema_of_the_tables(schema: str) -> None:
    known = {
        str(each)
        for plugin in Apprise().details()["schemas"]
        for each in [*(plugin["protocols"] or ()), *(plugin["secure_protocols"] or ())]
    }
    assert schema in known


@pytest.mark.parametrize("schema", sorted(SERVICES))
def test_no_schema_of_a_service_takes_a_host(schema: str) -> None:
    (plugin,) = [
        each
        for each in Apprise().details()["schemas"]
        if schema in [*(each["protocols"] or ()), *(each["secure_protocols"] or ())]
    ]
    tokens = plugin["details"]["tokens"]
    templates = plugin["details"]["templates"]
    assert not any("{host}" in each or "{domain}" in each for each in templates), templates
    assert "host" not in tokens
