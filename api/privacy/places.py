"""The places from which a contract is erased: each can tell what it holds, and take it away as often as it is asked."""

import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from api.archive import index
from api.archive.entry import digest_of
from api.archive.journal import Chain
from api.grafana.orgs import org_name
from api.grafana.setting import create_grafana, create_sync, is_set
from api.grafana.sync import How
from api.influx.engine import Engine
from api.models import GrafanaOrg, RemovedWhy
from api.privacy import stored
from api.privacy.export import Holdings, grafana_files
from api.privacy.kept import ERASED_NAME, KEPT
from api.privacy.tables import BY_TEXT, Whose, rows_of, tables
from api.rollup.progress import AlreadyFilling, Lease
from api.told import ToldError
from collectors.text import Text

Counted = dict[str, object]
"""What there is, as plain JSON: numbers, or place -> numbers."""

BY = "erasure"
_WAIT_S, _TRIES = 3.0, 20


class ErasureStopped(ToldError):
    """It cannot go on now; what is done is done, and the next run goes on."""


class Place(Protocol):
    """Somewhere where data of contracts is.

    Attributes:
        name: of it in the certificate.
    """

    name: str

    def count(self) -> Counted:
        """Return what is there."""
        ...

    def erase(self) -> None:
        """Take all of it away."""
        ...


class InGrafana:
    """The organisation and the accounts of its people, and the files that were exported when it ended."""

    name = "grafana"

    def __init__(self, holdings: Holdings, whose: Whose) -> None:
        self._holdings, self._whose = holdings, whose

    def count(self) -> Counted:
        """See `Place`."""
        with self._holdings.database.reading() as session:
            noted = session.scalar(select(GrafanaOrg).where(GrafanaOrg.contract_id == self._whose.row))
            there = noted is not None and noted.org_id is not None and noted.emptied_at is None
            return {"organisations": int(there), "exported_files": len(grafana_files(session, self._whose))}

    def erase(self) -> None:
        """See `Place`.

        Raises:
            GrafanaError: it could not be done.
            ErasureStopped: the exported files cannot be deleted.
        """
        config, database = self._holdings.config, self._holdings.database
        if is_set(config):
            outcome = create_sync(config, database).run(How(is_deep=True, contract=self._whose.public_id))
            failed = next((each.error for each in outcome.results if each.error), outcome.stopped_by)
            if failed is not None:
                raise failed
            self._rename()
        elif self.count()["organisations"]:
            # Says which setting is missing.
            create_grafana(config)
        with database.reading() as session:
            where = session.scalar(select(GrafanaOrg.exported_to).where(GrafanaOrg.contract_id == self._whose.row))
        if where:
            self._delete_files(Path(where))

    def _rename(self) -> None:
        """Take the customer's name from an organisation that Grafana could not remove."""
        with self._holdings.database.reading() as session:
            noted = session.scalar(select(GrafanaOrg).where(GrafanaOrg.contract_id == self._whose.row))
        if noted is None or noted.org_id is None or noted.emptied_at is None:
            return
        grafana = create_grafana(self._holdings.config)
        try:
            grafana.rename_org(noted.org_id, org_name(ERASED_NAME, self._whose.public_id))
        finally:
            grafana.close()

    def _delete_files(self, where: Path) -> None:
        root = self._holdings.config.grafana_export_dir
        try:
            if where.exists() and root.resolve() not in where.resolve().parents:
                raise ErasureStopped(
                    Text(
                        f"Grafanaの書き出し先 {where} が {root} の中にありません。確認して手で消してください",
                        f"Grafana's export {where} is not within {root}; look at it and delete it by hand",
                    )
                )
            shutil.rmtree(where)
        except FileNotFoundError:
            return
        except OSError as error:
            raise ErasureStopped(
                Text(f"{where} を消せません: {error.strerror}", f"{where} cannot be deleted: {error.strerror}")
            ) from None


class InArchive:
    """The files of reports, and their names on the shelf."""

    name = "archive"

    def __init__(self, holdings: Holdings, whose: Whose) -> None:
        self._holdings = holdings
        self._chain = Chain(whose.row, whose.public_id)

    def count(self) -> Counted:
        """See `Place`."""
        contract, cabinet = self._chain.contract, self._holdings.cabinet
        files = sum(1 for key in cabinet.blobs.list(f"{contract}/") if digest_of(contract, key) is not None)
        shelf = cabinet.root / contract
        named = sum(1 for path in shelf.iterdir() if not path.is_dir()) if shelf.is_dir() else 0
        return {"files": files, "names": named}

    def erase(self) -> None:
        """See `Place`.

        Raises:
            ArchiveError: the archive cannot be written.
            ReportError: the shelf cannot be written.
        """
        cabinet = self._holdings.cabinet
        cabinet.settle(self._chain)
        with self._holdings.database.reading() as session:
            there = [each for each in index.editions(session, self._chain.contract_id) if each.removed_at is None]
        for report in there:
            cabinet.erase(self._chain, report, RemovedWhy.ERASED, BY, BY)
        # What no entry names: left by a writer that was killed and never announced again.
        contract = self._chain.contract
        for key in list(cabinet.blobs.list(f"{contract}/")):
            if digest_of(contract, key) is not None:
                cabinet.blobs.delete(key)
        shelf = cabinet.root / contract
        if shelf.is_dir():
            shutil.rmtree(shelf)


