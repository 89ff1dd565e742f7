"""The write path over HTTP, before a real influxd."""

import base64
import gzip
import json
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.config import Config
from api.gateway.grant import WriteGrant
from api.gateway.write import MAX_WRITES_PER_DEVICE, create_gateway
from api.influx.engine import Engine, EngineUnavailable, Form, RawAnswer, Series, WriteOutcome
from api.influx.registry import create_engine
from api.influxql.tree import Select
from api.local.influxd import Influxd
from tests.api.gateway.service import app_for, lookup

NOW_NS = time.time_ns()
A = {"Authorization": "Token token-a"}
OWN = {
    "device_status": "seconds_since_seen=0",
    "contract_status": "devices_used=1i",
    "agent_status": "behind=0i",
    "finding": "open=0i",
    "rule_threshold": "value=1",
    "service_gateway": "writes=1i",
    "service_job": "failed=0i",
    "service_rollup": "hours_behind=0i",
    "service_engine": "reachable=1i",
}


@pytest.fixture
def config(influxd: Influxd, database_name: str) -> Config:
    return Config("sqlite://", "test", influx_url=influxd.url, influx_database=database_name)


@pytest.fixture
def engine(config: Config) -> Engine:
    made = create_engine(config)
    made.ensure_database(config.influx_database, timedelta(days=35))
    return made


@pytest.fixture
def client(config: Config, engine: Engine) -> FlaskClient:
    return app_for(config).test_client()


@pytest.fixture
def stored(config: Config, engine: Engine) -> Callable[..., list[dict[str, Any]]]:
    """Rows of a measurement as influxd holds them."""

    def read(measurement: str = "mem") -> list[dict[str, Any]]:
        statement = f'SELECT * FROM "{measurement}"'
        return [row for series in engine.query(config.influx_database, statement) for row in series.rows()]

    return read


def told(answer: TestResponse) -> dict[str, Any]:
    """The JSON of an answer."""
    body = answer.get_json()
    assert isinstance(body, dict)
    return body


def post(client: FlaskClient, body: bytes, path: str = "/api/v2/write?org=o&bucket=b", **headers: str) -> TestResponse:
    return client.post(path, data=body, headers={**A, **{k.replace("_", "-"): v for k, v in headers.items()}})


@pytest.mark.parametrize("path", ["/api/v2/write?org=o&bucket=b&precision=ns", "/write?db=x&rp=y&precision=n"])
@pytest.mark.parametrize("packed", [False, True])
def test_it_stores_points_with_the_stamp_of_the_token(
    client: FlaskClient, stored: Callable[..., list[dict[str, Any]]], path: str, packed: bool
) -> None:
    body = f"mem,host=pc1,contract=c-b,device=d-b,site=s-b used=5i,used_percent=1.5 {NOW_NS}\n".encode()
    answer = post(client, gzip.compress(body), path, Content_Encoding="gzip") if packed else post(client, body, path)
    assert (answer.status_code, answer.data) == (204, b"")
    (row,) = stored()
    assert {k: row[k] for k in ("contract", "site", "device", "host", "used", "used_percent", "time")} == {
        "contract": "c-a",
        "site": "s-a",
        "device": "d-a",
        "host": "pc1",
        "used": 5,
        "used_percent": 1.5,
        "time": NOW_NS,
    }


@pytest.mark.parametrize(
    ("precision", "per_second"), [("ns", 10**9), ("us", 10**6), ("ms", 10**3), ("s", 1), ("m", 1 / 60), ("h", 1 / 3600)]
)
def test_it_stores_times_of_every_precision(
    client: FlaskClient, stored: Callable[..., list[dict[str, Any]]], precision: str, per_second: float
) -> None:
    hour = NOW_NS // (3600 * 10**9)
    sent = round(hour * 3600 * per_second)
    assert post(client, b"mem used=5i %d" % sent, f"/write?precision={precision}").status_code == 204
    assert stored()[0]["time"] == hour * 3600 * 10**9


def test_it_lets_the_engine_time_a_point_that_has_no_time(
    client: FlaskClient, stored: Callable[..., list[dict[str, Any]]]
) -> None:
    assert post(client, b"mem used=5i").status_code == 204
    assert abs(stored()[0]["time"] - time.time_ns()) < 60 * 10**9


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        ({"Authorization": "Token token-a"}, ""),
        ({"Authorization": "Bearer token-a"}, ""),
        ({"Authorization": "token  token-a "}, ""),
        ({"Authorization": "Basic " + base64.b64encode(b"anyone:token-a").decode()}, ""),
        ({}, "&u=anyone&p=token-a"),
    ],
)
@pytest.mark.parametrize("path", ["/write?db=x", "/api/v2/write?org=o&bucket=b"])
def test_it_finds_the_token_where_clients_put_it(
    client: FlaskClient, path: str, headers: dict[str, str], query: str
) -> None:
    assert client.post(path + query, data=b"mem used=5i", headers=headers).status_code == 204


