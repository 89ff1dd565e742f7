import gzip
import json
import logging
from pathlib import Path

import pytest

from collectors.agent.documents import DocumentSender, address_lists
from collectors.agent.gateway import InfluxGateway
from collectors.agent.inventory_service import InventoryService
from collectors.agent.policy import Backoff
from collectors.agent.sender import Progress, Sender
from collectors.agent.spool import Spool
from collectors.agent.wording import LangFormatter
from collectors.inventory import SOFTWARE, DeviceFacts, SoftwareItem, decode_document, make_document
from collectors.inventory.outbox import Outbox
from tests.collectors.agent.fake_gateway import STORED, FakeGateway, Reply, Request

START_NS = 1_790_000_000 * 10**9
TAKEN = Reply(200, json.dumps({"outcome": "stored", "items": 1}).encode(), {"Content-Type": "application/json"})
HTML = Reply(200, b"<html>sign in</html>", {"Content-Type": "text/html"})


def refusal(status: int, code: str, **headers: str) -> Reply:
    body = json.dumps({"error": {"code": code, "message": f"because of {code}", "details": {}}}).encode()
    return Reply(status, body, {"Content-Type": "application/json", **headers})


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    return Outbox(tmp_path / "spool" / "inventory")


@pytest.fixture
def clock() -> Clock:
    return Clock()


def put(outbox: Outbox, *names: str) -> None:
    for name in names:
        outbox.put(make_document(SOFTWARE, [SoftwareItem(name=name)], START_NS, DeviceFacts()))


def sender_to(url: str, outbox: Outbox, clock: Clock) -> DocumentSender:
    backoff = Backoff(uniform=lambda _least, most: most)
    return DocumentSender(outbox, InventoryService(url, "the-token", timeout_s=5.0), backoff=backoff, clock=clock)


def names(gateway: FakeGateway) -> list[str]:
    documents = [decode_document(request.body) for request in gateway.requests]
    return [each.items[0].name for each in documents]  # type: ignore[union-attr]


