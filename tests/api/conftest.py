"""The service on a database of its own; the schema is made once a session and copied for each test."""

import itertools
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from api.app import create_app
from api.config import Config
from api.db import Database, open_database
from api.identity import passwords
from api.identity.accounts import create_user
from api.models import Contract
from api.schema import upgrade
from tests.api.office import PASSWORD, Office, make_office
from tests.conftest import POSTGRESQL
from tests.postgres import Postgres

_COUNT = itertools.count(1)


NewUrl = Callable[[bool], str]


@pytest.fixture(autouse=True, scope="session")
def cheap_passwords() -> Iterator[None]:
    """Hash passwords at the least cost: what argon2id costs for real is nothing that these tests are about."""
    patch = pytest.MonkeyPatch()
    patch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    yield
    patch.undo()


@pytest.fixture(autouse=True, scope="session")
def no_waiting_for_disks() -> Iterator[None]:
    """Let SQLite wait for no disk in this process: tests kill processes, not machines."""

    def hurry(connection: Any, _record: Any) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute("PRAGMA synchronous = OFF")

    event.listen(Engine, "connect", hurry)
    yield
    event.remove(Engine, "connect", hurry)


@pytest.fixture(autouse=True, scope="session")
def made_once() -> Iterator[None]:
    """Compile templates and routes once a session: each test has an application of its own, of the same ones."""
    patch = pytest.MonkeyPatch()
    patch.setitem(Flask.jinja_options, "bytecode_cache", _Compiled())
    compile_builder, builders = Rule._compile_builder, dict[object, Any]()

    def remembered(rule: Rule, append_unknown: bool = True) -> Any:
        if rule.defaults:
            return compile_builder(rule, append_unknown)
        what = (rule.rule, tuple(rule._trace), append_unknown)
        if what not in builders:
            builders[what] = compile_builder(rule, append_unknown)
        return builders[what]

    patch.setattr(Rule, "_compile_builder", remembered)
    yield
    patch.undo()


class _Compiled(BytecodeCache):
    def __init__(self) -> None:
        self._code = dict[str, bytes]()

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


@pytest.fixture(scope="session")
def schema_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database at this program's schema."""
    path = tmp_path_factory.mktemp("schema") / "empty.db"
    _make(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def schema_template(postgres: Postgres) -> str:
    """Name of an empty database at this program's schema, in the PostgreSQL of this session."""
    name = "template_karte"
    postgres.create(name)
    _make(postgres.url(name))
    return name


@pytest.fixture
def new_url(dialect: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[NewUrl]:
    """Make databases of this test's own on the database that it is tried on: at this program's schema, or empty."""
    # What a run does not need is not made: most start no PostgreSQL.
    get, made = request.getfixturevalue, list[str]()

    def on_sqlite(with_schema: bool) -> str:
        path = tmp_path / ("karte.db" if with_schema else "fresh.db")
        if with_schema:
            shutil.copy(get("schema_file"), path)
        return f"sqlite:///{path}"

    def on_postgresql(with_schema: bool) -> str:
        server: Postgres = get("postgres")
        name = f"karte_{next(_COUNT)}"
        server.create(name, get("schema_template") if with_schema else "template0")
        made.append(name)
        return server.url(name)

    yield on_postgresql if dialect == POSTGRESQL else on_sqlite
    for name in made:
        get("postgres").drop(name)


@pytest.fixture
def database(new_url: NewUrl) -> Iterator[Database]:
    """A real database of this test's own."""
    opened = open_database(new_url(True))
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
        # Beside an SQLite database it stands by itself.
        queue_path=tmp_path / "jobs.db",
        staff_totp="optional",
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


def _make(url: str) -> None:
    made = open_database(url)
    upgrade(made)
    made.close()
