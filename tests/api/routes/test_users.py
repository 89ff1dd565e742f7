from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from api.audit.log import verify
from api.db import Database
from api.identity.accounts import create_user, find_user
from api.identity.passwords import password_matches
from api.models import ApiToken, AuditEntry, Contract, RecoveryCode, SecondFactor, ServiceMail, User
from api.models.base import utc_now
from tests.api.office import PASSWORD, Office
from tests.api.queries import counted
from tests.api.routes.person_browser import Browser, set_up
from tests.api.signed_in import Api

NEW = {"username": "hanako@example.jp", "name": "佐藤 花子", "email": "Hanako@Example.jp", "role": "customer"}


@pytest.fixture
def boss(app: Flask, staff: str) -> Api:
    return Api(app.test_client(), staff)


@pytest.fixture
def taro(app: Flask, customer: str) -> Api:
    return Api(app.test_client(), customer)


def added(boss: Api, office: Office, **others: Any) -> dict[str, Any]:
    body = {**NEW, "contract": office.contract, "position": "it_staff", **others}
    status, made = boss("POST", "/users", body)
    assert status == 201, made
    result: dict[str, Any] = made
    return result


def person(database: Database, username: str) -> User:
    with database.reading() as session:
        user = find_user(session, username)
        assert user is not None
        return user


def test_staff_make_an_id_for_one_person(boss: Api, app: Flask, office: Office, database: Database) -> None:
    made = added(boss, office)
    user = made["user"]
    assert (user["email"], user["position"], user["contract"]) == ("hanako@example.jp", "it_staff", office.contract)
    assert "password" not in " ".join(user).replace("must_change_password", "")
    browser = Browser(app.test_client())
    browser.log_in("hanako@example.jp", made["initial_password"])
    assert browser.get("/").location == "/account/password"
    refused = browser.get("/api/v1/contracts")
    assert (refused.status_code, refused.get_json()["error"]["code"]) == (403, "password_change_needed")
    answer = browser.post(
        "/account/password", current=made["initial_password"], password="seven quiet otters", again="seven quiet otters"
    )
    assert answer.status_code == 303
    assert browser.get("/api/v1/contracts").status_code == 200
    # What was shown once is not in the log, and the log is whole.
    with database.reading() as session:
        told = repr([(each.action, each.details) for each in session.scalars(select(AuditEntry))])
        assert verify(session).broken is None
    assert "user.create" in told
    assert made["initial_password"] not in told


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"username": "taro@example.jp"}, "username"),
        ({"username": " "}, "username"),
        ({"username": "a\x00b"}, "username"),
        ({"email": "no address"}, "email"),
        ({"email": "a@example.jp\nBcc: x@example.jp"}, "email"),
        ({"name": "a\u202eb"}, "name"),
    ],
)
def test_what_cannot_be_used_is_named(
    boss: Api, office: Office, customer: str, changes: dict[str, str], field: str
) -> None:
    body = {**NEW, "contract": office.contract, "position": "it_staff", **changes}
    status, told = boss("POST", "/users", body)
    assert (status, told["error"]["code"], told["error"]["details"]) == (422, "invalid_user", {"field": field})


@pytest.mark.parametrize(
    "changes",
    [
        {"position": None},
        {"contract": None},
        {"role": "staff"},
        {"role": "staff", "contract": None},
        {"position": "president"},
        {"role": "king"},
        {"password_hash": "x"},
        {"session_epoch": 5},
    ],
)
def test_a_customer_has_a_contract_and_a_position_and_nothing_unknown_is_taken(
    boss: Api, office: Office, changes: dict[str, Any]
) -> None:
    status, told = boss("POST", "/users", {**NEW, "contract": office.contract, "position": "it_staff", **changes})
    assert (status, told["error"]["code"]) == (422, "invalid_request")


def test_one_address_is_of_one_person(boss: Api, office: Office) -> None:
    added(boss, office)
    status, told = boss(
        "POST", "/users", {**NEW, "username": "other", "contract": office.contract, "position": "it_staff"}
    )
    assert (status, told["error"]["details"]) == (422, {"field": "email"})


def test_an_id_passes_to_another_person_and_nothing_of_the_former_opens(
    boss: Api, app: Flask, database: Database, staff: str
) -> None:
    with database.writing.begin() as session:
        former = create_user(session, "former", PASSWORD, None).public_id
    browser = Browser(app.test_client())
    browser.log_in("former")
    set_up(browser, database, utc_now())
    with database.writing.begin() as session:
        user = find_user(session, "former")
        assert user is not None
        session.add(
            ApiToken(user_id=user.id, label="x", scopes=["contracts:read"], token_hash="h" * 64, expires_at=utc_now())
        )
    new = {"username": "jiro@example.jp", "name": "田中 次郎", "email": "jiro@example.jp"}
    status, made = boss("POST", f"/users/{former}/change-person", new)
    assert status == 200
    assert (made["user"]["id"], made["user"]["username"], made["user"]["name"]) == (
        former,
        "jiro@example.jp",
        "田中 次郎",
    )
    assert made["user"]["second_factor_at"] is None
    assert made["user"]["must_change_password"]
    assert not browser.is_in
    with database.reading() as session:
        assert session.scalar(select(func.count(SecondFactor.id))) == 0
        assert session.scalar(select(func.count(RecoveryCode.id))) == 0
        assert session.scalars(select(ApiToken)).one().revoked_at is not None
    now = person(database, "jiro@example.jp")
    assert password_matches(now.password_hash, made["initial_password"])
    assert not password_matches(now.password_hash, PASSWORD)


