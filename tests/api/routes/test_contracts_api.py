from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.models import AuditEntry, Contract
from api.models.base import service_day, utc_now
from tests.api.office import Office
from tests.api.signed_in import Api

TODAY = service_day(utc_now())


@pytest.fixture
def boss(app: Flask, staff: str) -> Api:
    return Api(app.test_client(), staff)


@pytest.fixture
def taro(app: Flask, customer: str) -> Api:
    return Api(app.test_client(), customer)


@pytest.fixture
def path(office: Office) -> str:
    return f"/contracts/{office.contract}"


def test_a_contract_goes_from_application_to_its_end(boss: Api) -> None:
    site = {"name": "本社", "prefecture": "27", "address": "大阪市北区梅田1-1-1"}
    status, made = boss("POST", "/contracts", {"name": "田中医院", "site": site})
    assert (status, made["state"], made["usage"]["quota"]) == (201, "draft", 10)
    assert made["sites"][0]["prefecture_name"] == "Osaka"
    path = f"/contracts/{made['id']}"
    assert boss("POST", f"{path}/activate")[1]["state"] == "active"
    status, notice = boss("POST", f"{path}/suspend", {"reason": "unpaid_fees", "note": "10月分"})
    assert (status, notice["kind"], "unpaid fees (10月分)" in notice["body"]) == (200, "suspension", True)
    assert boss("GET", path)[1]["reason"] == {"code": "unpaid_fees", "text": "unpaid fees (10月分)"}
    assert boss("POST", f"{path}/resume")[0] == 200
    until = (TODAY + timedelta(days=7)).isoformat()
    assert boss("POST", f"{path}/breach", {"what": "IDの貸与", "cure_until": until})[0] == 200
    assert boss("GET", path)[1]["breach"] == {"what": "IDの貸与", "cure_until": until}
    assert boss("POST", f"{path}/cure")[0] == 200
    status, ending = boss("POST", f"{path}/terminate", {"reason": "cancelled"})
    assert (status, ending["state"]) == (200, "active")
    notice_path = f"{path}/notices/{ending['end_ordered']}/dispatch"
    assert boss("POST", notice_path, {"how": "post", "note": "書留 1"})[1]["state"] == "dispatched"
    assert boss("GET", path)[1]["state"] == "terminated"
    events = [step["event"] for step in boss("GET", f"{path}/steps")[1]]
    assert events == ["terminate", "cure", "notify_breach", "resume", "suspend", "activate"]


@pytest.mark.parametrize(
    ("operation", "body", "status", "code"),
    [
        ("activate", None, 409, "not_in_this_state"),
        ("resume", None, 409, "not_in_this_state"),
        ("cure", None, 409, "no_breach"),
        ("suspend", {"reason": "insolvency"}, 422, "invalid_request"),
        ("suspend", {"reason": "other"}, 409, "reason_needs_note"),
        ("suspend", {"reason": "other", "note": "x\u202e"}, 422, "invalid_text"),
        ("terminate", {"reason": "breach"}, 409, "breach_notice"),
        ("terminate", {"reason": "expired"}, 422, "invalid_request"),
        ("breach", {"what": "x", "cure_until": (TODAY + timedelta(days=6)).isoformat()}, 422, "cure_period"),
        ("notices", {"ends_on": (TODAY + timedelta(days=27)).isoformat()}, 422, "service_end_notice"),
        (
            "notices",
            {"function": "LINE", "ends_on": (TODAY + timedelta(days=10)).isoformat()},
            422,
            "function_end_notice",
        ),
        ("sites", {"name": "Seoul", "prefecture": "48"}, 422, "invalid_request"),
        ("options", {"kind": "extra_devices", "amount": 0, "starts_on": TODAY.isoformat()}, 422, "option_refused"),
        ("transfers", {"ground": "sale", "successor": "x", "happened_on": "2026-01-01"}, 422, "invalid_request"),
    ],
)
def test_what_the_terms_do_not_allow_is_refused_by_the_name_of_the_rule(
    boss: Api, session: Session, path: str, operation: str, body: object, status: int, code: str
) -> None:
    before = session.scalar(select(func.count()).select_from(AuditEntry))
    answered = boss("POST", f"{path}/{operation}", body)
    assert (answered[0], answered[1]["error"]["code"]) == (status, code)
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(AuditEntry)) == before


def test_a_key_makes_one_of_requests_that_are_sent_again(boss: Api, session: Session) -> None:
    body = {"name": "田中医院"}
    first, again = (boss("POST", "/contracts", body, Idempotency_Key="k-1") for _ in range(2))
    assert (first[0], again[0], first[1]["id"]) == (201, 201, again[1]["id"])
    assert session.scalar(select(func.count()).where(Contract.name == "田中医院")) == 1
    status, refused = boss("POST", "/contracts", {"name": "別の医院"}, Idempotency_Key="k-1")
    assert (status, refused["error"]["code"]) == (422, "idempotency_key_reused")
    assert boss("POST", "/contracts", body, Idempotency_Key="k-2")[1]["id"] != first[1]["id"]
    assert boss("POST", "/contracts", body, Idempotency_Key="é" * 3)[0] == 400


