"""The database's schema: which step it is at, and bringing it up to this program's."""

import functools

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from api.db import Database, DatabaseError
from collectors.text import Text

_UPGRADE_LOCK = 0x6B61727465
"""Any number that no other program takes; this is "karte"."""

_WAIT_MS = 120_000
"""How long one process waits on SQLite until another one has run all steps."""


def upgrade(database: Database) -> Text | None:
    """Bring the schema up to this program's; safe to call at every start and by several processes at once.

    Returns:
        What was done, one line for a person, or None if there was nothing to do.

    Raises:
        DatabaseError: the database is of a newer program, or a step failed; nothing is changed then.
    """
    shown = _shown(database)
    try:
        with database.engine.connect() as connection:
            before = _revision(connection)
        if before == _head():
            return None
        with database.writing.kw["bind"].connect() as connection:
            _run_steps(connection)
    except CommandError:
        raise DatabaseError(_newer(database)) from None
    except SQLAlchemyError as error:
        raise DatabaseError(
            Text(
                f"データベース {shown} を更新できません: {_word(error)}",
                f"the database {shown} cannot be brought up to date: {_word(error)}",
            )
        ) from error
    if before is None:
        return Text(
            f"データベース {shown} を作成しました（スキーマ {_head()}）",
            f"made the database {shown} at schema {_head()}",
        )
    return Text(
        f"データベース {shown} をスキーマ {before} から {_head()} に更新しました",
        f"brought the database {shown} from schema {before} to {_head()}",
    )


def check(database: Database) -> None:
    """See that the schema is this program's.

    Raises:
        DatabaseError: it is older, newer or absent, or the database does not answer.
    """
    try:
        with database.engine.connect() as connection:
            found = _revision(connection)
    except SQLAlchemyError as error:
        raise DatabaseError(
            Text(
                f"データベース {_shown(database)} が応答しません: {_word(error)}",
                f"the database {_shown(database)} does not answer: {_word(error)}",
            )
        ) from error
    if found == _head():
        return
    if found is not None and found not in _known():
        raise DatabaseError(_newer(database))
    raise DatabaseError(
        Text(
            f"データベース {_shown(database)} のスキーマは {found or 'なし'} です（必要なのは {_head()}）。"
            "karte contract list など、データベースを開くコマンドで更新されます",
            f"the database {_shown(database)} is at schema {found or 'none'}, this program needs {_head()}; "
            "`karte contract list` (or any command that opens it) brings it up to date",
        )
    )


def _run_steps(connection: Connection) -> None:
    """Run all steps in one transaction; on SQLite without foreign keys, as table copies would fire their cascades."""
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        # The pragma is ignored within a transaction, so it goes around SQLAlchemy's.
        _pragma(connection, "foreign_keys = OFF")
        _pragma(connection, f"busy_timeout = {_WAIT_MS}")
    try:
        with connection.begin():
            if connection.dialect.name == "postgresql":
                # What the write lock is on SQLite: a second process waits here, and then finds nothing left to do.
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _UPGRADE_LOCK})
            config = _alembic()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            if sqlite and connection.execute(text("PRAGMA foreign_key_check")).first():
                raise DatabaseError(
                    Text(
                        "データベースの更新で参照先のない行が残るため、何も変更しませんでした",
                        "a step left rows that point nowhere; nothing was changed",
                    )
                )
    finally:
        if sqlite:
            _pragma(connection, "foreign_keys = ON")


def _pragma(connection: Connection, pragma: str) -> None:
    driver = connection.connection.driver_connection
    if driver is not None:
        driver.execute(f"PRAGMA {pragma}")


def _alembic() -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", "api:migrations")
    config.set_main_option("path_separator", "os")
    return config


@functools.cache
def _head() -> str:
    head = ScriptDirectory.from_config(_alembic()).get_current_head()
    if head is None:
        raise DatabaseError(
            Text(
                "データベースの更新手順（api/migrations/versions）がありません。インストールし直してください",
                "this installation lacks its database scripts (api/migrations/versions); install it again",
            )
        )
    return head


def _known() -> set[str]:
    return {step.revision for step in ScriptDirectory.from_config(_alembic()).walk_revisions()}


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _shown(database: Database) -> str:
    url = database.engine.url
    return url.database or "" if database.engine.dialect.name == "sqlite" else url.render_as_string(hide_password=True)


def _word(error: SQLAlchemyError) -> str:
    # The first line is the driver's own word; what follows is the statement and a link.
    return str(error).splitlines()[0]


def _newer(database: Database) -> Text:
    return Text(
        f"データベース {_shown(database)} は、より新しいバージョンのものです。そのバージョンをインストールしてください",
        f"the database {_shown(database)} was made by a newer version of this program; install that version",
    )
