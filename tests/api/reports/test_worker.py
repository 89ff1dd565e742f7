"""The worker as it runs: a report that is due becomes a mail with a PDF, and a killed worker's report is taken up."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import select, update

from api.archive import index
from api.archive.verify import verify
from api.config import Config
from api.db import Database
from api.display.tokyo import TOKYO
from api.influx.registry import create_engine
from api.local.influxd import Influxd
from api.models import Channel, Contract, ReportPlan, ReportRun, RunState
from api.models.base import utc_now
from api.reports.cabinet import chain_of, open_cabinet
from api.reports.schedule.due import start_of_last_month
from api.reports.schedule.plans import note_due
from tests.api.channels.services.mail import Mailbox, mailing
from tests.api.office import Office
from tests.api.reports.fonts import needs_font


@pytest.fixture
def live(config: Config, influxd: Influxd, database_name: str) -> Config:
    """Settings of a service whose engine runs."""
    found = replace(config, influx_url=influxd.url, influx_database=database_name, influx_rollup_database=database_name)
    create_engine(found).ensure_database(database_name, timedelta(days=4000))
    return found


@contextmanager
def worker(config: Config) -> Iterator["subprocess.Popen[bytes]"]:
    """Run `karte worker` on settings; killed at the end."""
    settings = {
        "KARTE_DATABASE_URL": config.database_url,
        "KARTE_SECRET_KEY": config.secret_key,
        "KARTE_INFLUX_URL": config.influx_url,
        "KARTE_INFLUX_DATABASE": config.influx_database,
        "KARTE_INFLUX_ROLLUP_DATABASE": config.influx_rollup_database,
        "KARTE_HUEY": str(config.queue_path),
        "KARTE_REPORT_DIR": str(config.report_dir),
        "KARTE_CHANNEL_ALLOW": "127.0.0.1/32",
    }
    with (config.report_dir.parent / "worker.log").open("ab") as log:
        running = subprocess.Popen(
            [sys.executable, "-m", "api.cli", "worker"], env={**os.environ, **settings}, stdout=log, stderr=log
        )
    try:
        yield running
    finally:
        running.kill()
        running.wait()


def wait(until: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.05)


@needs_font
def test_a_report_that_is_due_is_made_and_mailed_though_a_worker_was_killed_over_it(
    live: Config, database: Database, office: Office
) -> None:
    last_month = start_of_last_month(utc_now())
    with database.writing.begin() as session:
        contract = session.scalars(select(Contract).where(Contract.public_id == office.contract)).one()
        contract.created_at = contract.state_changed_at = last_month - timedelta(days=40)
        plan = {"monthly_since": last_month, "day": 1, "hour": 0, "changed_by": "tests"}
        session.add(ReportPlan(contract_id=contract.id, **plan))
        settings = {"host": "127.0.0.1", "tls": "none", "sender": "karte@example.jp", "to": ["somu@example.jp"]}
        channel = Channel(contract_id=contract.id, kind="mail", name="総務部", settings=settings)
        session.add(channel)
        session.flush()
        chain = chain_of(contract)
    assert note_due(database, utc_now()) == 1

    with worker(live) as first:
        drafts = live.report_dir / ".drafts"
        wait(lambda: drafts.is_dir() and any(drafts.iterdir()))
        first.send_signal(signal.SIGKILL)
    with database.writing.begin() as session:  # as if the time of its claim had passed
        assert session.execute(select(ReportRun.state)).scalar_one() is RunState.WAITING
        session.execute(update(ReportRun).values(claimed_until=datetime(2000, 1, 1, tzinfo=TOKYO)))

    mailbox = Mailbox()
    with mailing(mailbox, None, "none"):
        with database.writing.begin() as session:
            session.execute(update(Channel).values(settings={**settings, "port": mailbox.port}))
        with worker(live):
            wait(lambda: bool(mailbox.envelopes))

    (mail,) = [mail for _to, mail in mailbox.envelopes]
    (attached,) = mail.iter_attachments()
    text = PdfReader(BytesIO(attached.get_content())).pages[0].extract_text()
    assert "山田商事株式会社" in text
    with database.reading() as session:
        (report,) = index.editions(session, chain.contract_id)
    assert report.period == f"{last_month:%Y-%m}"
    faults = verify(database, open_cabinet(live, database).blobs, chain)
    assert [each.text.en for each in faults if not each.is_harmless] == []
