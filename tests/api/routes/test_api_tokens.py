from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from api.db import Database
from api.identity.accounts import create_user, find_user
from api.identity.api_tokens import LONGEST, TokenRefused, issue_api_token, rotate_api_token
from api.models import ApiToken, AuditEntry
from api.models.base import utc_now
from api.web.api_token import GRANTABLE
from api.web.gate import Scope
from tests.api.office import PASSWORD, Office
from tests.api.signed_in import Api


@pytest.fixture
def boss(app: Flask, staff: str) -> Api:
    return Api(app.test_client(), staff)


class Program:
    """A program with nothing but a token."""

    def __init__(self, app: Flask, token: str) -> None:
        self.client, self.headers = app.test_client(), {"Authorization": f"Bearer {token}"}

    def __call__(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        answer = self.client.open(f"/api/v1{path}", method=method, json=body, headers=self.headers)
        return answer.status_code, answer.get_json(silent=True)


def in_days(days: float) -> str:
    return (utc_now() + timedelta(days=days)).isoformat()


def made(boss: Api, *scopes: str, days: float = 30) -> dict[str, Any]:
    status, answer = boss("POST", "/tokens", {"label": "請求", "scopes": list(scopes), "expires_at": in_days(days)})
    assert status == 201, answer
    result: dict[str, Any] = answer
    return result


def test_a_token_opens_what_it_was_made_for_and_is_shown_once(
    boss: Api, app: Flask, office: Office, database: Database
) -> None:
    token = made(boss, "contracts:read")
    program = Program(app, token["secret"])
    assert [each["id"] for each in program("GET", "/contracts")[1]] == [office.contract]
    assert program("GET", "/users")[0] == 403
    assert program("POST", f"/contracts/{office.contract}/activate")[0] == 403
    # A person's own account is never a program's.
    assert program("GET", "/account")[0] == 403
    assert program("GET", "/session")[0] == 403
    assert token["secret"] not in str(boss("GET", "/tokens"))
    with database.engine.connect() as connection:
        stored = repr(connection.exec_driver_sql("SELECT * FROM api_token").fetchall())
    assert token["secret"] not in stored
    with database.reading() as session:
        assert token["secret"] not in repr([each.details for each in session.scalars(select(AuditEntry))])


@pytest.mark.parametrize(
    "token", ["", "x", "okb_", "okb_" + "A" * 43, "okd_" + "A" * 43, "okb_" + "é" * 43, "A" * 5000]
)
def test_what_is_no_token_opens_nothing(app: Flask, token: str) -> None:
    status, _ = Program(app, token)("GET", "/contracts")
    assert status == 401


def test_an_unknown_token_is_not_helped_by_a_cookie(boss: Api) -> None:
    headers = {**boss.headers, "Authorization": "Bearer okb_" + "A" * 43}
    assert boss.client.get("/api/v1/contracts", headers=headers).status_code == 401
    assert boss("GET", "/contracts")[0] == 200


def test_a_token_ends_when_revoked_when_over_and_with_its_owner(
    boss: Api, app: Flask, database: Database, staff: str
) -> None:
    first, second, third = (made(boss, "contracts:read") for _ in range(3))
    assert boss("POST", f"/tokens/{first['token']['id']}/revoke")[1]["revoked_at"] is not None
    assert Program(app, first["secret"])("GET", "/contracts")[0] == 401
    with database.writing.begin() as session:
        which = ApiToken.public_id == second["token"]["id"]
        session.execute(update(ApiToken).where(which).values(expires_at=utc_now()))
    assert Program(app, second["secret"])("GET", "/contracts")[0] == 401
    assert Program(app, third["secret"])("GET", "/contracts")[0] == 200
    with database.writing.begin() as session:
        user = find_user(session, staff)
        assert user is not None
        user.disable(utc_now())
    assert Program(app, third["secret"])("GET", "/contracts")[0] == 401


def test_a_token_makes_none_that_may_do_more(boss: Api, app: Flask, database: Database) -> None:
    program = Program(app, made(boss, "tokens", "contracts:read")["secret"])
    wider = {"label": "x", "scopes": ["contracts:read", "privacy"], "expires_at": in_days(1)}
    assert program("POST", "/tokens", wider)[0] == 403
    assert program("POST", "/tokens", {**wider, "scopes": ["contracts:read"]})[0] == 201
    assert program("POST", "/tokens", {**wider, "scopes": ["session"]})[0] == 422
    # Nor does it get at a wider token of the same person's by taking its place.
    wide = made(boss, "privacy")["token"]["id"]
    assert program("POST", f"/tokens/{wide}/rotate", {"expires_at": in_days(1)})[0] == 403


def test_a_token_makes_itself_no_person_of_the_staff(
    boss: Api, app: Flask, office: Office, database: Database, staff: str
) -> None:
    program = Program(app, made(boss, "users:read", "users:write")["secret"])
    new = {"username": "x", "name": "x", "role": "staff"}
    assert program("POST", "/users", new)[0] == 403
    with database.reading() as session:
        user = find_user(session, staff)
        assert user is not None
    for action in ("change-person", "reset", "enable", "revoke", "remove-second-factor"):
        body = {"name": "x"} if action == "change-person" else None
        assert program("POST", f"/users/{user.public_id}/{action}", body)[0] == 403, action
    customer = {**new, "role": "customer", "contract": office.contract, "position": "it_staff"}
    assert program("POST", "/users", customer)[0] == 201


def test_what_its_owner_lost_the_token_lost_too(boss: Api, app: Flask, database: Database) -> None:
    token = made(boss, "contracts:read")
    with database.writing.begin() as session:
        # As if a later release had taken the scope away, or somebody had written into the database.
        session.execute(update(ApiToken).values(scopes=["session", "terms:accept", "no such scope"]))
    assert Program(app, token["secret"])("GET", "/contracts")[0] == 403
    assert Program(app, token["secret"])("GET", "/account")[0] == 403
    assert Scope.SESSION not in GRANTABLE


def test_a_rotation_leaves_no_gap(boss: Api, app: Flask) -> None:
    old = made(boss, "contracts:read")
    body = {"expires_at": in_days(60), "overlap_s": 3600}
    status, new = boss("POST", f"/tokens/{old['token']['id']}/rotate", body)
    assert (status, new["token"]["scopes"], new["token"]["label"]) == (201, ["contracts:read"], "請求")
    assert Program(app, old["secret"])("GET", "/contracts")[0] == 200
    assert Program(app, new["secret"])("GET", "/contracts")[0] == 200
    (row,) = [each for each in boss("GET", "/tokens?good=true")[1] if each["id"] == old["token"]["id"]]
    left = datetime.fromisoformat(row["expires_at"]) - utc_now()
    assert timedelta(minutes=55) < left <= timedelta(hours=1)


def test_another_persons_token_can_be_revoked_but_not_taken_over(boss: Api, app: Flask, database: Database) -> None:
    with database.writing.begin() as session:
        create_user(session, "colleague", PASSWORD, None)
    theirs = made(Api(app.test_client(), "colleague"), "contracts:read")["token"]["id"]
    assert boss("POST", f"/tokens/{theirs}/rotate", {"expires_at": in_days(1)})[0] == 403
    assert boss("POST", f"/tokens/{theirs}/revoke")[0] == 200
    assert boss("GET", "/tokens?good=true")[1] == []


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"expires_at": in_days(-1)}, 422),
        ({"expires_at": in_days(LONGEST.days + 1)}, 422),
        ({"expires_at": "2027-01-01T00:00:00"}, 422),
        ({"expires_at": "9999-12-31T23:59:59-14:00"}, 422),
        ({"scopes": []}, 422),
        ({"scopes": ["everything"]}, 422),
        ({"label": ""}, 422),
        ({"label": "a\x00"}, 422),
        ({"user": "u-x"}, 422),
    ],
)
def test_what_cannot_be_used_is_refused(boss: Api, changes: dict[str, Any], status: int) -> None:
    body = {"label": "x", "scopes": ["contracts:read"], "expires_at": in_days(1), **changes}
    assert boss("POST", "/tokens", body)[0] == status


