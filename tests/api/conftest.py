"""The service on a database of its own; the schema is made once a session and copied for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.app import create_app
from api.config import Config
from api.db import Database, open_database
from api.identity.accounts import create_user
from api.models import Contract
from api.schema import upgrade
from tests.api.office import PASSWORD, Office, make_office


@pytest.fixture(scope="session")
def schema_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database at this program's schema."""
    path = tmp_path_factory.mktemp("schema") / "empty.db"
    made = open_database(f"sqlite:///{path}")
    upgrade(made)
    made.close()
    return path


@pytest.fixture
def database(schema_file: Path, tmp_path: Path) -> Iterator[Database]:
    """A real SQLite database of this test's own."""
    path = tmp_path / "karte.db"
    shutil.copy(schema_file, path)
    opened = open_database(f"sqlite:///{path}")
    yield opened
    opened.close()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A session that reads what the service wrote."""
    with database.reading() as reading:
        yield reading


@pytest.fixture
def office(database: Database) -> Office:
    """An active contract with one site in Tokyo."""
    return make_office(database, "山田商事株式会社")


@pytest.fixture
def other_office(database: Database) -> Office:
    """Another customer's contract in the same database."""
    return make_office(database, "鈴木医院")


@pytest.fixture
def config(database: Database, tmp_path: Path) -> Config:
    """Settings of a service whose engine does not run: port 9 (discard) answers nobody."""
    return Config(
        database_url=str(database.engine.url),
        secret_key="a key for tests only, long enough to sign",
        influx_url="http://127.0.0.1:9",
        report_dir=tmp_path / "reports",
    )


@pytest.fixture
def app(config: Config) -> Iterator[Flask]:
    """The application."""
    made = create_app(config)
    made.testing = True
    yield made
    made.extensions["karte_database"].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser or a program, before it has signed in."""
    return app.test_client()


@pytest.fixture
def staff(database: Database) -> str:
    """The name of a member of staff, who signs in with `PASSWORD`."""
    with database.writing.begin() as session:
        return create_user(session, "boss", PASSWORD, None).username


@pytest.fixture
def customer(database: Database, office: Office) -> str:
    """The name of a person of `office`, who signs in with `PASSWORD`."""
    with database.writing.begin() as session:
        contract = session.scalars(select(Contract).where(Contract.public_id == office.contract)).one()
        return create_user(session, "taro@example.jp", PASSWORD, contract).username
