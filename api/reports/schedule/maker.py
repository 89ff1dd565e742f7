"""The loop that makes the reports that are due. One runs in every worker; any number of them may run at once."""

import logging
import random
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from api.archive import index
from api.db import Database
from api.jobs.claiming import Claimed, claim, held
from api.jobs.loop import go_on
from api.models import Contract, ContractState, Report, ReportRun, RunState
from api.models.base import utc_now
from api.models.report_run import WHY_LENGTH
from api.reports.cabinet import chain_of
from api.reports.delivery.outbox import add_mails
from api.reports.errors import ReportError
from api.reports.filing import Maker
from api.reports.period import PeriodError, named
from api.reports.schedule.backoff import is_given_up, next_at
from api.told import ToldError
from collectors.text import Lang, Text

LEASE = timedelta(minutes=15)
"""Longer than reading, rendering within its limits and storing take together."""

LOOKS_EVERY_S = 10.0

_BY = "schedule"

_log = logging.getLogger(__name__)


class ScheduledReports:
    """Makes what is due.

    Args:
        database: where it is noted.
        maker: what reports are made with.
        now: tells this moment.
    """

    def __init__(self, database: Database, maker: Maker, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._maker = maker
        self._now = now

    def run(self, stop: threading.Event) -> None:
        """Go on until `stop` is set. What fails for a moment, e.g. the database, is tried again."""
        go_on("reports", self.step, stop, LOOKS_EVERY_S)

    def step(self) -> bool:
        """Make one report that is due; tell whether there was one."""
        claimed = claim(self._database, ReportRun, 1, LEASE, self._now())
        for each in claimed:
            self._attempt(each)
        return bool(claimed)

    def _attempt(self, claimed: Claimed) -> None:
        try:
            with self._database.reading() as session:
                run = session.get_one(ReportRun, claimed.id)
                contract = session.get_one(Contract, run.contract_id)
                if contract.state is not ContractState.ACTIVE:
                    self._settle(claimed, RunState.SKIPPED)
                    return
            report = self._made(contract, run)
        except ToldError as error:
            self._later(claimed, error.text)
        except SQLAlchemyError:
            raise
        except Exception:
            # A fault of our own must not stop all other reports; it is tried again and stays to be seen.
            _log.exception("reports: run %d failed", claimed.id)
            self._later(claimed, Text("内部エラー（ログを確認してください）", "an internal error; see the log"))
        else:
            self._settle(claimed, RunState.DONE, report)

    def _made(self, contract: Contract, run: ReportRun) -> Report:
        """Return the report, which may be there: somebody built it, or the worker that did died before it said so."""
        lang: Lang = "en" if contract.language == "en" else "ja"
        try:
            period = named(run.period, self._now())
        except PeriodError as error:
            raise ReportError(error.text) from None
        self._maker.cabinet.settle(chain_of(contract))
        with self._database.reading() as session:
            there = index.find(session, contract.id, run.period, lang)
        if there is not None and there.ends_at >= period.full_end:
            return there
        return self._maker.make(contract.id, period, lang, _BY).report

    def _settle(self, claimed: Claimed, state: RunState, report: Report | None = None) -> None:
        now = self._now()
        with self._database.writing.begin() as session:
            run = held(session, ReportRun, claimed)
            if run is None:  # the claim had run out; who has it now finds the report and settles it
                return
            run.state, run.settled_at, run.why, run.why_en = state, now, "", ""
            if report is not None:
                run.report_id = report.id
                add_mails(session, report, now)

    def _later(self, claimed: Claimed, why: Text) -> None:
        now = self._now()
        with self._database.writing.begin() as session:
            run = held(session, ReportRun, claimed)
            if run is None:
                return
            run.why, run.why_en = why.ja[:WHY_LENGTH], why.en[:WHY_LENGTH]
            run.due_at = next_at(run.attempts, now, random.random())  # noqa: S311  # spreads retries
            if is_given_up(run.created_at, run.due_at):
                run.state, run.settled_at = RunState.DEAD, now
            _log.warning("reports: %s of contract row %d: %s (%s)", run.period, run.contract_id, why.en, run.state)