def test_customers_have_no_tokens(app: Flask, database: Database, customer: str) -> None:
    taro = Api(app.test_client(), customer)
    assert taro("GET", "/tokens")[0] == 403
    assert taro("POST", "/tokens", {"label": "x", "scopes": ["contracts:read"], "expires_at": in_days(1)})[0] == 403
    with database.writing.begin() as session:
        user = find_user(session, customer)
        assert user is not None
        with pytest.raises(TokenRefused, match="only staff"):
            issue_api_token(session, user, "x", ["contracts:read"], utc_now(), utc_now() + timedelta(days=1))


def test_what_is_over_is_not_rotated(database: Database, staff: str) -> None:
    now = utc_now()
    with database.writing.begin() as session:
        user = find_user(session, staff)
        assert user is not None
        token, _ = issue_api_token(session, user, "x", ["contracts:read"], now, now + timedelta(days=1))
        with pytest.raises(TokenRefused, match="overlap"):
            rotate_api_token(session, token, now, now + timedelta(days=2), now + timedelta(days=1))
        token.revoke(now)
        with pytest.raises(TokenRefused, match="good no more"):
            rotate_api_token(session, token, now, now + timedelta(hours=1), now + timedelta(days=1))


def test_when_it_was_last_used_is_noted(boss: Api, app: Flask, database: Database) -> None:
    token = made(boss, "contracts:read")
    Program(app, token["secret"])("GET", "/contracts")
    app.extensions["karte_api_token_lookup"]._seen.flush()
    (row,) = boss("GET", "/tokens")[1]
    assert row["last_used_at"] is not None