def test_a_request_that_failed_may_be_sent_again_with_its_key(boss: Api, path: str) -> None:
    assert boss("POST", f"{path}/resume", Idempotency_Key="k-1")[0] == 409
    assert boss("POST", f"{path}/suspend", {"reason": "maintenance"})[0] == 200
    assert boss("POST", f"{path}/resume", Idempotency_Key="k-1")[0] == 200


def test_a_change_needs_what_was_read_last(boss: Api, path: str) -> None:
    answer = boss.client.get(f"/api/v1{path}")
    tag = answer.headers["ETag"]
    assert boss("PATCH", path, {"contact": "a@example.jp"})[0] == 428
    assert boss("PATCH", path, {"contact": "a@example.jp"}, If_Match=tag)[0] == 200
    status, refused = boss("PATCH", path, {"contact": "b@example.jp"}, If_Match=tag)
    assert (status, refused["error"]["code"]) == (412, "changed_meanwhile")
    assert boss("GET", path)[1]["contact"] == "a@example.jp"


@pytest.mark.parametrize(
    "body",
    [
        {"contact": "a@example.jp\n"},
        {"contact": "a@example.jp\r\nBcc: x@example.jp"},
        {"state": "terminated"},
        {"quota_base": 1000},
        {"id": "c-0000000000"},
    ],
)
def test_nothing_else_of_a_contract_can_be_set(boss: Api, path: str, body: object) -> None:
    tag = boss.client.get(f"/api/v1{path}").headers["ETag"]
    assert boss("PATCH", path, body, If_Match=tag)[0] == 422


def test_lists_are_cut_and_searched(boss: Api, office: Office, other_office: Office) -> None:
    answer = boss.client.get("/api/v1/contracts?page_size=1&page=2")
    assert [each["id"] for each in answer.json or []] == [other_office.contract]
    assert '"total": 2' in answer.headers["X-Pagination"]
    assert [each["id"] for each in boss("GET", "/contracts?q=山田")[1]] == [office.contract]
    assert boss("GET", "/contracts?q=%25")[1] == []
    assert boss("GET", "/contracts?state=suspended")[1] == []
    assert boss("GET", "/contracts?state=gone")[0] == 422


def test_customers_see_their_own_contract_and_change_what_is_theirs(taro: Api, path: str, office: Office) -> None:
    assert [each["id"] for each in taro("GET", "/contracts")[1]] == [office.contract]
    assert taro("GET", path)[1]["name"] == "山田商事株式会社"
    assert taro("POST", f"{path}/suspend", {"reason": "maintenance"})[0] == 403
    device = office.enrol("1").device
    assert taro("PUT", f"{path}/stopping", {"devices": [device]})[0] == 200
    assert taro("PUT", f"{path}/stopping", {"devices": ["d-0000000000"]})[0] == 422
    application = {"ground": "merger", "successor": "新山田商事", "happened_on": TODAY.isoformat()}
    status, made = taro("POST", f"{path}/transfers", application)
    assert (status, made["state"]) == (201, "applied")
    assert taro("POST", f"{path}/transfers/{made['id']}/decision", {"accepted": True})[0] == 403


def test_a_notice_is_acknowledged_by_whom_it_binds(boss: Api, taro: Api, path: str) -> None:
    notice = boss("POST", f"{path}/suspend", {"reason": "maintenance"})[1]["id"]
    assert boss("POST", f"{path}/notices/{notice}/acknowledge")[0] == 403
    assert taro("POST", f"{path}/notices/{notice}/acknowledge")[1]["acknowledged_at"]
    assert [each["id"] for each in taro("GET", f"{path}/notices")[1]] == [notice]


def test_documents_of_a_transfer_are_kept_and_not_shown(boss: Api, taro: Api, path: str) -> None:
    application = {"ground": "split", "successor": "新山田商事", "happened_on": TODAY.isoformat()}
    made = taro("POST", f"{path}/transfers", application)[1]["id"]
    upload = {"file": (BytesIO(b"%PDF-1.7 x"), "../../etc/passwd.pdf")}
    answer = taro.client.post(f"/api/v1{path}/transfers/{made}/documents", data=upload, headers=taro.headers)
    assert answer.status_code == 201
    document = (answer.json or {})["documents"][0]
    got = boss.client.get(f"/api/v1{path}/transfers/{made}/documents/{document['id']}")
    assert (got.data, got.headers["Content-Disposition"]) == (
        b"%PDF-1.7 x",
        f"attachment; filename={document['id']}",
    )
    status, decided = boss("POST", f"{path}/transfers/{made}/decision", {"accepted": True})
    assert (status, decided["state"]) == (200, "accepted")
    assert boss("GET", path)[1]["name"] == "新山田商事"
