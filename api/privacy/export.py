"""All that is held about a contract, as one ZIP file that is made while it is sent."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.archive import index
from api.config import Config
from api.db import Database
from api.influx.engine import Engine
from api.models import Contract, GrafanaOrg, Report
from api.privacy import rows, stored
from api.privacy.readme import Contents, readme
from api.privacy.tables import Whose, tables
from api.privacy.zipstream import ZipStream
from api.reports.cabinet import Cabinet, open_cabinet


@dataclass(frozen=True, slots=True)
class Holdings:
    """All that holds data of contracts.

    Attributes:
        config: the service's settings.
        database: the relational database.
        engine: the time-series engine.
        cabinet: the archive of reports.
    """

    config: Config
    database: Database
    engine: Engine
    cabinet: Cabinet

    @classmethod
    def of(cls, config: Config, database: Database, engine: Engine) -> "Holdings":
        """Return what the settings name.

        Raises:
            ArchiveError: the archive cannot be used.
        """
        return cls(config, database, engine, open_cabinet(config, database))

    @property
    def raw(self) -> stored.Database:
        """Where points are as they came."""
        kept = timedelta(days=self.config.raw_retention_days)
        return stored.Database(self.config.influx_database, kept, timedelta(days=1))

    @property
    def rollup(self) -> stored.Database:
        """Where the hourly rollup is."""
        kept = timedelta(days=self.config.rollup_retention_days)
        return stored.Database(self.config.influx_rollup_database, kept, timedelta(days=60))


def export(holdings: Holdings, contract: str, now: datetime) -> Iterator[bytes]:
    """Yield the ZIP file in pieces. What it cannot have in full ends it early, and it does not open then.

    The first piece comes after all places were asked what they have; one that is away is told before anything is sent.

    Args:
        holdings: where the data is.
        contract: public id; there must be one.
        now: this moment.

    Raises:
        EngineError: the time-series engine refused or could not be reached.
        ArchiveError: the archive does not give a file.
        SQLAlchemyError: the database failed.
    """
    with holdings.database.reading() as session:
        found = session.scalars(select(Contract).where(Contract.public_id == contract)).one()
        whose = Whose(found.id, found.public_id)
        reports = [each for each in index.editions(session, found.id) if each.removed_at is None]
        grafana = grafana_files(session, whose)
        raw, rollup = (
            stored.series_of(holdings.engine, place.name, contract) for place in (holdings.raw, holdings.rollup)
        )
        counted = {table.name: rows.count(session, table, whose) for table in tables()}
        contents = Contents(
            contract=contract,
            name=found.name,
            made_at=now,
            tables=counted,
            raw=raw,
            rollup=rollup,
            reports=sum(len(each.files) for each in reports),
            grafana=len(grafana),
        )
        zipped = ZipStream(now)
        yield from zipped.file("README.ja.txt", [readme(contents, "ja")])
        yield from zipped.file("README.en.txt", [readme(contents, "en")])
        yield from _tables(zipped, session, whose)
        yield from _points(zipped, holdings, holdings.raw, "measured", raw, contract, now)
        yield from _points(zipped, holdings, holdings.rollup, "hourly", rollup, contract, now)
        for report in reports:
            yield from _report(zipped, holdings.cabinet, report, contract)
        for path in grafana:
            yield from zipped.file(f"grafana/{path.parent.name}/{path.name}", [path.read_bytes()])
        yield from zipped.end()


def grafana_files(session: Session, whose: Whose) -> list[Path]:
    """Return the files of the export that was made when the contract's organisation in Grafana ended."""
    where = session.scalar(select(GrafanaOrg.exported_to).where(GrafanaOrg.contract_id == whose.row))
    return sorted(path for path in Path(where).rglob("*") if path.is_file()) if where else []


def _tables(zipped: ZipStream, session: Session, whose: Whose) -> Iterator[bytes]:
    for table in tables():
        yield from zipped.file(f"tables/{table.name}.json", rows.as_json(session, table, whose))
        yield from zipped.file(f"tables/{table.name}.csv", rows.as_csv(session, table, whose))
        for held in rows.files(session, table, whose):
            yield from zipped.file(held.name, [held.content])


def _points(
    zipped: ZipStream,
    holdings: Holdings,
    place: stored.Database,
    folder: str,
    series: Mapping[str, int],
    contract: str,
    now: datetime,
) -> Iterator[bytes]:
    for measurement in series:
        columns = stored.columns_of(holdings.engine, place.name, measurement)
        found = stored.points(holdings.engine, place, measurement, columns.fields, contract, now)
        yield from zipped.file(f"{folder}/{_safe(measurement)}.csv", stored.as_csv(columns, found))


def _report(zipped: ZipStream, cabinet: Cabinet, report: Report, contract: str) -> Iterator[bytes]:
    for kind in report.files:
        name = f"reports/{report.period}_{report.lang}_{report.edition}.{kind}"
        yield from zipped.file(name, [cabinet.content(report, contract, kind)])


def _safe(name: str) -> str:
    """Return a measurement's name as that of a file; names of the catalogue stay as they are."""
    return "".join(each if each.isalnum() or each in "_-" else "_" for each in name)
