"""A list costs as many queries with twenty rows as with two: asked of every list of the OpenAPI document, and of pages.

A new list fails here until `LISTS` says what it lists, and `tests/api/crowd.py` makes twenty of these.
"""

import re
from typing import Any

import pytest
from flask import Flask

from api.db import Database
from api.models import (
    ApiToken,
    Asset,
    AssetChange,
    AuditEntry,
    Base,
    Channel,
    Contract,
    ContractOption,
    ContractStep,
    Device,
    Disclosure,
    Finding,
    InstallId,
    Licence,
    Notice,
    ReadToken,
    Report,
    RuleThreshold,
    ServiceMail,
    Site,
    Software,
    SoftwareChange,
    TermsAcceptance,
    TermsDocument,
    Transfer,
    User,
)
from api.portal import pager
from api.portal.staff import contracts
from tests.api.crowd import RULE, Crowded, Size, crowd
from tests.api.signed_in import Api
from tests.api.stored import Asked

FEW, MANY = 2, 20
OF = "/contracts/{contract_id}"

LISTS: dict[str, type[Base] | None] = {
    "/audit": AuditEntry,
    "/contracts": Contract,
    "/devices": Device,
    "/notices": Notice,
    "/rules": None,
    "/terms": TermsDocument,
    "/tokens": ApiToken,
    "/tokens/devices": Device,
    "/tokens/readers": ReadToken,
    "/users": User,
    f"{OF}/acceptances": TermsAcceptance,
    f"{OF}/assets": Asset,
    f"{OF}/assets/changes": AssetChange,
    f"{OF}/channels": Channel,
    f"{OF}/devices": Device,
    f"{OF}/disclosures": Disclosure,
    f"{OF}/findings": Finding,
    f"{OF}/install-ids": InstallId,
    f"{OF}/licences": Licence,
    f"{OF}/licences/{{licence_id}}/holders": Software,
    f"{OF}/notices": Notice,
    f"{OF}/notices/{{notice_id}}/mails": ServiceMail,
    f"{OF}/options": ContractOption,
    f"{OF}/reports": Report,
    f"{OF}/rules/{{rule_id}}/thresholds/log": RuleThreshold,
    f"{OF}/search": Software,
    f"{OF}/sites": Site,
    f"{OF}/software": Software,
    f"{OF}/software/changes": SoftwareChange,
    f"{OF}/software/holders": Software,
    f"{OF}/software/products": Software,
    f"{OF}/steps": ContractStep,
    f"{OF}/terms": TermsDocument,
    f"{OF}/transfers": Transfer,
}
"""Path of a list below `/api/v1` -> what is seeded for it; None where it lists nothing of the database."""

ASKED = {"/devices": "q=pc-", f"{OF}/search": "q=acme", f"{OF}/software/holders": "name=acme+office+0"}
"""Lists that want to know what is looked for."""


@pytest.fixture
def crowds(database: Database, staff: str) -> tuple[Crowded, Crowded]:
    """A contract with two of each, one with twenty, and twenty more."""
    others = [Size(1, 1, 1)] * MANY
    few, many, *_others = crowd(
        database, [Size(FEW, FEW, FEW, sites=FEW), Size(MANY, MANY, MANY, sites=MANY), *others], staff
    )
    return few, many


@pytest.fixture
def api(app: Flask, staff: str) -> Api:
    return Api(app.test_client(), staff)


def test_every_list_of_the_api_is_here(app: Flask) -> None:
    document: Any = app.test_client().get("/api/v1/openapi.json").json
    listing = {
        path.removeprefix("/api/v1")
        for path, methods in document["paths"].items()
        if "get" in methods and _is_list(document, methods["get"])
    }
    assert listing == set(LISTS)


def _is_list(document: Any, operation: Any) -> bool:
    answer = operation["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema", {})
    if "$ref" in answer:
        answer = document["components"]["schemas"][answer["$ref"].rsplit("/", 1)[1]]
        # One that finds things of several kinds.
        return bool(operation.get("parameters")) and all(
            each.get("type") == "array" for each in answer["properties"].values()
        )
    return bool(answer.get("type") == "array")


def test_a_list_costs_as_many_queries_with_many_rows_as_with_few(
    app: Flask, api: Api, crowds: tuple[Crowded, Crowded]
) -> None:
    grown: dict[str, object] = {}
    empty: list[str] = []
    for path, listed in LISTS.items():
        (few, few_rows), (many, many_rows) = (
            _cost(app, api, path, crowd, rows) for crowd, rows in zip(crowds, (FEW, MANY), strict=True)
        )
        if len(few) != len(many):
            grown[path] = (len(few), len(many), many[-3:])
        if listed is not None and path not in ONE_EACH and not few_rows < MANY <= many_rows:
            empty.append(path)
    assert grown == {}
    assert empty == []


ONE_EACH = {f"{OF}/notices/{{notice_id}}/mails"}
"""Lists of which there are no more rows, however large the contract."""


def _cost(app: Flask, api: Api, path: str, crowd: Crowded, rows: int) -> tuple[list[str], int]:
    """Return the statements that an answer takes and how many rows it has."""
    filled = re.sub(r"{(\w+)}", lambda found: {**crowd.ids, "rule_id": RULE}[found[1]], path)
    sent = f"{filled}?{ASKED.get(path, '')}&page_size={rows}" if path in ASKED else f"{filled}?page_size={rows}"
    api("GET", sent)  # what is only done once in a while, e.g. recording who looked, is done now
    with Asked(app.extensions["karte_database"]) as asked:
        status, answer = api("GET", sent)
    if status == 422:
        with Asked(app.extensions["karte_database"]) as asked:
            status, answer = api("GET", sent.replace(f"page_size={rows}", ""))
    assert status == 200, answer
    rows_found = answer if isinstance(answer, list) else max(answer.values(), key=len)
    return [statement for statement, _parameters in asked.statements], len(rows_found)


PAGES = ("/contracts", "/devices", "/notices", "/licences", "/audit")
"""Lists of the staff's portal across contracts."""

PAGES_OF = ("", "/users", "/licences", "/licences/{licence_id}")
"""Pages of the staff's portal about one contract that list something."""


def test_a_page_of_the_staff_costs_as_many_queries_with_many_rows_as_with_few(
    app: Flask, api: Api, crowds: tuple[Crowded, Crowded], monkeypatch: pytest.MonkeyPatch
) -> None:
    def cost(path: str) -> tuple[int, int]:
        """Return how many statements a page takes and how many rows its tables have."""
        api.client.get(path)  # what is only done once in a while, e.g. recording who looked, is done now
        with Asked(app.extensions["karte_database"]) as asked:
            answer = api.client.get(path)
        assert answer.status_code == 200, path
        return len(asked.statements), answer.text.count('<th scope="row">')

    found: dict[str, list[tuple[int, int]]] = {}
    for one, rows in zip(crowds, (FEW, MANY), strict=True):
        for module in (pager, contracts):
            monkeypatch.setattr(module, "SIZE", rows)
        for path in PAGES:
            found.setdefault(path, []).append(cost(f"/portal/staff{path}"))
        for path in PAGES_OF:
            filled = path.format(**one.ids)
            found.setdefault(f"/contracts/…{path}", []).append(
                cost(f"/portal/staff/contracts/{one.ids['contract_id']}{filled}")
            )
    assert {path: each for path, each in found.items() if each[0][0] != each[1][0]} == {}
    assert {path: each for path, each in found.items() if not each[0][1] < MANY <= each[1][1]} == {}
