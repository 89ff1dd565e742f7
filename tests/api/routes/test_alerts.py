"""Grafana's webhook: signed, repeated, out of order, malformed, of nobody."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.test import TestResponse

from alert_rules.machine import End
from alert_rules.registry import entries
from api.config import Config
from api.db import Database
from api.models import Finding, FindingTransition, TransitionKind
from api.relay.signature import SIGNATURE_HEADER, TIMESTAMP_HEADER, signature, webhook_secret
from tests.api.office import Office

BEGAN = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
MINUTE = timedelta(minutes=1)


class Grafana:
    """Sends what Grafana 13 sends."""

    def __init__(self, client: FlaskClient, config: Config, contract: str) -> None:
        self.client, self.secret, self.contract = client, webhook_secret(config.secret_key), contract

    def alert(self, status: str, began: datetime, ended: datetime | None = None, **changed: Any) -> dict[str, Any]:
        labels = {"alertname": "x", "rule": "disk_full", "contract": self.contract, "site": "s-1"}
        labels |= {"device": "d-1", "host": "PC-1", "path": "C:"} | changed.pop("labels", {})
        return {
            "status": status,
            "labels": {name: value for name, value in labels.items() if value},
            "annotations": {},
            "startsAt": began.isoformat().replace("+00:00", "Z"),
            "endsAt": ended.isoformat() if ended else "0001-01-01T00:00:00Z",
            "values": {"value": 98.5, "limit": 95},
            "generatorURL": "https://grafana.example.jp/x",
            "fingerprint": "c6eadffa33fcdf37",
        } | changed

    def send(self, *alerts: dict[str, Any], body: bytes | None = None, **headers: str) -> TestResponse:
        body = (
            json.dumps({"receiver": "karte", "status": "firing", "alerts": alerts}).encode() if body is None else body
        )
        at = headers.get("at", str(int(time.time())))
        signed = headers.get("signed", signature(self.secret, at, body))
        return self.client.post(
            "/api/v1/alerts/grafana", data=body, headers={SIGNATURE_HEADER: signed, TIMESTAMP_HEADER: at}
        )


@pytest.fixture
def grafana(client: FlaskClient, config: Config, office: Office) -> Grafana:
    return Grafana(client, config, office.contract)


def findings(database: Database) -> list[Finding]:
    with database.reading() as session:
        return list(session.scalars(select(Finding).order_by(Finding.id)))


def test_an_alert_opens_a_finding_and_its_end_closes_it(grafana: Grafana, database: Database) -> None:
    assert grafana.send(grafana.alert("firing", BEGAN)).json == {"opened": 1, "closed": 0, "known": 0, "ignored": 0}
    answer = grafana.send(grafana.alert("resolved", BEGAN, BEGAN + 30 * MINUTE))
    assert answer.json == {"opened": 0, "closed": 1, "known": 0, "ignored": 0}

    found = findings(database)[0]
    assert (found.value, found.threshold, found.end) == (98.5, 95.0, End.RECOVERED)
    assert (found.opened_at, found.closed_at) == (BEGAN, BEGAN + 30 * MINUTE)
    assert found.key.endswith('"PC-1", "C:"]')
    with database.reading() as session:
        told = list(session.scalars(select(FindingTransition.kind).order_by(FindingTransition.id)))
    assert told == [TransitionKind.OPENED, TransitionKind.CLOSED]


def test_what_comes_again_or_out_of_order_tells_nothing_new(grafana: Grafana, database: Database) -> None:
    first = grafana.alert("firing", BEGAN)
    over = grafana.alert("resolved", BEGAN, BEGAN + 10 * MINUTE)
    again = grafana.alert("firing", BEGAN + 20 * MINUTE)

    for alert in (first, first, over, over, first, again, over, first):
        assert grafana.send(alert).status_code == 200

    assert [(each.opened_at, each.closed_at) for each in findings(database)] == [
        (BEGAN, BEGAN + 10 * MINUTE),
        (BEGAN + 20 * MINUTE, None),
    ]


def test_the_end_of_what_never_opened_is_nothing(grafana: Grafana, database: Database) -> None:
    assert grafana.send(grafana.alert("resolved", BEGAN, BEGAN + MINUTE)).json["known"] == 1  # type: ignore[index]
    assert findings(database) == []


def test_a_series_that_is_gone_is_told_as_such(grafana: Grafana, database: Database) -> None:
    grafana.send(grafana.alert("firing", BEGAN))
    gone = {"grafana_state_reason": "MissingSeries"}
    grafana.send(grafana.alert("resolved", BEGAN, BEGAN + MINUTE, annotations=gone))

    assert findings(database)[0].end is End.UNKNOWN


@pytest.mark.parametrize(
    "labels",
    [{"contract": "c-nobody"}, {"contract": ""}, {"rule": "no_such_rule"}, {"rule": ""}, {"device": ""}],
    ids=["no such contract", "no contract", "no such rule", "no rule", "no device"],
)
def test_an_alert_of_nothing_that_is_known_is_left_out(
    grafana: Grafana, database: Database, labels: dict[str, str]
) -> None:
    answer = grafana.send(grafana.alert("firing", BEGAN, labels=labels), grafana.alert("firing", BEGAN))

    assert (answer.status_code, answer.json) == (200, {"opened": 1, "closed": 0, "known": 0, "ignored": 1})


def test_values_that_are_missing_or_no_numbers_are_the_rule_s_own(grafana: Grafana, database: Database) -> None:
    grafana.send(grafana.alert("firing", BEGAN, values=None))
    grafana.send(grafana.alert("firing", BEGAN, values={"value": None}, labels={"path": "D:"}))

    assert {each.value for each in findings(database)} == {entries()["disk_full"].rule.limit}


def test_a_wrong_an_old_or_no_signature_stores_nothing(grafana: Grafana, database: Database) -> None:
    alert = grafana.alert("firing", BEGAN)
    now = int(time.time())

    assert grafana.send(alert, signed="00").status_code == 401
    assert grafana.send(alert, signed="").status_code == 401
    assert grafana.send(alert, at="").status_code == 401
    assert grafana.send(alert, at="９").status_code == 401
    assert grafana.send(alert, at=str(now - 301)).status_code == 401
    assert grafana.send(alert, at=str(now + 301)).status_code == 401
    stolen = signature(grafana.secret, str(now), b"{}")
    assert grafana.send(alert, signed=stolen).status_code == 401
    assert findings(database) == []


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"alerts": 1}', b'{"alerts": [{}]}', b"\xff", b"[" * 100_000, b'{"alerts": [null]}'],
    ids=range(8),
)
def test_what_is_no_message_gets_one_line(grafana: Grafana, body: bytes) -> None:
    answer = grafana.send(body=body)

    assert answer.status_code == 400
    assert "\n" not in answer.json["error"]["message"]  # type: ignore[index]


def test_a_time_without_a_zone_is_refused(grafana: Grafana) -> None:
    assert grafana.send(grafana.alert("firing", BEGAN, startsAt="2026-11-25T03:00:00")).status_code == 400


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
@given(
    st.dictionaries(st.sampled_from(["labels", "annotations", "startsAt", "endsAt", "values", "status"]), json_values)
)
def test_whatever_comes_is_answered(grafana: Grafana, changed: dict[str, Any]) -> None:
    body = json.dumps({"alerts": [grafana.alert("firing", BEGAN) | changed]}).encode()

    assert grafana.send(body=body).status_code in (200, 400)
