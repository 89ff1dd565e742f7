"""No caller reaches what is another contract's: tried for every operation of the OpenAPI document.

The operations come from the document and their parameters from the database, so a new operation is tried by itself; one
with a parameter that is unknown fails until it is added to `tests/api/security/belongings.py`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from api.db import Database
from api.models import AuditEntry, Base, Role
from api.web.gate import ROLE_SCOPES, Scope, scope_of
from tests.api.office import Office
from tests.api.security.belongings import Belongings, fill
from tests.api.security.sampling import sample_body, sample_query, takes_file, takes_json
from tests.api.signed_in import Api

_METHODS = ("get", "post", "put", "patch", "delete")
_UNSCOPED = frozenset({"rule_id", "kind", "version"})
"""Parameters that name nothing of a contract."""

_NOT_TO_BE_SET = ("public_id", "contract_id", "token_hash", "session_epoch", "state_reason")
"""Columns that no request may set, whatever it is for."""


@dataclass(frozen=True)
class Operation:
    """An operation of the document."""

    method: str
    path: str
    parameters: tuple[str, ...]
    body: Any
    query: Any
    takes_file: bool
    takes_json: bool

    def sent(self) -> dict[str, Any]:
        """Return what the operation takes, for a client of Flask's."""
        content = {"data": {"file": (BytesIO(b"%PDF-1.7 x"), "x.pdf")}} if self.takes_file else {"json": self.body}
        return {"method": self.method.upper(), "query_string": self.query, **content}

    def at(self, values: dict[str, str]) -> str:
        """Return the path with its parameters filled in."""
        return re.sub(r"{(\w+)}", lambda found: values.get(found[1], "x"), self.path).removeprefix("/api/v1")


@pytest.fixture
def operations(app: Flask) -> list[Operation]:
    document: Any = app.test_client().get("/api/v1/openapi.json").json
    found = [
        Operation(
            method,
            path,
            tuple(re.findall(r"{(\w+)}", path)),
            sample_body(document, methods[method]),
            sample_query(document, methods[method]),
            takes_file(methods[method]),
            takes_json(methods[method]),
        )
        for path, methods in document["paths"].items()
        if path.startswith("/api/v1/")
        for method in methods
        if method in _METHODS
    ]
    assert len(found) > 60
    return found


@pytest.fixture
def theirs(database: Database, other_office: Office) -> Belongings:
    return fill(database, other_office)


@pytest.fixture
def mine(database: Database, office: Office) -> Belongings:
    return fill(database, office)


def counted(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.tables.values()
            if table.name not in (AuditEntry.__tablename__, "idempotency_key")
        }


def view_of(app: Flask, operation: Operation) -> Callable[..., Any]:
    rule = re.sub(r"{(\w+)}", r"<\1>", operation.path)
    for each in app.url_map.iter_rules():
        plain = re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", each.rule)
        if plain == rule and operation.method.upper() in (each.methods or ()):
            return app.view_functions[each.endpoint]
    raise AssertionError(operation)


def test_every_operation_says_who_may_call_it(app: Flask, operations: list[Operation]) -> None:
    for operation in operations:
        scope_of(view_of(app, operation))  # raises where it says nothing


def test_nobody_gets_in_without_signing_in(app: Flask, operations: list[Operation], theirs: Belongings) -> None:
    client = app.test_client()
    for operation in operations:
        if scope_of(view_of(app, operation)) is None:
            continue
        answer = client.open(f"/api/v1{operation.at(theirs.ids)}", method=operation.method.upper(), json={})
        assert answer.status_code == 401, operation
        assert theirs.secret not in answer.text


def test_a_wrong_token_opens_nothing(app: Flask, operations: list[Operation], theirs: Belongings) -> None:
    client = app.test_client()
    for operation in operations:
        if scope_of(view_of(app, operation)) is None:
            continue
        headers = {"Authorization": "Bearer okb_" + "x" * 43}
        answer = client.open(
            f"/api/v1{operation.at(theirs.ids)}", method=operation.method.upper(), json={}, headers=headers
        )
        assert answer.status_code == 401, operation