def texts(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [LangFormatter("en", "%(message)s").format(record) for record in caplog.records]


def test_it_sends_the_oldest_first_with_the_token_and_forgets_what_is_confirmed(
    gateway: FakeGateway, outbox: Outbox, clock: Clock
) -> None:
    gateway.answer = lambda _request: TAKEN
    put(outbox, "one", "two")
    sender = sender_to(gateway.url, outbox, clock)

    assert [sender.step() for _ in range(3)] == [Progress.SENT, Progress.SENT, Progress.IDLE]
    assert names(gateway) == ["one", "two"]
    assert gateway.requests[0].path == "/api/v1/inventory"
    assert gateway.requests[0].headers["authorization"] == "Token the-token"
    assert gateway.requests[0].headers["content-encoding"] == "gzip"
    assert outbox.waiting() == []


@pytest.mark.parametrize(
    ("reply", "delay_s"),
    [
        (Reply(0), 2.0),
        (refusal(503, "unavailable", **{"Retry-After": "30"}), 32.0),
        (refusal(429, "too_many_requests"), 2.0),
        (refusal(500, "internal_error"), 2.0),
        (refusal(401, "token_unknown"), 60.0),
        (refusal(403, "contract_suspended"), 60.0),
        (refusal(404, "not_found"), 60.0),
        (Reply(413, b"<html>too large</html>"), 2.0),
        (STORED, 60.0),
        (HTML, 60.0),
    ],
)
def test_it_keeps_what_is_not_confirmed_and_comes_again_later(
    gateway: FakeGateway, outbox: Outbox, clock: Clock, reply: Reply, delay_s: float
) -> None:
    gateway.answer = lambda _request: reply
    put(outbox, "one")
    sender = sender_to(gateway.url, outbox, clock)

    assert sender.step() is Progress.IDLE
    clock.now += delay_s - 0.1
    assert sender.step() is Progress.IDLE
    assert len(gateway.requests) == 1
    gateway.answer = lambda _request: TAKEN
    clock.now += 0.2
    assert sender.step() is Progress.SENT
    assert names(gateway) == ["one", "one"]
    assert outbox.waiting() == []


def test_it_says_once_that_sending_fails_and_once_that_it_works(
    gateway: FakeGateway, outbox: Outbox, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    gateway.answer = lambda _request: refusal(403, "contract_suspended")
    put(outbox, "one")
    sender = sender_to(gateway.url, outbox, clock)
    for _ in range(3):
        sender.step()
        clock.now += 10_000
    gateway.answer = lambda _request: TAKEN
    sender.step()

    told = texts(caplog)
    assert len(told) == 2
    assert "contract_suspended: because of contract_suspended" in told[0]
    assert told[1] == "sending lists works again"


@pytest.mark.parametrize("reply", [refusal(422, "invalid_document"), refusal(413, "too_large")])
def test_it_sets_aside_what_the_service_refuses_for_good_and_goes_on(
    gateway: FakeGateway, outbox: Outbox, clock: Clock, reply: Reply, caplog: pytest.LogCaptureFixture
) -> None:
    def answer(request: Request) -> Reply:
        return reply if b'"bad"' in request.body else TAKEN

    gateway.answer = answer
    put(outbox, "bad", "good")
    sender = sender_to(gateway.url, outbox, clock)

    assert [sender.step() for _ in range(3)] == [Progress.SENT, Progress.SENT, Progress.IDLE]
    status = sender.status()
    assert (status.waiting, status.dropped, status.rejected) == (0, 0, 1)
    assert "the service refused the list (software)" in texts(caplog)[0]


def test_new_credentials_are_tried_at_once(gateway: FakeGateway, outbox: Outbox, clock: Clock) -> None:
    gateway.answer = lambda request: TAKEN if request.headers["authorization"] == "Token new" else refusal(401, "x")
    put(outbox, "one")
    sender = sender_to(gateway.url, outbox, clock)
    sender.step()
    sender.use(InventoryService(gateway.url, "new", timeout_s=5.0))

    assert sender.step() is Progress.SENT


def test_documents_do_not_hold_up_points(gateway: FakeGateway, outbox: Outbox, clock: Clock, tmp_path: Path) -> None:
    gateway.answer = lambda request: refusal(503, "unavailable") if "inventory" in request.path else STORED
    put(outbox, "one")
    spool = Spool(tmp_path / "spool")
    documents = sender_to(gateway.url, outbox, clock)
    sender = Sender(spool, InfluxGateway(gateway.url, "t", timeout_s=5.0), 100, besides=documents.step)
    for number in range(3):
        spool.append([f"m v={number}i 1700000000000000000"])
        assert sender.flush()

    assert sum(gateway.stored.values()) == 3
    assert [request.path for request in gateway.requests].count("/api/v1/inventory") == 1
    assert len(outbox.waiting()) == 1
    spool.close()
    # The outbox lies within the spool's directory, which does not mind.
    again = Spool(tmp_path / "spool")
    assert again.status().quarantined == 0
    again.close()


def test_a_killed_agent_sends_the_same_bytes_again(gateway: FakeGateway, outbox: Outbox, clock: Clock) -> None:
    replies = [Reply(0), TAKEN]
    gateway.answer = lambda _request: replies.pop(0)
    put(outbox, "one")
    sender_to(gateway.url, outbox, clock).step()
    sender_to(gateway.url, outbox, clock).step()

    assert gateway.requests[0].body == gateway.requests[1].body
    assert outbox.waiting() == []


def test_another_device_is_sent_the_whole_lists(tmp_path: Path) -> None:
    outbox, register = tmp_path / "spool" / "inventory", tmp_path / "software.json.gz"
    register.write_bytes(gzip.compress(b"{}"))

    address_lists(outbox, [register, tmp_path / "absent"], "d-one")
    assert not register.exists()
    register.write_bytes(b"x")
    address_lists(outbox, [register], "d-one")
    assert register.exists()
    address_lists(outbox, [register], "d-two")
    assert not register.exists()
