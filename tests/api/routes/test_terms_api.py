import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db import Database
from api.models import Notice, TermsAcceptance, TermsKind
from api.models.base import service_day, utc_now
from tests.api.office import Office
from tests.api.queries import counted
from tests.api.signed_in import Api
from tests.api.terms.texts import PERIOD, publish_text


@pytest.fixture
def boss(app: Flask, staff: str) -> Api:
    return Api(app.test_client(), staff)


@pytest.fixture
def taro(app: Flask, customer: str) -> Api:
    return Api(app.test_client(), customer)


def text(**others: object) -> dict[str, Any]:
    return {
        "kind": "common",
        "title": "共通規約",
        "title_en": "Common terms",
        "body": "## 第1条（目的）\n\n本文",
        "body_en": "## Article 1\n\nText",
        "effective_on": (service_day(utc_now()) + timedelta(days=PERIOD)).isoformat(),
        **others,
    }


def test_anybody_reads_what_is_the_same_for_everybody(database: Database, office: Office, client: FlaskClient) -> None:
    common = publish_text(database, TermsKind.COMMON, ago=60)
    publish_text(database, TermsKind.SERVICE)
    publish_text(database, TermsKind.COMMON, ago=0, word="改定")
    own = publish_text(database, TermsKind.INDIVIDUAL, contract=office.contract)
    found = client.get("/api/v1/terms?lang=ja").get_json()
    assert [(each["kind"], each["version"], each["state"]) for each in found] == [
        ("service", 1, "in_force"),
        ("common", 2, "upcoming"),
        ("common", 1, "in_force"),
    ]
    assert (found[2]["precedence"], found[2]["kind_text"], found[2]["page"]) == (4, "共通規約", "/terms/common/1")
    assert [each["version"] for each in client.get("/api/v1/terms?kind=common&state=in_force").get_json()] == [1]
    assert client.get("/api/v1/terms?state=earlier").get_json() == []
    assert client.get(f"/api/v1/terms/{common}").get_json()["body"].startswith("## 第1条")
    assert client.get(f"/api/v1/terms/{own}").status_code == 404
    assert client.get("/api/v1/terms?kind=individual").get_json() == []
    assert client.get("/api/v1/terms?kind=secret").status_code == 422


def test_staff_publish_and_every_contract_is_told(boss: Api, office: Office, session: Session) -> None:
    status, made = boss("POST", "/terms", text(), Idempotency_Key="one")
    assert (status, made["kind"], made["version"], made["state"]) == (201, "common", 1, "upcoming")
    assert boss("POST", "/terms", text(), Idempotency_Key="one") == (201, made)
    (notice,) = session.scalars(select(Notice))
    assert (notice.kind, notice.contract.public_id) == ("terms_change", office.contract)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"effective_on": "2020-01-01"}, "terms_in_the_past"),
        ({"kind": "individual"}, "individual_has_contract"),
        ({"body": "\u202e"}, "invalid_text"),
        ({"body": " \n "}, "invalid_text"),
        ({"title": "a\u202eb"}, "invalid_text"),
        ({"kind": "secret"}, "invalid_request"),
        ({"version": 7}, "invalid_request"),
        ({"announced_at": "2020-01-01T00:00:00Z"}, "invalid_request"),
        ({"content_hash": "0"}, "invalid_request"),
        ({"effective_on": "soon"}, "invalid_request"),
        ({"body": None}, "invalid_request"),
    ],
)
def test_it_names_what_stands_against_a_publication(
    boss: Api, office: Office, change: dict[str, object], code: str
) -> None:
    status, told = boss("POST", "/terms", text(**change))
    assert (status, told["error"]["code"]) == (422, code)
    assert boss("GET", "/terms") == (200, [])


def test_a_date_that_is_too_early_is_refused_with_the_one_that_would_do(boss: Api, office: Office) -> None:
    today = service_day(utc_now())
    status, told = boss("POST", "/terms", text(effective_on=(today + timedelta(days=PERIOD - 1)).isoformat()))
    assert (status, told["error"]["code"]) == (422, "terms_announcement")
    assert told["error"]["details"] == {"earliest": (today + timedelta(days=PERIOD)).isoformat()}


def test_a_user_of_the_contract_accepts_all_that_holds_at_once(
    database: Database, office: Office, taro: Api, boss: Api, customer: str
) -> None:
    kinds = (TermsKind.COMMON, TermsKind.BASIC, TermsKind.SERVICE)
    made = [publish_text(database, kind, tell=False) for kind in kinds]
    path = f"/contracts/{office.contract}"
    assert [each["acceptance"] for each in taro("GET", f"{path}/terms")[1]] == [None, None, None]
    status, told = taro("POST", f"{path}/acceptances", {"documents": made})
    assert (status, {each["way"] for each in told}, {each["accepted_by"] for each in told}) == (
        201,
        {"explicit"},
        {customer},
    )
    assert all(each["acceptance"]["id"] for each in boss("GET", f"{path}/terms")[1])
    assert taro("POST", f"{path}/acceptances", {"documents": made})[1] == told
    assert len(boss("GET", f"{path}/acceptances")[1]) == 3


