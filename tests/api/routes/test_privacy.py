import hashlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from api.app import create_app
from api.config import Config
from api.db import Database
from api.influx.registry import create_engine
from api.local.influxd import Influxd
from api.models import AuditEntry, ContractEvent, Disclosure
from api.models.base import service_day, utc_now
from tests.api.office import Office
from tests.api.signed_in import Api

SENT = {"authority": "○○地方検察庁", "legal_ground": "照会書 第1号", "handed_over": "記録の写し"}


@pytest.fixture
def served(config: Config, influxd: Influxd, database_name: str) -> Iterator[Flask]:
    settings = replace(
        config, influx_url=influxd.url, influx_database=database_name, influx_rollup_database=f"{database_name}_1h"
    )
    engine = create_engine(settings)
    for name in (settings.influx_database, settings.influx_rollup_database):
        engine.ensure_database(name, timedelta(days=30))
    app = create_app(settings)
    app.testing = True
    yield app
    app.extensions["karte_database"].close()


def today(**changes: Any) -> dict[str, Any]:
    return {**SENT, "disclosed_on": service_day(utc_now()).isoformat(), **changes}


def test_it_sends_all_that_is_held_as_a_zip_file(served: Flask, staff: str, office: Office, session: Any) -> None:
    client = served.test_client()
    Api(client, staff)
    answer = client.get(f"/api/v1/contracts/{office.contract}/export")
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert answer.headers["Cache-Control"] == "no-store"
    assert zipfile.ZipFile(io.BytesIO(answer.data)).testzip() is None
    actions = session.scalars(select(AuditEntry.action).where(AuditEntry.contract == office.contract)).all()
    assert "privacy.export" in actions


def test_nothing_is_sent_while_a_place_is_away(client: FlaskClient, staff: str, office: Office) -> None:
    Api(client, staff)
    answer = client.get(f"/api/v1/contracts/{office.contract}/export")
    assert answer.status_code == 503
    assert answer.get_json()["error"]["code"] == "unavailable"


def test_it_is_the_staffs_only(client: FlaskClient, customer: str, office: Office) -> None:
    api = Api(client, customer)
    for method, path in (("GET", "export"), ("GET", "disclosures"), ("POST", "disclosures")):
        body = today() if method == "POST" else None
        assert api(method, f"/contracts/{office.contract}/{path}", body)[0] == 403


def test_a_disclosure_is_recorded_once_and_stays(
    client: FlaskClient, staff: str, office: Office, database: Database
) -> None:
    api, path = Api(client, staff), f"/contracts/{office.contract}/disclosures"
    first = api("POST", path, today(), Idempotency_Key="one")
    assert first[0] == 201
    assert first[1]["recorded_by"] == staff
    assert api("POST", path, today(), Idempotency_Key="one") == first
    assert api("GET", path) == (200, [first[1]])
    for method in ("PUT", "PATCH", "DELETE"):
        assert api(method, path, today())[0] == 405


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"authority": " "}, "invalid_disclosure"),
        ({"handed_over": "x\u202ey"}, "invalid_disclosure"),
        ({"disclosed_on": "2000-01-01"}, "invalid_disclosure"),
        ({"disclosed_on": (utc_now() + timedelta(days=3)).date().isoformat()}, "invalid_disclosure"),
        ({"recorded_by": "somebody else"}, "invalid_request"),
        ({"contract_id": 2}, "invalid_request"),
    ],
)
def test_what_cannot_be_is_refused(
    client: FlaskClient, staff: str, office: Office, session: Any, changes: dict[str, Any], code: str
) -> None:
    status, answer = Api(client, staff)("POST", f"/contracts/{office.contract}/disclosures", today(**changes))
    assert (status, answer["error"]["code"]) == (422, code)
    assert session.scalars(select(Disclosure)).all() == []


def test_the_log_does_not_tell_whom_a_secret_disclosure_is_about(
    client: FlaskClient, staff: str, office: Office, session: Any
) -> None:
    api = Api(client, staff)
    made = api("POST", f"/contracts/{office.contract}/disclosures", today(is_secret=True))[1]
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "privacy.disclose")).one()
    assert (entry.contract, entry.target) == ("", made["id"])


def test_a_contract_that_has_ended_is_erased_once(served: Flask, staff: str, customer: str, office: Office) -> None:
    api, path = Api(served.test_client(), staff), f"/contracts/{office.contract}/erasure"
    assert api("GET", path)[0] == 404
    status, refused = api("POST", path, {"demand": "x"})
    assert (status, refused["error"]["code"], refused["error"]["details"]) == (
        409,
        "erasure_refused",
        {"rule": "not_terminated"},
    )
    office.apply(ContractEvent.TERMINATE, "解約")
    assert api("POST", path, {})[1]["error"]["details"] == {"rule": "retention"}
    status, done = api("POST", path, {"demand": "お客様の依頼"})
    assert status == 200
    assert (done["begun_by"], done["is_early"], done["reason"]) == (staff, True, "お客様の依頼")
    assert hashlib.sha256(done["certificate"].encode()).hexdigest() == done["hash"]
    assert "Certificate of erasure" in done["text"]
    assert api("POST", path, {}) == (200, done)
    assert api("GET", path) == (200, done)


def test_an_erasure_that_cannot_go_on_says_so_and_goes_on_later(
    client: FlaskClient, served: Flask, staff: str, office: Office
) -> None:
    office.apply(ContractEvent.TERMINATE, "解約")
    path, sent = f"/contracts/{office.contract}/erasure", {"demand": "お客様の依頼"}
    away = Api(client, staff)
    assert away("POST", path, sent)[0] == 503
    begun = away("GET", path)[1]
    assert (begun["finished_at"], begun["certificate"]) == (None, "")
    assert Api(served.test_client(), staff)("POST", path, {})[0] == 200


def test_customers_erase_nothing(client: FlaskClient, customer: str, office: Office) -> None:
    api = Api(client, customer)
    for method in ("GET", "POST"):
        assert api(method, f"/contracts/{office.contract}/erasure", {"demand": "x"})[0] == 403
