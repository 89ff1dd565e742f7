from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from api.audit.log import verify
from api.db import Database
from api.gateway.grant import ReadGrant, Refusal
from api.identity.read_access import read_lookup
from api.models import AuditEntry
from api.models.base import utc_now
from api.routes.reader_tokens import READS
from tests.api.office import Office
from tests.api.routes.test_api_tokens import Program
from tests.api.routes.test_api_tokens import made as made_token
from tests.api.signed_in import Api


@pytest.fixture
def boss(app: Flask, staff: str) -> Api:
    return Api(app.test_client(), staff)


def in_days(days: float) -> str:
    return (utc_now() + timedelta(days=days)).isoformat()


def made(boss: Api, contract: str | None, **others: Any) -> dict[str, Any]:
    status, answer = boss("POST", "/tokens/readers", {"contract": contract, "label": "帳票", **others})
    assert status == 201, answer
    result: dict[str, Any] = answer
    return result


def test_a_token_reads_what_it_was_made_for_and_is_shown_once(boss: Api, office: Office, database: Database) -> None:
    of_one, of_all = made(boss, office.contract, expires_at=in_days(9)), made(boss, None)

    look_up = read_lookup(database)
    assert look_up(of_one["secret"]) == ReadGrant(of_one["token"]["id"], office.contract)
    assert look_up(of_all["secret"]) == ReadGrant(of_all["token"]["id"], None)
    assert (of_one["token"]["label"], of_all["token"]["expires_at"]) == ("帳票", None)
    assert [row["contract"] for row in boss("GET", "/tokens/readers")[1]] == [office.contract, None]
    (row,) = boss("GET", f"/tokens/readers?contract={office.contract}")[1]
    assert row == of_one["token"]
    with database.reading() as session:
        told = [(each.action, each.contract, each.target) for each in session.scalars(select(AuditEntry))]
        entries = repr([each.details for each in session.scalars(select(AuditEntry))])
        assert verify(session).broken is None
    assert ("read_token.create", office.contract, of_one["token"]["id"]) in told
    assert ("read_token.create", "", of_all["token"]["id"]) in told
    for secret in (of_one["secret"], of_all["secret"]):
        assert secret not in entries
        assert secret not in str(boss("GET", "/tokens/readers"))


def test_a_request_that_is_sent_again_makes_one_token(boss: Api, office: Office) -> None:
    body = {"contract": office.contract, "label": "帳票"}
    first, again = (boss("POST", "/tokens/readers", body, Idempotency_Key="a-key") for _ in range(2))

    assert first == again
    assert len(boss("GET", "/tokens/readers")[1]) == 1
    rotation = f"/tokens/readers/{first[1]['token']['id']}/rotate"
    new, same = (boss("POST", rotation, {}, Idempotency_Key="another-key") for _ in range(2))
    assert new == same
    assert len(boss("GET", "/tokens/readers")[1]) == 2


def test_a_rotation_leaves_no_gap_and_lengthens_nothing(boss: Api, office: Office, database: Database) -> None:
    old = made(boss, office.contract, expires_at=in_days(9))

    status, new = boss("POST", f"/tokens/readers/{old['token']['id']}/rotate", {})

    assert status == 201
    look_up = read_lookup(database)
    for each in (old, new):
        assert look_up(each["secret"]) == ReadGrant(each["token"]["id"], office.contract)
    assert [new["token"][name] for name in ("label", "expires_at")] == ["帳票", old["token"]["expires_at"]]
    row = boss("GET", "/tokens/readers")[1][0]
    left = datetime.fromisoformat(row["expires_at"]) - utc_now()
    assert timedelta(minutes=55) < left <= timedelta(hours=1)
    # At once, and longer than the one before it.
    end = in_days(30)
    status, newest = boss("POST", f"/tokens/readers/{new['token']['id']}/rotate", {"overlap_s": 0, "expires_at": end})
    assert (status, newest["token"]["expires_at"][:10]) == (201, end[:10])
    ended = look_up(new["secret"])
    assert isinstance(ended, Refusal)
    assert ended.code == "token_expired"
    for replaced in (new, old):
        status, told = boss("POST", f"/tokens/readers/{replaced['token']['id']}/rotate", {"overlap_s": 10 * 3600})
        assert (status, told["error"]["code"]) == (409, "token_refused")
    with database.reading() as session:
        rotated = session.scalars(select(AuditEntry).where(AuditEntry.action == "read_token.rotate")).all()
    assert [(each.target, each.details) for each in rotated] == [
        (new["token"]["id"], {"former": old["token"]["id"]}),
        (newest["token"]["id"], {"former": new["token"]["id"]}),
    ]


