"""Building a report into the archive."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.archive.entry import Added, Event, File, sha256
from api.archive.errors import ArchiveError
from api.archive.index import next_place
from api.archive.journal import Chain
from api.config import Config
from api.influx.engine import Engine
from api.models import Contract, Report
from api.reports.build import gather_inputs
from api.reports.cabinet import Cabinet
from api.reports.errors import ReportError
from api.reports.inputs import ReportInputs
from api.reports.pdf import DEFAULT_LIMITS, Limits
from api.reports.period import Period
from api.reports.store import MEDIA_TYPES, StoredReport, draft, not_written
from api.reports.versions import versions
from collectors.text import Lang

_DRAFTS = ".drafts"
_LEFT_AFTER_S = 3600.0
"""Longer than any report takes: what is older was left by a process that was killed."""


@dataclass(frozen=True, slots=True)
class Filed:
    """A report that is archived.

    Attributes:
        report: its row.
        stored: where its files are found by name.
    """

    report: Report
    stored: StoredReport


@dataclass(frozen=True, slots=True)
class Maker:
    """What reports are made with.

    Attributes:
        engine: the time-series engine.
        config: the service's settings.
        cabinet: where they go.
        limits: what rendering may use.
    """

    engine: Engine
    config: Config
    cabinet: Cabinet
    limits: Limits = DEFAULT_LIMITS

    def make(self, contract_id: int, period: Period, lang: Lang, by: str) -> Filed:
        """Build one report and archive it; an earlier one of the period and language stays as an edition.

        Args:
            contract_id: row of the contract that it is about.
            period: month or week.
            lang: language of the report.
            by: who asks for it.

        Raises:
            ReportError: the data cannot be read, or the report cannot be made or archived; none is listed then.
        """
        with self.cabinet.database.reading() as session:
            contract = session.get_one(Contract, contract_id)
            inputs = gather_inputs(contract, self.engine, self.config, period, lang, datetime.now(UTC))
        return file_report(self.cabinet, Chain(contract_id, contract.public_id), inputs, by, self.limits)


def file_report(
    cabinet: Cabinet, chain: Chain, inputs: ReportInputs, by: str, limits: Limits = DEFAULT_LIMITS
) -> Filed:
    """Make the files of a report and archive them.

    Raises:
        ReportError: a font is missing, the disk is full, rendering failed, or the archive does not take it; none is
            listed then.
    """
    try:
        cabinet.settle(chain)
        with _place(cabinet.root) as directory:
            made = draft(inputs, directory, limits)
            contents = {kind: made.path(kind).read_bytes() for kind in MEDIA_TYPES}
        files = {kind: File(sha256(content), len(content)) for kind, content in contents.items()}

        def event(session: Session) -> Event:
            place = next_place(session, chain.contract_id, inputs.period.name, inputs.lang)
            return Added(
                period=inputs.period.name,
                lang=inputs.lang,
                edition=place.edition,
                supersedes=place.supersedes,
                starts_at=inputs.period.start.astimezone(UTC),
                ends_at=inputs.period.end.astimezone(UTC),
                built_at=inputs.built_at.astimezone(UTC),
                files=files,
                versions=dict(versions()),
            )

        by_content = {file.sha256: contents[kind] for kind, file in files.items()}
        entry = cabinet.journal.append(chain, event, by_content, by)
        with cabinet.database.reading() as session:
            report = session.scalars(
                select(Report).where(Report.contract_id == chain.contract_id, Report.number == entry.number)
            ).one()
        return Filed(report, cabinet.shelf(chain.contract).show(report))
    except ArchiveError as error:
        raise ReportError(error.text) from None
    except OSError as error:
        raise not_written(cabinet.root, error) from None


@contextmanager
def _place(root: Path) -> Iterator[Path]:
    """Give a directory in which a report can be made, on the disk on which it will be."""
    drafts = root / _DRAFTS
    drafts.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in drafts.iterdir():
        try:
            is_old = time.time() - left.stat().st_mtime > _LEFT_AFTER_S
        except FileNotFoundError:  # another was done with it in this moment
            continue
        if is_old:
            shutil.rmtree(left, ignore_errors=True)
    with TemporaryDirectory(dir=drafts, ignore_cleanup_errors=True) as name:
        yield Path(name)
