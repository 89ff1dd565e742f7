"""From stored points to the finished report; another contract's data is never in it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.config import Config
from api.db import Database
from api.influx.engine import Engine
from api.influx.registry import create_engine
from api.local.influxd import Influxd
from api.models import Contract, DeviceKind
from api.models.base import utc_now
from api.reports.build import build_report
from api.reports.errors import ReportError
from api.reports.facts import facts_of
from api.reports.inputs import thaw
from api.reports.period import period_of
from tests.api.office import Office
from tests.api.readings.stored import Store, mfp, pc
from tests.api.reports.fonts import needs_font


@pytest.fixture
def live(config: Config, influxd: Influxd, database_name: str) -> Config:
    """Settings of a service whose engine runs."""
    return replace(config, influx_url=influxd.url, influx_database=database_name)


@pytest.fixture
def engine(live: Config) -> Engine:
    """The engine of `live`, with its database."""
    made = create_engine(live)
    made.ensure_database(live.influx_database, timedelta(days=4000))
    return made


def _contract(session: Session, office: Office) -> Contract:
    return session.scalars(select(Contract).where(Contract.public_id == office.contract)).one()


@needs_font
def test_it_reports_the_contracts_own_data_only(
    live: Config, engine: Engine, office: Office, other_office: Office, session: Session, tmp_path: Path
) -> None:
    store = Store(engine, live.influx_database)
    own, foreign = office.enrol("own"), other_office.enrol("foreign")
    store.put(office.contract, own.device, [*pc(), *mfp()], utc_now())
    store.put(other_office.contract, foreign.device, [*pc(), *mfp("mfp-9", "よその複合機")], utc_now())

    report = build_report(_contract(session, office), engine, live, period_of(None, utc_now()), "ja", tmp_path / "out")

    text = "".join(page.extract_text() for page in PdfReader(report.path("pdf")).pages)
    for words in ("山田商事株式会社", "host-own", "複合機 2F", "シアントナー", "1台の機器"):
        assert words in text
    frozen = report.path("json").read_text(encoding="utf-8")
    for secret in (other_office.contract, foreign.device, "host-foreign", "よその複合機", "mfp-9", "鈴木医院"):
        assert secret not in frozen
        assert secret not in report.path("html").read_text(encoding="utf-8")
        assert secret not in text
    assert report.directory == tmp_path / "out"
    assert thaw(report.path("json").read_bytes()).reading.devices[own.device].cpu_percent == pytest.approx(12.0)


@needs_font
def test_a_contract_without_data_gets_an_honest_report(
    live: Config, engine: Engine, office: Office, session: Session, tmp_path: Path
) -> None:
    office.enrol("quiet")

    report = build_report(_contract(session, office), engine, live, period_of(None, utc_now()), "en", tmp_path / "out")

    text = "".join(page.extract_text() for page in PdfReader(report.path("pdf")).pages)
    assert "No data arrived in this period" in text
    assert "Of 1 device, 1 is unknown." in text


def test_no_report_is_made_of_data_that_cannot_be_asked_for(
    config: Config, office: Office, session: Session, tmp_path: Path
) -> None:
    period = period_of(None, utc_now())
    with pytest.raises(ReportError, match="cannot be read"):
        build_report(_contract(session, office), create_engine(config), config, period, "ja", tmp_path / "out")

    assert not (tmp_path / "out").exists()


def test_it_counts_the_devices_that_belonged_to_the_contract_at_the_end(office: Office, database: Database) -> None:
    kept, gone = office.enrol("kept"), office.enrol("gone")
    office.enrol("watcher", DeviceKind.PROBE)
    office.revoke(gone.device)

    with database.reading() as session:
        facts = facts_of(_contract(session, office), period_of(None, utc_now()))

    assert [device.id for device in facts.devices] == [kept.device]
    assert (facts.quota, facts.devices[0].name, facts.devices[0].site) == (10, "host-kept", "本社")


def test_a_past_month_knows_no_devices_that_came_later(office: Office, session: Session) -> None:
    office.enrol("new")
    past = period_of("2020-01", utc_now())

    assert facts_of(_contract(session, office), past).devices == ()
