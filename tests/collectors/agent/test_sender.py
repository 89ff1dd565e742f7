import json
import logging
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.local.ports import free_port
from collectors.agent.gateway import InfluxGateway
from collectors.agent.policy import Backoff
from collectors.agent.sender import REFUSALS_IN_A_ROW, Progress, Sender
from collectors.agent.spool import Limits, Spool
from collectors.agent.wording import LangFormatter
from tests.collectors.agent.fake_gateway import STORED, FakeGateway, Reply, Request

LIMITS = Limits(record_lines=10, segment_bytes=2000)
HTML = "<html><title>エラー</title><body>アクセスできません</body></html>".encode("cp932")


def lines(count: int, first: int = 0) -> list[str]:
    return [f"m,n=a v={number}i 1700000000000000000" for number in range(first, first + count)]


def in_json(status: int, message: str, **more: object) -> Reply:
    body = json.dumps({"code": "invalid", "message": message, **more}).encode()
    return Reply(status, body, {"Content-Type": "application/json"})


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    spool = Spool(tmp_path, LIMITS)
    yield spool
    spool.close()


def sender_to(url: str, spool: Spool, batch: int = 5000) -> Sender:
    return Sender(
        spool, InfluxGateway(url, "the-token", timeout_s=5.0), batch, Backoff(uniform=lambda _least, most: most)
    )


def texts(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [LangFormatter("en", "%(message)s").format(record) for record in caplog.records]


def test_it_sends_compressed_lines_with_the_token_and_forgets_them(gateway: FakeGateway, spool: Spool) -> None:
    spool.append(lines(25))

    assert sender_to(gateway.url, spool).flush()

    (request,) = gateway.requests
    assert request.lines == [line.encode() for line in lines(25)]
    assert request.path.startswith("/api/v2/write?")
    assert "precision=ns" in request.path
    assert request.headers["authorization"] == "Token the-token"
    assert request.headers["content-encoding"] == "gzip"
    assert spool.status().points == 0


def test_it_sends_batches_of_the_size_asked_for(gateway: FakeGateway, spool: Spool) -> None:
    spool.append(lines(95))

    assert sender_to(gateway.url, spool, batch=40).flush()

    assert [len(request.lines) for request in gateway.requests] == [40, 40, 15]


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(in_json(401, "token is not known"), id="401"),
        pytest.param(in_json(403, "token is revoked"), id="403"),
        pytest.param(in_json(429, "too many"), id="429"),
        pytest.param(in_json(500, "internal"), id="500"),
        pytest.param(in_json(503, "unavailable"), id="503"),
        pytest.param(Reply(0), id="connection closed"),
        pytest.param(Reply(502, HTML, {"Content-Type": "text/html; charset=Shift_JIS"}), id="502 page of a proxy"),
        pytest.param(Reply(400, HTML, {"Content-Type": "text/html"}), id="400 page of a proxy"),
        pytest.param(Reply(422, b"", {}), id="422 without a word"),
        pytest.param(Reply(403, HTML, {"Content-Type": "text/html"}), id="403 page of a proxy"),
        pytest.param(Reply(404, b"not found", {}), id="404"),
        pytest.param(Reply(200, b"<html>please sign in</html>", {}), id="200 of a sign-in page"),
        pytest.param(Reply(302, b"", {"Location": "http://127.0.0.1:9/sign-in"}), id="302 to a sign-in page"),
        pytest.param(Reply(407, b"proxy wants a password", {}), id="407"),
    ],
)
def test_it_keeps_everything_and_waits(gateway: FakeGateway, spool: Spool, reply: Reply) -> None:
    spool.append(lines(25))
    gateway.answer = lambda _request: reply
    sender = sender_to(gateway.url, spool)

    assert sender.step() is Progress.WAIT

    assert sender.delay_s >= 0.5
    assert spool.status().points == 25
    assert len(gateway.requests) == 1
    gateway.answer = lambda _request: STORED
    assert sender.flush()
    assert sorted(gateway.stored) == sorted(line.encode() for line in lines(25))
    assert spool.status().rejected == 0


def test_it_slows_down_most_where_somebody_has_to_mend_something(gateway: FakeGateway, spool: Spool) -> None:
    spool.append(lines(5))
    delays = {}
    for status in (401, 503):
        sender = sender_to(gateway.url, spool)
        gateway.answer = lambda _request, status=status: in_json(status, "no")  # type: ignore[misc]
        sender.step()
        delays[status] = sender.delay_s
        spool.put_back()

    assert delays[401] >= 10 * delays[503]


def test_it_waits_longer_with_each_failure_up_to_a_cap_and_starts_anew_after_success(
    gateway: FakeGateway, spool: Spool
) -> None:
    spool.append(lines(5))
    gateway.answer = lambda _request: in_json(503, "no")
    sender = sender_to(gateway.url, spool)
    delays = []
    for _attempt in range(12):
        sender.step()
        delays.append(sender.delay_s)

    assert delays[:4] == [2.0, 4.0, 8.0, 16.0]
    assert delays[-2:] == [300.0, 300.0]
    gateway.answer = lambda _request: STORED
    sender.step()
    spool.append(lines(5))
    gateway.answer = lambda _request: in_json(503, "no")
    sender.step()
    assert sender.delay_s == 2.0