def test_staff_record_paper_and_accept_nothing_themselves(
    database: Database, office: Office, boss: Api, taro: Api
) -> None:
    made = publish_text(database, TermsKind.COMMON, tell=False)
    path, body = f"/contracts/{office.contract}/acceptances", {"documents": [made]}
    assert boss("POST", path, body)[0] == 403
    assert taro("POST", f"{path}/paper", {**body, "accepted_by": "山田"})[0] == 403
    status, (told,) = boss("POST", f"{path}/paper", {**body, "accepted_by": "山田 太郎"})
    assert (status, told["way"], told["accepted_by"], told["recorded_by"]) == (201, "paper", "山田 太郎", "boss")
    assert boss("POST", f"{path}/paper", {**body, "accepted_by": "\u202e"})[0] == 422


def test_it_accepts_all_or_nothing(database: Database, office: Office, other_office: Office, taro: Api) -> None:
    made = publish_text(database, TermsKind.COMMON, tell=False)
    foreign = publish_text(database, TermsKind.INDIVIDUAL, contract=other_office.contract, tell=False)
    path = f"/contracts/{office.contract}/acceptances"
    status, told = taro("POST", path, {"documents": [made, foreign]})
    assert (status, told["error"]["code"], told["error"]["details"]) == (
        422,
        "terms_unknown",
        {"documents": [foreign]},
    )
    assert taro("GET", path) == (200, [])


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"documents": []},
        {"documents": "t-1"},
        {"documents": [None]},
        {"documents": ["t-1"] * 21},
        {"documents": ["t-1"], "accepted_by": "somebody else"},
        {"documents": ["t-1"], "way": "paper"},
        {"documents": ["t-1"], "accepted_at": "2020-01-01T00:00:00Z"},
    ],
)
def test_nobody_writes_an_acceptance_as_they_like(taro: Api, office: Office, body: dict[str, object]) -> None:
    assert taro("POST", f"/contracts/{office.contract}/acceptances", body)[0] == 422


def test_individual_terms_are_seen_by_their_own_contract_and_the_staff_alone(
    database: Database, office: Office, other_office: Office, taro: Api, boss: Api
) -> None:
    own = publish_text(database, TermsKind.INDIVIDUAL, contract=office.contract)
    foreign = publish_text(database, TermsKind.INDIVIDUAL, contract=other_office.contract)
    mine, theirs = f"/contracts/{office.contract}", f"/contracts/{other_office.contract}"
    assert taro("GET", f"{mine}/terms/{own}")[0] == 200
    assert taro("GET", f"{mine}/terms/{foreign}")[0] == 404
    for path in (f"/terms/{foreign}", "/terms", "/acceptances"):
        assert taro("GET", f"{theirs}{path}")[0] == 404
    assert taro("POST", f"{theirs}/acceptances", {"documents": [foreign]})[0] == 404
    assert boss("GET", f"{theirs}/terms/{foreign}")[0] == 200
    assert boss("GET", f"{theirs}/terms/{own}")[0] == 404
    assert [each["id"] for each in taro("GET", f"{mine}/terms")[1]] == [own]


def test_a_version_that_was_replaced_is_not_accepted(database: Database, office: Office, taro: Api) -> None:
    first = publish_text(database, TermsKind.COMMON, ago=60, tell=False)
    publish_text(database, TermsKind.COMMON, ago=20, word="改定", tell=False)
    status, told = taro("POST", f"/contracts/{office.contract}/acceptances", {"documents": [first]})
    assert (status, told["error"]["code"]) == (409, "terms_replaced")


def test_a_forged_request_publishes_and_accepts_nothing(
    boss: Api, taro: Api, office: Office, database: Database, session: Session
) -> None:
    made = publish_text(database, TermsKind.COMMON, tell=False)
    for api in (boss, taro):
        api.headers = {}
    assert boss("POST", "/terms", text())[0] == 400
    assert taro("POST", f"/contracts/{office.contract}/acceptances", {"documents": [made]})[0] == 400
    assert session.scalars(select(TermsAcceptance)).all() == []


def test_its_queries_do_not_grow_with_the_rows(
    app: Flask, database: Database, office: Office, taro: Api, boss: Api
) -> None:
    def asked(path: str) -> int:
        taro("GET", path)
        with counted(app) as statements:
            assert taro("GET", path)[0] == 200
        return len(statements)

    paths = [f"/contracts/{office.contract}/terms", f"/contracts/{office.contract}/acceptances", "/terms"]
    first = publish_text(database, TermsKind.COMMON, ago=400, tell=False)
    boss(
        "POST",
        f"/contracts/{office.contract}/acceptances/paper",
        {"documents": [first], "accepted_by": "山田"},
    )
    few = [asked(path) for path in paths]
    for number in range(12):
        made = publish_text(database, TermsKind.COMMON, ago=380 - 20 * number, word=f"改定{number}", tell=False)
        body = {"documents": [made], "accepted_by": "山田"}
        boss("POST", f"/contracts/{office.contract}/acceptances/paper", body)
    assert [asked(path) for path in paths] == few


def test_lists_come_in_pages(database: Database, client: FlaskClient) -> None:
    for number in range(3):
        publish_text(database, TermsKind.COMMON, ago=60 - number, word=f"改定{number}")
    answer = client.get("/api/v1/terms?page=2&page_size=2")
    assert [each["version"] for each in answer.get_json()] == [1]
    assert json.loads(answer.headers["X-Pagination"])["total"] == 3
