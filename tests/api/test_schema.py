import threading
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from api.db import Database, DatabaseError, open_database
from api.models import Base, Contract
from api.schema import check, upgrade
from tests.api.conftest import NewUrl


@pytest.fixture
def fresh(new_url: NewUrl) -> Iterator[Database]:
    made = open_database(new_url(False))
    yield made
    made.close()


def test_the_steps_lead_to_exactly_the_models(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        made = inspect(connection)
        for table in Base.metadata.tables.values():
            wanted = {str(c.name) for c in table.constraints if c.name and str(c.name).startswith("ck_")}
            assert {c["name"] for c in made.get_check_constraints(table.name)} == wanted


def test_it_tells_what_it_did_and_does_it_once(fresh: Database) -> None:
    done = upgrade(fresh)
    assert done is not None
    assert done.en.startswith("made the database ")
    assert done.ja.startswith("データベース ")
    assert upgrade(fresh) is None
    check(fresh)


def test_several_processes_may_start_at_once(new_url: NewUrl) -> None:
    url, start = new_url(False), threading.Barrier(4)
    failures: list[BaseException] = []

    def begin() -> None:
        database = open_database(url)
        start.wait()
        try:
            upgrade(database)
            check(database)
        except BaseException as error:  # carried to the test's own thread
            failures.append(error)
        finally:
            database.close()

    threads = [threading.Thread(target=begin) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.dialect("sqlite")
def test_it_leaves_foreign_keys_on(fresh: Database) -> None:
    upgrade(fresh)
    with fresh.engine.connect() as connection:
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1


def test_a_service_does_not_start_on_an_old_database(fresh: Database) -> None:
    with pytest.raises(DatabaseError, match="is at schema none, this program needs r"):
        check(fresh)


def test_an_older_program_leaves_a_newer_database_alone(database: Database) -> None:
    with database.writing.begin() as session:
        session.add(Contract(name="山田商事"))
        session.execute(text("UPDATE alembic_version SET version_num = 'r9999'"))
    for action in (check, upgrade):
        with pytest.raises(DatabaseError, match="was made by a newer version"):
            action(database)
    with database.reading() as session:
        assert session.query(Contract).one().name == "山田商事"


def test_a_file_that_is_no_database_is_named_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "karte.db"
    path.write_text("これはデータベースではありません" * 20, encoding="utf-8")
    database = open_database(f"sqlite:///{path}")
    with pytest.raises(DatabaseError, match="not a database") as caught:
        upgrade(database)
    assert "\n" not in str(caught.value)


def test_every_step_can_be_taken_back(fresh: Database) -> None:
    upgrade(fresh)
    with fresh.engine.connect() as connection, connection.begin():
        config = AlembicConfig()
        config.set_main_option("script_location", "api:migrations")
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]


def test_the_steps_are_part_of_the_package() -> None:
    scripts = files("api.migrations")
    assert scripts.joinpath("env.py").is_file()
    assert [step.name for step in scripts.joinpath("versions").iterdir() if step.name.startswith("r0001")]
