"""How commands find and open the relational database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from api.cli.speech import Failed, say
from api.config import ConfigError, database_url
from api.db import Database, DatabaseError, open_database
from api.local.datadir import DataDirError, data_dir
from api.plaintext import InvalidText
from api.schema import upgrade
from collectors.text import Text

Command = Callable[..., Any]


def data_dir_option(command: Command) -> Command:
    """Add `--data-dir` to a command, which gets it as `directory`."""
    return click.option(
        "--data-dir",
        "directory",
        type=click.Path(file_okay=False, path_type=Path),
        help="データの置き場所（省略時は KARTE_DATABASE_URL、なければ利用者ごとの場所） / data directory of the local "
        "stack (else KARTE_DATABASE_URL names the database, else the user's own place)",
    )(command)


@contextmanager
def reading(directory: Path | None) -> Iterator[Session]:
    """Give a session that reads the database at hand.

    Raises:
        Failed: the database cannot be used; one line says why.
    """
    with opened(directory) as database, database.reading() as session:
        yield session


@contextmanager
def writing(directory: Path | None) -> Iterator[Session]:
    """Give a session that writes to the database at hand and commits at the end; tell of success only after it.

    Raises:
        Failed: the database cannot be used; one line says why, and nothing is changed.
    """
    with opened(directory) as database, database.writing.begin() as session:
        yield session


@contextmanager
def opened(directory: Path | None) -> Iterator[Database]:
    """Open what `directory`, the environment or the local stack names, brought to this program's schema.

    Raises:
        Failed: the database cannot be used; one line says why.
    """
    try:
        database = open_database(_url(directory))
        try:
            done = upgrade(database)
            if done:
                say(done, err=True)
            yield database
        finally:
            database.close()
    except (ConfigError, DatabaseError, DataDirError, InvalidText) as error:
        raise Failed(error.text) from None
    except SQLAlchemyError as error:
        # The first line is the driver's own word; what follows is the statement with its values.
        said = str(error).splitlines()[0]
        raise Failed(Text(f"データベースの処理に失敗しました: {said}", f"the database failed: {said}")) from None


def _url(directory: Path | None) -> str:
    named = None if directory else database_url()
    if named:
        return named
    place = data_dir(directory)
    place.create()
    return place.database_url


def next_step(command: str, directory: Path | None) -> Text:
    """Return the line that tells what comes next, with the data directory where one was named."""
    whole = f"{command} --data-dir {directory}" if directory else command
    return Text(f"次に: {whole}", f"next: {whole}")
