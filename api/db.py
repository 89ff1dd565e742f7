"""The relational database: SQLite by default, PostgreSQL by URL."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.orm import Session, sessionmaker

from api.told import ToldError
from collectors.text import Text

_BUSY_TIMEOUT_MS = 10_000
_BEGIN = "karte_sqlite_begin"


class DatabaseError(ToldError):
    """The database cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Database:
    """An opened database.

    Attributes:
        engine: with the pool that all share.
        reading: makes sessions that only read: `with database.reading() as session`.
        writing: makes sessions that write: `with database.writing.begin() as session` commits at the end. On SQLite
            the transaction takes the write lock at its start, so what it read first cannot change under it.
    """

    engine: Engine
    reading: sessionmaker[Session]
    writing: sessionmaker[Session]

    def ping(self) -> None:
        """Ask the database for a sign of life.

        Raises:
            SQLAlchemyError: none came.
        """
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def open_database(url: str) -> Database:
    """Open a database by SQLAlchemy URL; an SQLite file is made if absent, readable by its owner only.

    Raises:
        DatabaseError: the URL cannot be understood, its driver is not installed, or the file cannot be made.
    """
    try:
        parsed = make_url(url)
        engine = create_engine(parsed, pool_pre_ping=parsed.get_backend_name() != "sqlite")
    except (ArgumentError, NoSuchModuleError) as error:
        raise DatabaseError(
            Text(f"データベースのURLが使えません: {error}", f"the database URL cannot be used: {error}")
        ) from None
    except ModuleNotFoundError as error:
        raise DatabaseError(
            Text(
                f"データベースのドライバー（Pythonパッケージ {error.name}）がインストールされていません",
                f"the database's driver, the Python package {error.name}, is not installed",
            )
        ) from None
    if engine.dialect.name == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            _make_private_file(Path(parsed.database))
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    immediate = engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})
    return Database(
        engine=engine,
        reading=sessionmaker(engine, expire_on_commit=False),
        writing=sessionmaker(immediate, expire_on_commit=False),
    )


def without_transaction(engine: Engine) -> Engine:
    """Return a view of the engine for single SELECTs: no BEGIN and no ROLLBACK go around them."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(**{_BEGIN: None})
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def _make_private_file(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise DatabaseError(
            Text(
                f"データベース {path} を開けません: {error.strerror}",
                f"the database {path} cannot be opened: {error.strerror}",
            )
        ) from None


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own implicit BEGIN comes too late (before the first write, not the first read): `_begin_sqlite`
    # says it instead. See "Serializable isolation" in SQLAlchemy's pysqlite notes.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    statement = connection.get_execution_options().get(_BEGIN, "BEGIN")
    if statement:
        connection.exec_driver_sql(statement)


def init_app(app: Flask, database: Database) -> None:
    """Give the application its database, and close each request's session at its end."""
    app.extensions["karte_database"] = database
    app.teardown_appcontext(_close_session)


def current_database() -> Database:
    """Return the database of the application at hand."""
    database: Database = current_app.extensions["karte_database"]
    return database


def read_session() -> Session:
    """Return the session with which this request reads; one per request, closed at its end."""
    if "karte_session" not in g:
        g.karte_session = current_database().reading()
    session: Session = g.karte_session
    return session


def _close_session(_error: BaseException | None) -> None:
    session: Session | None = g.pop("karte_session", None)
    if session is not None:
        session.close()
