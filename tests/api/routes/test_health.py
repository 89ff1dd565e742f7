from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from api.app import create_app
from api.config import Config
from api.db import Database
from api.local.influxd import Influxd


@pytest.fixture
def healthy(config: Config, influxd: Influxd) -> Iterator[FlaskClient]:
    """A client of a service whose engine runs."""
    made = create_app(replace(config, influx_url=influxd.url))
    yield made.test_client()
    made.extensions["karte_database"].close()


def test_it_is_healthy_where_all_parts_answer(healthy: FlaskClient) -> None:
    response = healthy.get("/healthz")
    assert response.status_code == 200
    assert response.json == {"status": "ok", "database": "ok", "engine": "ok"}


def test_it_names_an_engine_that_does_not_answer(client: FlaskClient) -> None:
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json == {"status": "unavailable", "database": "ok", "engine": "unavailable"}


@pytest.mark.dialect("sqlite")  # the fault is made in its file
def test_it_names_a_database_that_does_not_answer(healthy: FlaskClient, database: Database) -> None:
    service = healthy.application.extensions["karte_database"]
    service.close()
    path = database.engine.url.database
    assert path is not None
    with open(path, "r+b") as file:  # noqa: PTH123  # the header of the file is spoilt in place
        file.write(b"not a database any more" * 10)
    response = healthy.get("/healthz")
    assert response.status_code == 503
    assert response.json == {"status": "unavailable", "database": "unavailable", "engine": "ok"}


def test_it_asks_for_no_sign_in_and_tells_no_versions(healthy: FlaskClient) -> None:
    body = healthy.get("/healthz").text
    assert "1." not in body