@pytest.mark.parametrize(
    ("headers", "status", "reason"),
    [
        ({}, 401, "token_missing"),
        ({"Authorization": "Token"}, 401, "token_missing"),
        ({"Authorization": "Digest x"}, 401, "token_missing"),
        ({"Authorization": "Basic !!!"}, 401, "token_missing"),
        ({"Authorization": "Basic " + base64.b64encode(b"token-a").decode()}, 401, "token_missing"),
        ({"Authorization": "Token nobody"}, 401, "token_unknown"),
        ({"Authorization": "Token token-revoked"}, 403, "token_revoked"),
        ({"Authorization": "Token token-suspended"}, 403, "contract_suspended"),
        ({"Authorization": "Token token-later"}, 503, "unavailable"),
    ],
)
def test_it_refuses_who_may_not_write(
    client: FlaskClient,
    stored: Callable[..., list[dict[str, Any]]],
    headers: dict[str, str],
    status: int,
    reason: str,
) -> None:
    for path in ("/write", "/api/v2/write"):
        answer = client.post(path, data=b"mem used=5i", headers=headers)
        assert (answer.status_code, told(answer)["reason"]) == (status, reason)
        assert ("WWW-Authenticate" in answer.headers) == (status == 401)
        assert ("Retry-After" in answer.headers) == (status == 503)
    assert stored() == []


def test_it_keeps_good_lines_and_names_the_bad_ones(
    client: FlaskClient, stored: Callable[..., list[dict[str, Any]]]
) -> None:
    body = f"mem used=1i {NOW_NS}\nmem used=1.5 {NOW_NS}\nnope x=1\nmem used=2i {NOW_NS + 1}\nmem,a=1,a=2 used=3i\n"
    message = (
        "partial write: line 2: field 'used' of 'mem' is integer in the catalogue, got float;"
        " line 3: measurement 'nope' is not in the catalogue; line 5: duplicate tag: 'a' dropped=3"
    )
    v2 = post(client, body.encode())
    assert (v2.status_code, v2.headers["X-Platform-Error-Code"]) == (422, "unprocessable entity")
    assert told(v2) == {
        "code": "unprocessable entity",
        "message": message,
        "error": message,
        "dropped": 3,
        "line": 2,
        "errors": [
            {"line": 2, "reason": "field 'used' of 'mem' is integer in the catalogue, got float"},
            {"line": 3, "reason": "measurement 'nope' is not in the catalogue"},
            {"line": 5, "reason": "duplicate tag: 'a'"},
        ],
    }
    v1 = post(client, body.encode(), "/write")
    assert (v1.status_code, v1.headers["X-Influxdb-Error"], told(v1)["error"]) == (400, message, message)
    assert sorted(row["used"] for row in stored()) == [1, 2]


def test_it_names_a_bounded_number_of_bad_lines(client: FlaskClient) -> None:
    answer = post(client, b"nope x=1\n" * 500)
    assert (answer.status_code, told(answer)["code"], told(answer)["dropped"]) == (400, "invalid", 500)
    assert len(told(answer)["errors"]) == 100
    assert len(told(answer)["message"]) < 2000
    assert told(answer)["message"].endswith("and 490 more dropped=500")


@pytest.mark.parametrize(
    ("query", "body", "headers", "status", "reason"),
    [
        ("", b"", {}, 400, "writing requires points"),
        ("", b"# only a comment\n\n", {}, 400, "writing requires points"),
        ("?precision=days", b"mem used=1i", {}, 400, "precision 'days' is not known"),
        ("", b"mem used=1i", {"Content_Encoding": "br"}, 400, "Content-Encoding 'br'"),
        ("", gzip.compress(b"mem used=1i", mtime=0)[:-4], {"Content_Encoding": "gzip"}, 400, "cut short"),
        ("", b"mem used=1i", {"Content_Encoding": "gzip"}, 400, "damaged"),
        ("", b"mem used=1i\xff", {}, 400, "not UTF-8"),
        ("", b"x" * 3000, {}, 413, "limit of 2000 bytes"),
        ("", gzip.compress(bytes(9000), mtime=0), {"Content_Encoding": "gzip"}, 413, "after gzip"),
        ("", b"mem used=1i\n" + b"x" * 301, {}, 413, "line 2 has 301 bytes; the limit is 300"),
    ],
)
def test_it_tells_what_is_wrong_with_a_request_in_both_shapes(
    config: Config, engine: Engine, query: str, body: bytes, headers: dict[str, str], status: int, reason: str
) -> None:
    small = replace(config, max_body_bytes=2000, max_unpacked_bytes=4000, max_line_bytes=300)
    app = app_for(small)
    app.config["MAX_CONTENT_LENGTH"] = 10  # what an app may have set for its forms says nothing here
    client = app.test_client()
    v1 = post(client, body, f"/write{query}", **headers)
    v2 = post(client, body, f"/api/v2/write{query}", **headers)
    assert (v1.status_code, v2.status_code) == (status, status)
    assert reason in told(v1)["error"]
    assert reason in told(v2)["message"]
    assert told(v2)["code"] == {400: "invalid", 413: "request too large"}[status]


