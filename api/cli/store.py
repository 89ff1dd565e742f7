"""How commands find and open the relational database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from api.config import ConfigError, database_url
from api.db import Database, DatabaseError, open_database
from api.local.datadir import DataDirError, data_dir
from api.plaintext import InvalidText
from api.schema import upgrade

Command = Callable[..., Any]


def data_dir_option(command: Command) -> Command:
    """Add `--data-dir` to a command, which gets it as `directory`."""
    return click.option(
        "--data-dir",
        "directory",
        type=click.Path(file_okay=False, path_type=Path),
        help="Data directory of the local stack. Without it KARTE_DATABASE_URL names the database, "
        "or else the user's own data directory is used.",
    )(command)


@contextmanager
def reading(directory: Path | None) -> Iterator[Session]:
    """Give a session that reads the database at hand.

    Raises:
        ClickException: the database cannot be used; one line says why.
    """
    with _opened(directory) as database, database.reading() as session:
        yield session


@contextmanager
def writing(directory: Path | None) -> Iterator[Session]:
    """Give a session that writes to the database at hand and commits at the end; tell of success only after it.

    Raises:
        ClickException: the database cannot be used; one line says why, and nothing is changed.
    """
    with _opened(directory) as database, database.writing.begin() as session:
        yield session


@contextmanager
def _opened(directory: Path | None) -> Iterator[Database]:
    """Open what `directory`, the environment or the local stack names, brought to this program's schema."""
    try:
        database = open_database(_url(directory))
        try:
            done = upgrade(database)
            if done:
                click.echo(done, err=True)
            yield database
        finally:
            database.close()
    except (ConfigError, DatabaseError, DataDirError, InvalidText) as error:
        raise click.ClickException(str(error)) from None
    except SQLAlchemyError as error:
        # The first line is the driver's own word; what follows is the statement with its values.
        raise click.ClickException(f"the database failed: {str(error).splitlines()[0]}") from None


def _url(directory: Path | None) -> str:
    named = None if directory else database_url()
    if named:
        return named
    place = data_dir(directory)
    place.create()
    return place.database_url


def next_step(command: str, directory: Path | None) -> str:
    """Return the line that tells what comes next, with the data directory where one was named."""
    return f"next: {command}{f' --data-dir {directory}' if directory else ''}"
