"""What a database holds and how it looks things up, asked in the way that each kind of database has."""

from sqlalchemy import event, text
from sqlalchemy.engine.interfaces import DBAPICursor

from api.db import Database
from api.models import Base


def everything(database: Database) -> str:
    """Return every stored value, as text."""
    with database.engine.connect() as connection:
        return "\n".join(
            repr(tuple(row))
            for table in Base.metadata.sorted_tables
            for row in connection.execute(text(f'SELECT * FROM "{table.name}"'))
        )


class Asked:
    """Counts the statements that are sent while it is in use: `with Asked(database) as asked`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.statements: list[tuple[str, object]] = []

    def __enter__(self) -> "Asked":
        event.listen(self._database.engine, "before_cursor_execute", self._keep)
        return self

    def __exit__(self, *_raised: object) -> None:
        event.remove(self._database.engine, "before_cursor_execute", self._keep)

    def _keep(
        self, _connection: object, _cursor: DBAPICursor, statement: str, parameters: object, *_rest: object
    ) -> None:
        self.statements.append((statement, parameters))

    def steps(self) -> list[str]:
        """Return how the database finds the rows of the statements: a step a table that is looked at.

        A small table is read as a whole, whatever its indexes are; PostgreSQL is told to prefer these.
        """
        with self._database.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                explained = [
                    step.detail
                    for statement, parameters in self.statements
                    for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[arg-type]
                ]
                return [step for step in explained if step.startswith(("SEARCH ", "SCAN "))]
            connection.execute(text("SET LOCAL enable_seqscan = off"))
            explained = [
                line.strip().removeprefix("->").strip()
                for statement, parameters in self.statements
                for (line,) in connection.exec_driver_sql(f"EXPLAIN (COSTS OFF) {statement}", parameters)  # type: ignore[arg-type]
            ]
            return [step for step in explained if " Scan " in step and not step.startswith("Bitmap Index")]

    def scans(self) -> list[str]:
        """Return the steps that read a whole table."""
        return [step for step in self.steps() if step.startswith(("SCAN ", "Seq Scan "))]
