"""`karte worker`: the jobs that run by the clock."""

import logging
import signal
from pathlib import Path

import click

from alert_rules.registry import entries
from api import schema
from api.channels.sending import poster, sender
from api.cli.settings import service_config, service_engine
from api.cli.speech import Failed, lang_option, say
from api.cli.store import data_dir_option, next_step
from api.config import Config
from api.db import Database, open_database
from api.influx.engine import Engine
from api.jobs.registry import JOBS
from api.jobs.worker import Loop, Worker
from api.mail.letter import Links
from api.mail.sender import ServiceMails
from api.mail.server import mail_server
from api.relay.compose import Addresses
from api.relay.dispatch import Relay
from api.relay.dispatch import Tools as RelayTools
from api.reports.cabinet import open_cabinet
from api.reports.delivery.sender import Addresses as ReportAddresses
from api.reports.delivery.sender import ReportMails
from api.reports.filing import Maker
from api.reports.schedule.maker import ScheduledReports
from api.told import ToldError
from collectors.text import Text


@click.command()
@lang_option
@data_dir_option
def worker(directory: Path | None) -> None:
    """定期ジョブ（集計など）を実行し続けます / Run the jobs that run by the clock, until Ctrl-C or SIGTERM."""
    _log_to_stderr()
    config = service_config(directory)
    try:
        with service_engine(config, directory) as engine:
            database = open_database(config.database_url)
            try:
                schema.check(database)
                running = Worker(
                    config,
                    database,
                    engine,
                    JOBS,
                    [_relay(config, database).run, *_reports(config, database, engine), _mails(config, database).run],
                )
                for each in (signal.SIGTERM, signal.SIGINT):
                    signal.signal(each, lambda _number, _frame: running.stop())
                say(
                    Text("定期ジョブを実行します（Ctrl-C で終了）:", "running these jobs, until Ctrl-C:"),
                    *(Text(f"  {job.name}: {job.text.ja}", f"  {job.name}: {job.text.en}") for job in JOBS),
                    Text("  通知: 検知を通知先に送ります（常時）", "  relay: tells channels of findings, all the time"),
                    Text(
                        "  レポート: 予定のものを作成し、メールします（常時）",
                        "  reports: made and mailed when due, all the time",
                    ),
                    Text(
                        "  お知らせ: 正式な通知などのメールを送ります（常時）",
                        "  mails: formal notices and the like, all the time",
                    ),
                    next_step("karte rollup status", directory),
                )
                running.run()
            finally:
                database.close()
    except ToldError as error:
        raise Failed(error.text) from None
    say(Text("終了しました", "ended"))


def _relay(config: Config, database: Database) -> Relay:
    addresses = Addresses(config.public_url, config.grafana_url, config.secret_key)
    return Relay(RelayTools(database, entries(), addresses, sender(config)))


def _reports(config: Config, database: Database, engine: Engine) -> list[Loop]:
    cabinet = open_cabinet(config, database)
    made = ScheduledReports(database, Maker(engine, config, cabinet))
    addresses = ReportAddresses(config.public_url, config.secret_key)
    return [made.run, ReportMails(database, cabinet, addresses, poster(config)).run]


def _mails(config: Config, database: Database) -> ServiceMails:
    return ServiceMails(database, Links(config.public_url.rstrip("/"), config.secret_key), mail_server(config))


def _log_to_stderr() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # It tells of every look at the clock.
    logging.getLogger("huey").setLevel(logging.WARNING)
