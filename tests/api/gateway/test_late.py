"""Points of hours that are over are noted once the engine has them and before they are confirmed."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api.config import Config
from api.gateway.grant import WriteGrant
from api.gateway.late import OPEN_S, NotNoted, late_hour_ns
from api.gateway.window import PRECISIONS
from api.gateway.write import create_gateway
from api.influx.engine import EngineUnavailable, WriteOutcome

HOUR_S = 3600
NOON_S = int(datetime(2026, 11, 23, 12, tzinfo=UTC).timestamp())


@pytest.mark.parametrize("precision", ["ns", "us", "ms", "s"])
def test_it_finds_the_hour_of_a_late_point_in_every_precision(precision: str) -> None:
    per_second = PRECISIONS[precision][2]
    now_s = NOON_S + 1800
    eleven_ns = (NOON_S - HOUR_S) * 10**9
    assert late_hour_ns((NOON_S - 1) * per_second, precision, now_s) == eleven_ns
    assert late_hour_ns((NOON_S - HOUR_S) * per_second, precision, now_s) == eleven_ns
    assert late_hour_ns((NOON_S - HOUR_S) * per_second - 1, precision, now_s) == eleven_ns - HOUR_S * 10**9
    assert late_hour_ns(NOON_S * per_second, precision, now_s) is None
    assert late_hour_ns((now_s + 600) * per_second, precision, now_s) is None
    assert late_hour_ns(None, precision, now_s) is None


def test_it_takes_an_hour_for_open_until_shortly_after_its_end() -> None:
    last_of_eleven = (NOON_S - 1) * 10**9
    assert late_hour_ns(last_of_eleven, "ns", NOON_S + OPEN_S - 1) is None
    assert late_hour_ns(last_of_eleven, "ns", NOON_S + OPEN_S) == (NOON_S - HOUR_S) * 10**9


class Scripted:
    """An engine that answers every write alike."""

    def __init__(self, outcome: WriteOutcome | Exception, log: list[object]) -> None:
        self.outcome, self.log = outcome, log

    def write(self, _database: str, _lines: bytes, _precision: str) -> WriteOutcome:
        self.log.append("stored")
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


def gateway(outcome: WriteOutcome | Exception, log: list[object], clock: Callable[[], float]) -> FlaskClient:
    app = Flask(__name__)
    grant = WriteGrant("c-a", "s-a", "d-a")

    def note(contract: str, hour_ns: int) -> None:
        if "database away" in log:
            raise NotNoted("OperationalError")
        log.append((contract, hour_ns))

    engine = Scripted(outcome, log)
    app.register_blueprint(
        create_gateway(engine, lambda _token: grant, Config("sqlite://", "test"), clock, note)  # type: ignore[arg-type]
    )
    return app.test_client()


def post(client: FlaskClient, body: bytes, path: str = "/api/v2/write?precision=s") -> int:
    return client.post(path, data=body, headers={"Authorization": "Token t"}).status_code


LATE = b"mem used=1i %d\nmem used=2i %d" % (NOON_S + 1790, NOON_S - HOUR_S - 5)
TEN = ("c-a", (NOON_S - 2 * HOUR_S) * 10**9)


def test_it_notes_the_oldest_hour_after_the_engine_stored_it() -> None:
    log: list[object] = []
    client = gateway(WriteOutcome(204), log, lambda: NOON_S + 1800)
    assert post(client, LATE) == 204
    assert log == ["stored", TEN]


def test_it_notes_nothing_of_points_that_are_in_time() -> None:
    log: list[object] = []
    client = gateway(WriteOutcome(204), log, lambda: NOON_S + 1800)
    assert post(client, b"mem used=1i %d\nmem used=2i" % NOON_S) == 204
    assert post(client, b"mem used=2i") == 204
    assert log == ["stored", "stored"]


def test_it_counts_from_when_the_engine_had_it() -> None:
    times = iter([NOON_S - 1, NOON_S + OPEN_S])
    log: list[object] = []
    client = gateway(WriteOutcome(204), log, lambda: next(times))
    assert post(client, b"mem used=1i %d" % (NOON_S - 2)) == 204
    assert log == ["stored", ("c-a", (NOON_S - HOUR_S) * 10**9)]


def test_it_confirms_nothing_that_it_could_not_note() -> None:
    log: list[object] = ["database away"]
    client = gateway(WriteOutcome(204), log, lambda: NOON_S + 1800)
    assert post(client, LATE) == 503
    assert post(client, b"mem used=1i %d" % NOON_S) == 204


def test_it_notes_what_the_engine_stored_of_a_batch_that_it_refused_in_part() -> None:
    log: list[object] = []
    client = gateway(WriteOutcome(400, "partial write: field type conflict"), log, lambda: NOON_S + 1800)
    assert post(client, LATE) == 422
    assert log == ["stored", TEN]


@pytest.mark.parametrize("outcome", [WriteOutcome(503), EngineUnavailable("no answer")])
def test_it_notes_nothing_that_the_engine_did_not_take(outcome: WriteOutcome | Exception) -> None:
    log: list[object] = []
    client = gateway(outcome, log, lambda: NOON_S + 1800)
    assert post(client, LATE) == 503
    assert log == ["stored"]