class InEngine:
    """The points, as they came and by the hour."""

    name = "influx"

    def __init__(self, holdings: Holdings, whose: Whose, pause: Callable[[float], None] = time.sleep) -> None:
        self._holdings, self._whose, self._pause = holdings, whose, pause

    @property
    def _databases(self) -> tuple[str, str]:
        return self._holdings.raw.name, self._holdings.rollup.name

    def count(self) -> Counted:
        """See `Place`; series of each measurement. Where no series is listed, every measurement is read as well."""
        engine, contract = self._holdings.engine, self._whose.public_id
        found: Counted = {}
        for database in self._databases:
            series = stored.series_of(engine, database, contract)
            found[database] = series or _with_points(engine, database, contract)
        return found

    def erase(self) -> None:
        """See `Place`.

        Raises:
            CannotDelete: the engine has no way to.
            EngineError: the engine refused or could not be reached.
            ErasureStopped: the hourly rollup did not come to an end in time.
        """
        with self._no_rollup():
            for database in self._databases:
                self._holdings.engine.delete_contract(database, self._whose.public_id)

    @contextmanager
    def _no_rollup(self) -> Iterator[None]:
        """Hold the rollup's lease: it may have read points that are about to go, and would write their hours after."""
        lease = Lease(self._holdings.database)
        for tried in range(_TRIES):
            try:
                lease.acquire()
                break
            except AlreadyFilling as error:
                if tried == _TRIES - 1:
                    raise ErasureStopped(error.text) from None
                self._pause(_WAIT_S)
        try:
            yield
        finally:
            lease.release()


def _with_points(engine: Engine, database: str, contract: str) -> dict[str, int]:
    return {
        measurement: 1
        for measurement in stored.measurements(engine, database)
        if stored.has_points(engine, database, measurement, contract)
    }


class InDatabase:
    """The rows of the relational database, but for those that `KEPT` names."""

    name = "sql"

    def __init__(self, holdings: Holdings, whose: Whose) -> None:
        self._holdings, self._whose = holdings, whose

    def count(self) -> Counted:
        """See `Place`; tables with no rows are left out."""
        with self._holdings.database.reading() as session:
            return dict(counted(session, self._whose, kept=False))

    def erase(self) -> None:
        """See `Place`; each table by itself, so that others need not wait for all of it.

        Raises:
            SQLAlchemyError: the database failed.
        """
        # What names a contract by its text first: some of it is found by the contract's users.
        order = tables()[::-1]
        for table in sorted(order, key=lambda table: table.name not in BY_TEXT):
            with self._holdings.database.writing.begin() as session:
                overwrite(session)
                if table.name not in KEPT:
                    session.execute(delete(table).where(rows_of(table, self._whose)))
                elif KEPT[table.name].blanked:
                    blank = update(table).where(rows_of(table, self._whose))
                    session.execute(blank.values(dict(KEPT[table.name].blanked)))


def counted(session: Session, whose: Whose, *, kept: bool) -> Mapping[str, int]:
    """Return how many rows there are in tables that are kept, or in those that are not; only where there are any."""
    found = {
        table.name: session.scalar(select(func.count()).select_from(table).where(rows_of(table, whose))) or 0
        for table in tables()
        if (table.name in KEPT) == kept
    }
    return {name: number for name, number in found.items() if number}


def overwrite(session: Session) -> None:
    """Let SQLite overwrite what is deleted: else it stays readable in the file until its place is needed."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("PRAGMA secure_delete = ON"))


def is_empty(found: Mapping[str, object]) -> bool:
    """Tell whether a count says that nothing is there."""
    return all(is_empty(each) if isinstance(each, Mapping) else not each for each in found.values())


def places(holdings: Holdings, whose: Whose) -> list[Place]:
    """Return the places in the order in which they are erased: the rows last that tell what there is elsewhere."""
    return [
        InGrafana(holdings, whose),
        InArchive(holdings, whose),
        InEngine(holdings, whose),
        InDatabase(holdings, whose),
    ]
