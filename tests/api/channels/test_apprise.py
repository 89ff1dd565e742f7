"""Apprise's own code against a local server; of services that it speaks to, only the host is another one."""

import json

import pytest

from api.channels.fields import InvalidSettings
from api.channels.guard import Guard, read_allowance
from api.channels.kind import tools_of
from api.channels.kinds.apprise import HOSTED, SERVICES
from api.channels.outcome import Later, Outcome, Refused, Sent
from api.channels.registry import check, send
from tests.api.channels.pki import Pki
from tests.api.channels.places import PATIENT
from tests.api.channels.samples import item, message
from tests.api.channels.services.server import Reply, Request, Service, serving

TOKEN = "abcdefghijklmnopqrstuvwxyz"


@pytest.fixture(autouse=True)
def trusted(pki: Pki, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(pki.authority))


def ok(_request: Request) -> Reply:
    return Reply(200, b"ok")


def sent_to(service: Service, allow: str = "localhost", schema: str = "mmosts") -> Outcome:
    tools = tools_of(Guard(read_allowance(allow)), None, PATIENT)
    url = f"{schema}://localhost:{service.port}/{TOKEN}"
    hostile = item(1, headline="@channel <!here> [x](https://evil.example) **bold**")
    return send("apprise", {}, {"url": url}, message(hostile), tools)


def test_a_service_of_ones_own_gets_the_message_without_mentions(pki: Pki) -> None:
    with serving(ok, pki.server) as service:
        assert isinstance(sent_to(service), Sent)
    (request,) = service.requests
    text = json.loads(request.body)["text"]
    assert "PC-1" in text
    assert "＠channel" in text
    assert not set(text) & set("@<>")
    assert TOKEN in request.target


def test_what_fails_is_tried_later_without_the_url_in_the_reason(pki: Pki) -> None:
    with serving(lambda _request: Reply(400, b"no"), pki.server) as service:
        outcome = sent_to(service)
    assert isinstance(outcome, Later)
    assert TOKEN not in outcome.why.en
    assert "Mattermost" in outcome.why.ja


def test_no_redirect_is_followed(pki: Pki) -> None:
    with serving(ok, pki.server) as elsewhere:
        leading = Reply(307, b"", {"Location": f"https://localhost:{elsewhere.port}/"})
        with serving(lambda _request: leading, pki.server) as service:
            assert isinstance(sent_to(service), Later)
    assert elsewhere.requests == []


def test_a_host_that_is_allowed_no_more_gets_nothing(pki: Pki) -> None:
    with serving(ok, pki.server) as service:
        assert isinstance(sent_to(service, allow=""), Refused)
    assert service.requests == []


def test_the_tables_schemas_exist_and_the_fixed_ones_take_no_host() -> None:
    from apprise import Apprise

    known = {}
    for each in Apprise().details()["schemas"]:
        for schema in (*(each["protocols"] or ()), *(each["secure_protocols"] or ())):
            known[schema] = each["details"]["templates"]
    for schema in SERVICES:
        assert not any("{host}" in template for template in known[schema]), schema
    assert set(HOSTED) <= set(known)


@pytest.mark.parametrize("url", [f"discord://{TOKEN}", f"tgram://{TOKEN}", f"pover://{TOKEN}"])
def test_apprise_logs_nothing_of_a_url_that_it_cannot_read(url: str, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(InvalidSettings) as refused:
        check("apprise", {}, {"url": url}, Guard(read_allowance("")))
    assert TOKEN not in caplog.text + refused.value.text.ja + refused.value.text.en