def test_it_refuses_v1_precisions_on_the_v2_path(client: FlaskClient) -> None:
    assert post(client, b"mem used=1i", "/api/v2/write?precision=h").status_code == 400


class Scripted:
    """An engine that answers what the test wants; only for answers that a healthy influxd does not give."""

    unites_sources = True

    def __init__(self, outcome: WriteOutcome | Exception) -> None:
        self.outcome = outcome
        self.hold = threading.Event()
        self.hold.set()
        self.entered = threading.Semaphore(0)

    def ping(self) -> str:
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return "1.6.7"

    def ensure_database(self, name: str, retention: timedelta) -> None:
        raise NotImplementedError

    def write(self, database: str, lines: bytes, precision: str) -> WriteOutcome:
        self.entered.release()
        self.hold.wait(30)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome

    def query(self, database: str, statement: str) -> list[Series]:
        raise NotImplementedError

    def adapt(self, select: Select) -> Select:
        raise NotImplementedError

    def ask(self, database: str, statement: str, form: Form, timeout_s: float) -> RawAnswer:
        raise NotImplementedError

    def delete_contract(self, database: str, contract: str) -> None:
        raise NotImplementedError


def scripted(outcome: WriteOutcome | Exception) -> tuple[Scripted, FlaskClient]:
    engine = Scripted(outcome)
    config = Config("sqlite://", "test")
    app = app_for(config)
    app = type(app)(__name__)
    app.register_blueprint(create_gateway(engine, lookup, config))
    return engine, app.test_client()


@pytest.mark.parametrize(
    ("outcome", "status", "retry_after"),
    [
        (EngineUnavailable("no answer"), 503, "10"),
        (WriteOutcome(503, "busy", 7), 503, "7"),
        (WriteOutcome(429, "slow down", 3), 503, "3"),
        (WriteOutcome(500, "timeout"), 503, "10"),
        (WriteOutcome(401, "unable to parse authentication credentials"), 503, "10"),
        (WriteOutcome(404, "database not found"), 503, "10"),
        (WriteOutcome(413, "Request Entity Too Large"), 413, None),
    ],
)
def test_it_confirms_nothing_that_the_engine_did_not(
    outcome: WriteOutcome | Exception, status: int, retry_after: str | None
) -> None:
    _engine, client = scripted(outcome)
    for path in ("/write", "/api/v2/write"):
        answer = post(client, b"mem used=1i\nnope x=1", path)
        assert (answer.status_code, answer.headers.get("Retry-After")) == (status, retry_after)


def test_it_tells_what_the_engine_itself_refused(client: FlaskClient, engine: Engine, config: Config) -> None:
    engine.write(config.influx_database, b'mem used="text"', "ns")
    both = post(client, b"mem used=1i\nmem total=2i\nnope x=1")
    assert both.status_code == 422
    ours = "line 3: measurement 'nope' is not in the catalogue dropped=1"
    assert f"{ours}; field type conflict" in told(both)["message"]
    only_the_engine = post(client, b"mem used=1i\nmem total=2i")
    assert only_the_engine.status_code == 422
    assert told(only_the_engine)["message"].startswith("partial write: field type conflict")


def test_it_serves_one_device_a_bounded_number_of_writes_at_once() -> None:
    engine, client = scripted(WriteOutcome(204))
    engine.hold.clear()
    app = client.application
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda: statuses.append(post(app.test_client(), b"mem used=1i").status_code))
        for _ in range(MAX_WRITES_PER_DEVICE)
    ]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert engine.entered.acquire(timeout=30)
    refused = post(client, b"mem used=1i")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    engine.hold.set()
    assert post(client, b"mem used=1i", Authorization="Token token-b").status_code == 204
    for thread in threads:
        thread.join()
    assert statuses == [204] * MAX_WRITES_PER_DEVICE
    assert post(client, b"mem used=1i").status_code == 204