@pytest.mark.parametrize(
    ("retry_after", "least", "most"), [("120", 120, 133), ("999999999", 3600, 3610), ("0", 0.5, 1)]
)
def test_it_honours_retry_after(
    gateway: FakeGateway, spool: Spool, retry_after: str, least: float, most: float
) -> None:
    spool.append(lines(5))
    gateway.answer = lambda _request: Reply(503, b"", {"Retry-After": retry_after})
    sender = sender_to(gateway.url, spool)

    sender.step()

    assert least <= sender.delay_s <= most


def test_it_keeps_everything_while_nobody_listens(spool: Spool, caplog: pytest.LogCaptureFixture) -> None:
    spool.append(lines(5))
    sender = sender_to(f"http://127.0.0.1:{free_port()}", spool)

    assert [sender.step(), sender.step()] == [Progress.WAIT, Progress.WAIT]

    assert texts(caplog) == [
        "cannot send (no answer: Connection refused): the data stays in the spool; next try in 2 s"
    ]
    assert spool.status().points == 5


def test_it_keeps_everything_while_the_name_cannot_be_resolved(spool: Spool) -> None:
    spool.append(lines(5))
    sender = sender_to("http://gateway.invalid", spool)

    assert sender.step() is Progress.WAIT


def test_it_says_when_sending_works_again(gateway: FakeGateway, spool: Spool, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    spool.append(lines(5))
    gateway.answer = lambda _request: in_json(503, "database restarts")
    sender = sender_to(gateway.url, spool)
    sender.step()
    gateway.answer = lambda _request: STORED
    sender.step()

    assert [text.split(":")[0] for text in texts(caplog)] == ["cannot send (HTTP 503", "sending works again"]


class Naming:
    """Answers as our gateway does: stores the good lines and names the bad ones."""

    def __init__(self, bad: set[bytes]) -> None:
        self.bad = bad
        self.stored: set[bytes] = set()

    def __call__(self, request: Request) -> Reply:
        refused = [number for number, line in enumerate(request.lines, 1) if line in self.bad]
        self.stored |= set(request.lines) - self.bad
        if not refused:
            return STORED
        errors = [{"line": number, "reason": "field type conflict"} for number in refused]
        message = f"partial write: field type conflict dropped={len(refused)}"
        return in_json(400 if len(refused) == len(request.lines) else 422, message, errors=errors)


class Unnamed(Naming):
    """Answers as an InfluxDB that says only that something was refused, and stores nothing."""

    def __call__(self, request: Request) -> Reply:
        if self.bad & set(request.lines):
            return in_json(400, "partial write: field type conflict dropped=1")
        self.stored |= set(request.lines)
        return STORED


@pytest.mark.parametrize("behaviour", [Naming, Unnamed])
@pytest.mark.parametrize("bad", [[0], [24], [3, 4, 17], list(range(25))])
def test_it_sets_refused_lines_aside_and_stores_the_others(
    gateway: FakeGateway, spool: Spool, tmp_path: Path, behaviour: type[Naming], bad: list[int]
) -> None:
    all_lines = lines(25)
    refused = {all_lines[number].encode() for number in bad}
    server = behaviour(refused)
    gateway.answer = server
    spool.append(all_lines)
    sender = sender_to(gateway.url, spool)

    while sender.step() is not Progress.IDLE:
        pass

    assert server.stored == {line.encode() for line in all_lines} - refused
    kept = [line for line in (tmp_path / "rejects.lp").read_bytes().splitlines() if not line.startswith(b"#")]
    assert set(kept) == refused
    assert len(kept) == len(refused)
    assert spool.status().rejected == len(refused)
    assert spool.status().points == 0
    before = len(gateway.requests)
    sender.flush()
    assert len(gateway.requests) == before


def test_it_asks_little_to_find_one_bad_line_in_a_full_batch(gateway: FakeGateway, tmp_path: Path) -> None:
    spool = Spool(tmp_path, Limits())
    all_lines = lines(5000)
    gateway.answer = Unnamed({all_lines[1234].encode()})
    spool.append(all_lines)

    assert sender_to(gateway.url, spool).flush()

    assert len(gateway.requests) <= 30
    assert spool.status().rejected == 1
    spool.close()


def test_it_splits_what_is_too_large_even_if_a_proxy_says_so(gateway: FakeGateway, spool: Spool) -> None:
    page = Reply(413, b"<html>413 Request Entity Too Large</html>", {"Content-Type": "text/html"})
    gateway.answer = lambda request: page if len(request.lines) > 7 else STORED
    spool.append(lines(25))

    assert sender_to(gateway.url, spool).flush()

    assert set(gateway.stored) == {line.encode() for line in lines(25)}
    assert spool.status().rejected == 0


def test_it_never_gives_up_a_line_that_only_a_proxy_found_too_large(gateway: FakeGateway, spool: Spool) -> None:
    gateway.answer = lambda _request: Reply(413, b"<html>", {"Content-Type": "text/html"})
    spool.append(lines(1))
    sender = sender_to(gateway.url, spool)

    assert [sender.step(), sender.step()] == [Progress.WAIT, Progress.WAIT]
    assert spool.status().points == 1


def test_it_does_not_hammer_a_server_that_refuses_everything(gateway: FakeGateway, spool: Spool) -> None:
    gateway.answer = lambda _request: in_json(400, "bucket not found")
    spool.append(lines(500))
    sender = sender_to(gateway.url, spool)

    progress = [sender.step() for _attempt in range(REFUSALS_IN_A_ROW + 5)]

    assert progress == [Progress.SENT] * REFUSALS_IN_A_ROW + [Progress.WAIT] * 5


def test_it_goes_on_within_a_batch_after_a_failure_in_the_middle(gateway: FakeGateway, spool: Spool) -> None:
    all_lines = lines(25)
    refusing = Unnamed({all_lines[20].encode()})
    broken = threading.Event()

    def answer(request: Request) -> Reply:
        if len(gateway.requests) == 3 and not broken.is_set():
            broken.set()
            return in_json(503, "restart")
        return refusing(request)

    gateway.answer = answer
    spool.append(all_lines)
    sender = sender_to(gateway.url, spool)
    progress = []
    while Progress.IDLE not in progress:
        progress.append(sender.step())

    assert progress.count(Progress.WAIT) == 1
    assert refusing.stored == {line.encode() for line in all_lines} - refusing.bad
    assert spool.status().rejected == 1


def test_it_lets_the_limits_of_the_spool_hold_during_a_long_outage(gateway: FakeGateway, tmp_path: Path) -> None:
    spool = Spool(tmp_path, Limits(max_bytes=20_000, record_lines=10, segment_bytes=2000))
    gateway.answer = lambda _request: in_json(503, "no")
    sender = sender_to(gateway.url, spool)
    for first in range(0, 1000, 10):
        spool.append(lines(10, first))
        assert sender.step() is Progress.WAIT
        assert spool.status().bytes <= 20_000
    dropped = spool.status().dropped

    gateway.answer = lambda _request: STORED
    assert sender.flush()

    assert dropped > 0
    assert sorted(gateway.stored) == sorted(line.encode() for line in lines(1000 - dropped, dropped))
    assert max(gateway.stored.values()) == 1
    spool.close()


def test_it_takes_up_a_batch_that_grew_while_it_waited(gateway: FakeGateway, spool: Spool) -> None:
    bad = lines(25)[3].encode()
    refusing = Unnamed({bad})
    spool.append(lines(25))
    sender = sender_to(gateway.url, spool)
    gateway.answer = lambda request: in_json(503, "no") if len(request.lines) < 5 else refusing(request)
    while sender.step() is not Progress.WAIT:
        pass
    spool.append(lines(10, 25))
    gateway.answer = refusing
    before = len(gateway.requests)

    assert sender.flush()

    assert refusing.stored == {line.encode() for line in lines(35)} - {bad}
    assert spool.status().rejected == 1
    assert max(len(request.lines) for request in gateway.requests[before:]) < 25


def test_it_tells_how_far_the_clocks_are_apart(gateway: FakeGateway, spool: Spool) -> None:
    spool.append(lines(1))
    sender = Sender(spool, InfluxGateway(gateway.url, "t", wall=lambda: 1_700_000_000.0), 10)

    sender.step()

    assert sender.clock_offset_s is not None
    assert sender.clock_offset_s < -1_000_000


def test_it_sends_at_its_interval_until_it_is_told_to_stop(gateway: FakeGateway, spool: Spool) -> None:
    sender = sender_to(gateway.url, spool)
    thread = threading.Thread(target=sender.run, args=(0.02,))
    thread.start()
    for first in range(0, 100, 10):
        spool.append(lines(10, first))
    while sum(gateway.stored.values()) < 100:
        time.sleep(0.01)
    sender.stop()
    thread.join()

    assert gateway.stored.most_common(1)[0][1] == 1
    assert spool.status().points == 0


def test_it_tries_a_new_gateway_at_once_however_long_it_was_to_wait(gateway: FakeGateway, spool: Spool) -> None:
    gateway.answer = lambda request: in_json(401, "no") if "the-token" in request.headers["authorization"] else STORED
    spool.append(lines(10))
    sender = sender_to(gateway.url, spool)
    thread = threading.Thread(target=sender.run, args=(0.02,))
    thread.start()
    while not gateway.requests:
        time.sleep(0.01)
    sender.use(InfluxGateway(gateway.url, "another", timeout_s=5.0))
    while not gateway.stored:
        time.sleep(0.01)
    sender.stop()
    thread.join()

    assert sender.delay_s == 60.0


def test_it_names_each_reason_for_a_refusal_once(
    gateway: FakeGateway, spool: Spool, caplog: pytest.LogCaptureFixture
) -> None:
    gateway.answer = Naming({line.encode() for line in lines(100)})
    sender = sender_to(gateway.url, spool)
    for first in range(0, 30, 10):
        spool.append(lines(10, first))
        assert sender.flush()

    assert len(caplog.records) == 1
