"""The job of the reports: notes what is due, mends what was left, and tells of what fails."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from api.config import Config
from api.db import Database
from api.influx.registry import create_engine
from api.jobs import reports
from api.jobs.job import Tools
from api.models import Contract, Report, ReportRun, RunState
from api.models.base import utc_now
from api.told import ToldError
from tests.api.office import Office


@pytest.fixture
def tools(config: Config, database: Database) -> Tools:
    return Tools(config, database, create_engine(config), lambda: True)


def _since(office: Office, moment: datetime) -> int:
    with office.database.writing.begin() as session:
        contract = session.scalars(select(Contract).where(Contract.public_id == office.contract)).one()
        contract.created_at = contract.state_changed_at = moment
        return contract.id


def test_it_notes_last_month_once_and_makes_nothing(tools: Tools, office: Office) -> None:
    _since(office, utc_now() - timedelta(days=400))

    reports.JOB.run(tools)
    reports.JOB.run(tools)

    with tools.database.reading() as session:
        noted = session.scalars(select(ReportRun)).all()
        assert session.scalars(select(Report)).all() == []
    assert len(noted) <= 1  # none in the first hours of a month
    assert all(each.state is RunState.WAITING for each in noted)


def test_it_takes_in_the_files_of_before(tools: Tools, office: Office) -> None:
    directory = tools.config.report_dir / office.contract
    directory.mkdir(parents=True)
    for kind in ("json", "html", "pdf"):
        (directory / f"karte_{office.contract}_2026-10_ja.{kind}").write_text(kind, encoding="utf-8")

    reports.JOB.run(tools)

    with tools.database.reading() as session:
        assert session.scalars(select(Report.period)).all() == ["2026-10"]


def test_it_tells_of_reports_that_fail_for_long(tools: Tools, office: Office) -> None:
    contract_id = _since(office, utc_now())
    with tools.database.writing.begin() as session:
        session.add(
            ReportRun(contract_id=contract_id, period="2026-10", due_at=utc_now(), attempts=3, why="理由", why_en="why")
        )

    with pytest.raises(ToldError, match="1 reports cannot be made"):
        reports.JOB.run(tools)


def test_an_archive_that_is_not_in_order_is_told_and_stops_no_other(
    tools: Tools, office: Office, other_office: Office
) -> None:
    for each in (office, other_office):
        directory = tools.config.report_dir / each.contract
        directory.mkdir(parents=True)
        for kind in ("json", "html", "pdf"):
            (directory / f"karte_{each.contract}_2026-10_ja.{kind}").write_text(kind, encoding="utf-8")
    chain = Path(tools.config.report_dir / "archive" / office.contract / "chain")
    chain.mkdir(parents=True)
    (chain / "00000001.json").write_text("{}", encoding="utf-8")

    with pytest.raises(ToldError, match="an entry 1 that nobody announced"):
        reports.JOB.run(tools)

    with tools.database.reading() as session:
        assert len(session.scalars(select(Report)).all()) == 1