def test_it_holds_few_large_batches_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.gateway.write.LARGE_WAIT_S", 0.05)
    engine, client = scripted(WriteOutcome(204))
    engine.hold.clear()
    large = gzip.compress(b"mem,host=pc1 used=1i,free=2i,total=3i\n" * 120_000)
    app = client.application
    statuses: list[int] = []

    def send() -> None:
        statuses.append(post(app.test_client(), large, Content_Encoding="gzip").status_code)

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert engine.entered.acquire(timeout=30)
    third = post(client, large, Content_Encoding="gzip")
    assert (third.status_code, third.headers["Retry-After"]) == (503, "1")
    engine.hold.set()
    assert post(client, b"mem used=1i").status_code == 204
    for thread in threads:
        thread.join()
    assert statuses == [204, 204]
    assert post(client, large, Content_Encoding="gzip").status_code == 204


def test_it_refuses_a_body_of_very_many_lines(client: FlaskClient) -> None:
    answer = post(client, gzip.compress(b"\n" * 300_000), Content_Encoding="gzip")
    assert answer.status_code == 413
    assert "more than 250000 lines" in told(answer)["message"]


def test_it_answers_ping_and_health_as_influxdb_clients_expect(client: FlaskClient) -> None:
    for method in (client.get, client.head):
        answer = method("/ping")
        assert (answer.status_code, answer.data) == (204, b"")
        assert answer.headers["X-Influxdb-Version"].startswith("karte-")
    health = client.get("/health")
    assert (health.status_code, told(health)["status"]) == (200, "pass")
    down = scripted(EngineUnavailable("gone"))[1].get("/health")
    assert (down.status_code, told(down)["status"]) == (503, "fail")


def test_it_counts_what_it_did(client: FlaskClient) -> None:
    post(client, b"mem,zone=x used=1i,nothing=2\nmem used=2i\nnope x=1")
    counters = client.application.extensions["karte_gateway"].counters.snapshot()
    assert counters == {
        "requests": 1,
        "requests_failed": 1,
        "lines_forwarded": 2,
        "lines_refused": 1,
        "tags_dropped": 1,
        "fields_dropped": 1,
    }


def test_it_stops_a_token_with_the_next_request(config: Config, engine: Engine) -> None:
    grants: dict[str, WriteGrant] = {"t": WriteGrant("c", "s", "d")}
    client = app_for(config, lambda token: grants.get(token) or lookup(token)).test_client()
    assert post(client, b"mem used=1i", Authorization="Token t").status_code == 204
    grants.clear()
    assert post(client, b"mem used=1i", Authorization="Token t").status_code == 401


def test_it_stores_what_the_slow_parser_says(client: FlaskClient, stored: Callable[..., list[dict[str, Any]]]) -> None:
    hosts = ["pc1", "事務所 1", "a,b=c", r"back\slash", 'quo"te', "x" * 300]
    values = [0.0, -1.5, 1e-05, 1.7976931348623157e308, 5e-324, 0.1 + 0.2, 123456789.0]
    wanted = {}
    lines = []
    for i in range(400):
        host, value, total = hosts[i % len(hosts)], values[i % len(values)], (-1) ** i * (2**63 - 1 - i)
        escaped = host.replace(",", r"\,").replace("=", r"\=").replace(" ", r"\ ")
        lines.append(f"mem,host={escaped} used_percent={value!r},total={total}i {NOW_NS - i}")
        wanted[NOW_NS - i] = (host, value, total)
    for _ in range(2):  # the second time it is known
        assert post(client, "\n".join(lines).encode()).status_code == 204
    assert {row["time"]: (row["host"], row["used_percent"], row["total"]) for row in stored()} == wanted


def test_its_errors_are_json_even_for_odd_bytes(client: FlaskClient) -> None:
    answer = post(client, b"\xff\xfe\x00\n" + "未知,host=a x=1\n".encode())
    assert answer.status_code == 400
    assert json.loads(answer.data)["dropped"] == 2
    assert answer.headers["X-Platform-Error-Code"] == "invalid"


def test_no_device_writes_what_the_service_itself_tells(
    client: FlaskClient, stored: Callable[..., list[dict[str, Any]]]
) -> None:
    lines = [f"{name},host=pc {field}" for name, field in OWN.items()]
    answer = client.post("/api/v2/write", data="\n".join([*lines, "mem used_percent=1"]), headers=A)
    assert answer.status_code == 422
    assert "written by the service itself; senders may not" in told(answer)["message"]
    assert [stored(name) for name in OWN] == [[]] * len(OWN)
    assert len(stored("mem")) == 1