def test_an_id_is_refused_at_once_and_let_in_again(
    boss: Api, taro: Api, app: Flask, customer: str, database: Database
) -> None:
    who = person(database, customer).public_id
    assert taro("GET", "/users")[0] == 200
    assert boss("POST", f"/users/{who}/revoke")[1]["disabled_at"] is not None
    assert taro("GET", "/users")[0] == 401
    assert Browser(app.test_client()).log_in(customer).status_code == 401
    assert boss("POST", f"/users/{who}/enable")[1]["disabled_at"] is None
    assert taro("GET", "/users")[0] == 401
    assert Browser(app.test_client()).log_in(customer).status_code == 303


def test_a_change_needs_to_know_what_it_changes(boss: Api, customer: str, database: Database) -> None:
    path = f"/users/{person(database, customer).public_id}"
    etag = boss.client.get(f"/api/v1{path}", headers=boss.headers).headers["ETag"]
    assert boss("PATCH", path, {"name": "山田 太郎"})[0] == 428
    assert boss("PATCH", path, {"name": "山田 太郎"}, If_Match='"other"')[0] == 412
    status, told = boss("PATCH", path, {"name": "山田 太郎", "position": "it_staff"}, If_Match=etag)
    assert (status, told["name"], told["position"]) == (200, "山田 太郎", "it_staff")
    assert boss("PATCH", path, {"name": "x"}, If_Match=etag)[0] == 412
    assert boss("PATCH", path, {"role": "staff"}, If_Match=etag)[0] == 422


def test_customers_see_their_own_and_change_nobody(
    boss: Api, taro: Api, office: Office, other_office: Office, database: Database, staff: str
) -> None:
    mine = added(boss, office)["user"]["id"]
    with database.writing.begin() as session:
        contract = session.scalars(select(Contract).where(Contract.public_id == other_office.contract)).one()
        foreign = create_user(session, "foreign", PASSWORD, contract).public_id
    boss_id = person(database, staff).public_id
    listed = {each["id"] for each in taro("GET", "/users")[1]}
    assert listed == {mine, person(database, "taro@example.jp").public_id}
    assert taro("GET", f"/users?contract={other_office.contract}")[1] == []
    assert taro("GET", f"/users/{mine}")[0] == 200
    for other in (foreign, boss_id, "u-nobody", "%00", "u-%01"):
        assert taro("GET", f"/users/{other}")[0] == 404
    for action in ("revoke", "enable", "reset", "remove-second-factor"):
        assert taro("POST", f"/users/{mine}/{action}")[0] == 403
    assert taro("POST", "/users", {**NEW, "contract": office.contract, "position": "it_staff"})[0] == 403
    assert taro("POST", f"/users/{mine}/change-person", {"name": "x"})[0] == 403
    assert taro("PATCH", f"/users/{mine}", {"name": "x"})[0] == 403


def test_lists_are_cut_filtered_and_cost_the_same_for_many(
    boss: Api, app: Flask, office: Office, database: Database
) -> None:
    with database.writing.begin() as session:
        contract = session.scalars(select(Contract).where(Contract.public_id == office.contract)).one()
        made = create_user(session, "p-0", PASSWORD, contract)
        for number in range(1, 30):
            more = User(username=f"p-{number}", password_hash=made.password_hash, role=made.role)
            more.contract, more.position = contract, made.position
            session.add(more)
    assert len(boss("GET", "/users?page_size=10&page=3")[1]) == 10
    assert len(boss("GET", f"/users?contract={office.contract}&role=customer&page_size=100")[1]) == 30
    assert [each["username"] for each in boss("GET", "/users?q=P-29")[1]] == ["p-29"]
    assert boss("GET", "/users?q=%25")[1] == []
    assert boss("GET", "/users?disabled=true")[1] == []
    with counted(app) as few:
        boss("GET", "/users?page_size=2")
    with counted(app) as many:
        boss("GET", "/users?page_size=30")
    assert len(few) == len(many)


def test_a_link_is_sent_where_there_is_an_address(
    boss: Api, office: Office, customer: str, staff: str, database: Database
) -> None:
    made = added(boss, office)["user"]["id"]
    taro = person(database, customer).public_id
    assert boss("POST", f"/users/{made}/reset")[0] == 204
    # A user name that is an address is one.
    assert boss("POST", f"/users/{taro}/reset")[0] == 204
    status, told = boss("POST", f"/users/{person(database, staff).public_id}/reset")
    assert (status, told["error"]["code"]) == (409, "no_link")
    with database.reading() as session:
        sent = [(mail.address, mail.subject) for mail in session.scalars(select(ServiceMail))]
    assert sent == [("hanako@example.jp", made), (customer, taro)]
