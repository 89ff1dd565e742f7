"""Acceptance by use, over real requests."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db import Database
from api.models import AcceptanceWay, TermsAcceptance, TermsKind
from tests.api.office import Office
from tests.api.queries import counted
from tests.api.signed_in import Api
from tests.api.terms.texts import publish_text


def ways(database: Database) -> list[tuple[AcceptanceWay, str]]:
    with database.reading() as session:
        return [(each.way, each.accepted_by) for each in session.scalars(select(TermsAcceptance))]


@pytest.fixture
def changed(database: Database, office: Office) -> str:
    return publish_text(database, TermsKind.COMMON, ago=20)


def test_the_first_use_after_the_day_is_recorded_once(
    app: Flask, changed: str, office: Office, customer: str, database: Database
) -> None:
    taro = Api(app.test_client(), customer)
    assert taro("GET", f"/contracts/{office.contract}")[0] == 200
    assert ways(database) == [(AcceptanceWay.BY_USE, customer)]
    taro("GET", f"/contracts/{office.contract}")
    assert len(ways(database)) == 1


@pytest.mark.parametrize("path", ["/login", "/terms", "/terms/common/1", "/collected", "/advice/disk_full", "/nowhere"])
def test_looking_at_terms_or_signing_in_is_no_use(
    app: Flask, changed: str, customer: str, database: Database, path: str
) -> None:
    taro = Api(app.test_client(), customer)
    taro.client.get(path)
    assert ways(database) == []


def test_looking_at_what_is_to_be_accepted_and_accepting_it_is_no_use_but_says_so(
    app: Flask, changed: str, office: Office, customer: str, database: Database
) -> None:
    taro, path = Api(app.test_client(), customer), f"/contracts/{office.contract}"
    taro("GET", f"{path}/terms")
    assert ways(database) == []
    assert taro("POST", f"{path}/acceptances", {"documents": [changed]})[0] == 201
    taro("GET", path)
    assert [way for way, _who in ways(database)] == [AcceptanceWay.EXPLICIT]


def test_staff_do_not_use_it_in_a_customers_place(
    app: Flask, changed: str, office: Office, staff: str, database: Database
) -> None:
    boss = Api(app.test_client(), staff)
    assert boss("GET", f"/contracts/{office.contract}")[0] == 200
    assert ways(database) == []


def test_what_was_refused_is_no_use(
    app: Flask, changed: str, other_office: Office, customer: str, database: Database
) -> None:
    taro = Api(app.test_client(), customer)
    assert taro("GET", f"/contracts/{other_office.contract}")[0] == 404
    assert ways(database) == []


def test_it_costs_a_request_nothing_once_it_was_looked_at(
    app: Flask, office: Office, customer: str, session: Session
) -> None:
    taro, path = Api(app.test_client(), customer), f"/contracts/{office.contract}"
    taro("GET", path)
    with counted(app) as statements:
        taro("GET", path)
    assert not [each for each in statements if "terms_" in each]