def test_what_is_revoked_opens_nothing_and_stays_so(boss: Api, office: Office, database: Database) -> None:
    token = made(boss, office.contract)
    revocation = f"/tokens/readers/{token['token']['id']}/revoke"

    first, again = boss("POST", revocation), boss("POST", revocation)

    assert first == again
    assert first[1]["revoked_at"] is not None
    refused = read_lookup(database)(token["secret"])
    assert isinstance(refused, Refusal)
    assert refused.code == "token_revoked"
    assert boss("POST", f"/tokens/readers/{token['token']['id']}/rotate", {})[0] == 409
    with database.reading() as session:
        asked = select(AuditEntry.target).where(AuditEntry.action == "read_token.revoke")
        assert session.scalars(asked).all() == [token["token"]["id"]]


def test_a_program_makes_none_that_reads_more_than_itself(boss: Api, app: Flask, office: Office) -> None:
    wide, of_all = made(boss, office.contract)["token"]["id"], made(boss, None)["token"]["id"]
    of_one = {"contract": office.contract, "label": "x", "expires_at": in_days(30)}
    for missing in READS:
        scopes = (READS - {missing}) | {"tokens", "users:read", "privacy"}
        program = Program(app, made_token(boss, *scopes)["secret"])
        assert program("POST", "/tokens/readers", of_one)[0] == 403
        assert program("POST", f"/tokens/readers/{wide}/rotate", {"expires_at": in_days(30)})[0] == 403

    program = Program(app, made_token(boss, "tokens", *READS)["secret"])
    assert program("POST", "/tokens/readers", of_one)[0] == 201
    assert program("POST", f"/tokens/readers/{wide}/rotate", {"expires_at": in_days(30)})[0] == 201
    assert program("POST", "/tokens/readers", {**of_one, "contract": None})[0] == 403
    assert program("POST", f"/tokens/readers/{of_all}/rotate", {"expires_at": in_days(30)})[0] == 403
    # Nor one that outlives every token of a program's.
    for end in (None, in_days(400)):
        status, told = program("POST", "/tokens/readers", {**of_one, "expires_at": end})
        assert (status, told["error"]["details"]) == (422, {"field": "expires_at"})
    endless = made(boss, office.contract)["token"]["id"]
    assert program("POST", f"/tokens/readers/{endless}/rotate", {})[0] == 422
    # What takes leave away, it may.
    assert program("POST", f"/tokens/readers/{of_all}/revoke")[0] == 200


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"contract": "c-none"}, 404),
        ({"contract": "a\x00"}, 422),
        ({"label": ""}, 422),
        ({"label": "a\x00"}, 422),
        ({"label": "x" * 101}, 422),
        ({"expires_at": in_days(-1)}, 422),
        ({"expires_at": "0001-01-01T00:00:00+14:00"}, 422),
        ({"expires_at": "9999-12-31T23:59:59-14:00"}, 422),
        ({"expires_at": "2099-01-01T00:00:00"}, 422),
        ({"grafana_org": 1}, 422),
        ({"token_hash": "x"}, 422),
    ],
)
def test_what_cannot_be_used_is_refused(boss: Api, office: Office, changes: dict[str, Any], status: int) -> None:
    body = {"contract": office.contract, "label": "x", **changes}
    assert boss("POST", "/tokens/readers", body)[0] == status
    assert boss("GET", "/tokens/readers")[1] == []


def test_whose_token_it_is_has_to_be_said(boss: Api, office: Office) -> None:
    """What is forgotten must not read all contracts."""
    assert boss("POST", "/tokens/readers", {"label": "x"})[0] == 422
    for action in ("rotate", "revoke"):
        assert boss("POST", f"/tokens/readers/r-none/{action}", {} if action == "rotate" else None)[0] == 404


def test_customers_have_none(boss: Api, app: Flask, office: Office, customer: str) -> None:
    token = made(boss, office.contract)["token"]["id"]
    taro = Api(app.test_client(), customer)
    assert taro("GET", "/tokens/readers")[0] == 403
    assert taro("POST", "/tokens/readers", {"contract": office.contract, "label": "x"})[0] == 403
    assert taro("POST", f"/tokens/readers/{token}/rotate", {})[0] == 403
    assert taro("POST", f"/tokens/readers/{token}/revoke")[0] == 403
