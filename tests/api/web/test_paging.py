"""Pages of a small resource of our own, over HTTP."""

import json
from typing import Any

import marshmallow as ma
import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_smorest import Api
from flask_smorest.pagination import PaginationParameters
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from api.db import Database, init_app, read_session
from api.models import Contract, Site
from api.web import errors
from api.web.paging import Listed, SqlPage
from api.web.resource import resource
from tests.api.office import Office
from tests.api.queries import counted


class Row(ma.Schema):
    name = ma.fields.String(required=True)
    contract = ma.fields.String(required=True)


@pytest.fixture
def app(database: Database) -> Flask:
    made = Flask(__name__)
    made.config.update(API_TITLE="x", API_VERSION="1", OPENAPI_VERSION="3.0.3", TESTING=True)
    init_app(made, database)
    blueprint = resource("sites", __name__, "Sites", url_prefix="/api/v1")

    @blueprint.get("/sites")  # type: ignore[untyped-decorator]
    @blueprint.response(200, Row(many=True))  # type: ignore[untyped-decorator]
    @blueprint.paginate(SqlPage)  # type: ignore[untyped-decorator]
    def sites() -> Listed[Site]:
        """List."""
        query = select(Site).options(joinedload(Site.contract)).order_by(Site.id)
        return Listed.of(read_session(), query, lambda site: {"name": site.name, "contract": site.contract.name})

    api = Api(made)
    api.register_blueprint(blueprint)
    errors.init_app(made)
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def add_sites(office: Office, amount: int) -> None:
    with office.database.writing.begin() as session:
        contract = session.scalars(select(Contract).where(Contract.public_id == office.contract)).one()
        contract.sites += [Site(name=f"支店{number}", prefecture="13") for number in range(amount)]


def page(client: FlaskClient, **asked: object) -> tuple[list[str], dict[str, Any]]:
    answer = client.get("/api/v1/sites", query_string=asked)
    assert answer.status_code == 200, answer.text
    return [row["name"] for row in answer.get_json()], json.loads(answer.headers["X-Pagination"])


def test_it_cuts_a_list_into_pages_that_together_are_the_list(client: FlaskClient, office: Office) -> None:
    add_sites(office, 6)
    pages = [page(client, page=number, page_size=3) for number in (1, 2, 3)]
    assert [len(names) for names, _about in pages] == [3, 3, 1]
    assert [name for names, _about in pages for name in names] == ["本社", *(f"支店{number}" for number in range(6))]
    about = pages[1][1]
    assert (about["total"], about["total_pages"], about["previous_page"], about["next_page"]) == (7, 3, 1, 3)


def test_it_says_that_an_empty_list_is_empty(client: FlaskClient) -> None:
    assert page(client) == ([], {"total": 0, "total_pages": 0})


@pytest.mark.parametrize("number", [2, 10**6, 10**40])
def test_a_page_past_the_end_is_empty(client: FlaskClient, office: Office, number: int) -> None:
    names, about = page(client, page=number)
    assert (names, about["total"]) == ([], 1)


@pytest.mark.parametrize("asked", [{"page": 0}, {"page": "x"}, {"page_size": 0}, {"page_size": 201}, {"page": -1}])
def test_it_refuses_a_page_that_cannot_be(client: FlaskClient, asked: dict[str, object]) -> None:
    answer = client.get("/api/v1/sites", query_string=asked)
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (422, "invalid_request")


def test_its_queries_do_not_grow_with_the_rows(app: Flask, client: FlaskClient, office: Office) -> None:
    with counted(app) as few:
        page(client)
    add_sites(office, 40)
    with counted(app) as many:
        page(client)
    assert len(few) == len(many) == 2


def test_it_counts_groups_as_rows(session: Session, office: Office) -> None:
    add_sites(office, 3)
    query = select(Site.prefecture, func.count().label("sites")).group_by(Site.prefecture).order_by(Site.prefecture)
    made = SqlPage(Listed.of(session, query, tuple), PaginationParameters(1, 10))
    assert (made.items, made.item_count) == ([("13", 4)], 1)


def test_it_takes_no_list_without_an_order(session: Session) -> None:
    with pytest.raises(ValueError, match="order"):
        SqlPage(Listed.of(session, select(Site), lambda site: site), PaginationParameters(1, 10))