def _tries(operation: Operation, mine: Belongings, theirs: Belongings) -> Iterator[dict[str, str]]:
    """Yield foreign ids, and one's own contract with a foreign id below it."""
    named = [each for each in operation.parameters if each not in _UNSCOPED]
    if not named:
        return
    yield theirs.ids
    for each in named:
        if each != "contract_id":
            yield {**mine.ids, each: theirs.ids.get(each, "x")}


def test_a_customer_reaches_nothing_of_another(
    app: Flask,
    database: Database,
    customer: str,
    operations: list[Operation],
    mine: Belongings,
    theirs: Belongings,
) -> None:
    taro = Api(app.test_client(), customer)
    before, unread = counted(database), set[str]()
    for operation in operations:
        scope = scope_of(view_of(app, operation))
        allowed = scope in ROLE_SCOPES[Role.CUSTOMER]
        unknown = set(operation.parameters) - _UNSCOPED - theirs.ids.keys()
        assert not (allowed and unknown), f"{operation}: add {unknown} to tests/api/security/belongings.py"
        for ids in _tries(operation, mine, theirs):
            answer = taro.client.open(
                f"/api/v1{operation.at(ids)}",
                headers={**taro.headers, "If-Match": "x"},
                **operation.sent(),
            )
            assert theirs.secret not in answer.text, operation
            expected = (401, 403, 404, 412, 422, 428) if scope is None else (404, 422) if allowed else (403,)
            assert answer.status_code in expected, (operation, ids, answer.status_code, answer.text)
            if allowed and answer.status_code == 422:
                unread.add(f"{operation.method} {operation.path}")
    assert unread == set(), "what was sent was refused before anybody looked whose it is"
    assert counted(database) == before


def test_no_operation_takes_what_its_document_does_not_name(
    app: Flask, database: Database, staff: str, operations: list[Operation], mine: Belongings
) -> None:
    clerk, refused = Api(app.test_client(), staff), set[str]()
    before = counted(database)
    for operation in operations:
        if not operation.takes_json or not isinstance(operation.body, dict):
            continue
        beside = {each: "x" for each in _NOT_TO_BE_SET if each not in operation.body}
        for name, value in beside.items():
            sent = {**operation.sent(), "json": {**operation.body, name: value}}
            answer = clerk.client.open(
                f"/api/v1{operation.at(mine.ids)}", headers={**clerk.headers, "If-Match": "x"}, **sent
            )
            assert answer.status_code in (401, 403, 404, 409, 412, 422), (operation, name, answer.status_code)
            if answer.status_code == 422:
                assert name in answer.text, operation
                refused.add(operation.path)
    assert len(refused) > 20
    assert counted(database) == before


def test_a_customers_own_lists_hold_nothing_of_another(
    app: Flask, customer: str, operations: list[Operation], mine: Belongings, theirs: Belongings
) -> None:
    taro, seen = Api(app.test_client(), customer), 0
    for operation in operations:
        if operation.method == "get":
            answer = taro.client.get(f"/api/v1{operation.at(mine.ids)}", headers=taro.headers)
            assert theirs.secret not in answer.text, operation
            seen += mine.secret in answer.text
    assert seen >= 5  # what is one's own is there, so the look would have seen the other's


def test_customers_have_no_scope_of_the_staffs() -> None:
    staff_only = {
        Scope.AUDIT_READ,
        Scope.CHANNELS,
        Scope.CONTRACTS_WRITE,
        Scope.NOTICES_WRITE,
        Scope.PRIVACY,
        Scope.RULES,
        Scope.TERMS_WRITE,
        Scope.TOKENS,
        Scope.USERS_WRITE,
    }
    assert not staff_only & ROLE_SCOPES[Role.CUSTOMER]
