"""The job that notes which reports are due, keeps no longer what is not to be kept, and tells of reports that fail.

Making and mailing them are loops of the worker: the rules must not wait for a report.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from api.archive.errors import ArchiveError
from api.db import Database
from api.jobs.job import Job, Tools
from api.models import ReportRun, RunState
from api.models.base import utc_now
from api.reports.cabinet import Cabinet, open_cabinet, unsettled
from api.reports.errors import ReportError
from api.reports.retention import expire, limited
from api.reports.schedule.plans import note_due
from api.told import ToldError
from collectors.text import Text

_TELLS_AFTER = 3
"""Failed attempts: what is mended within minutes need not be told."""

_TELLS_FOR = timedelta(days=7)


class NotMade(ToldError):
    """Some reports cannot be made; the message says how many and why."""


def _run(tools: Tools) -> None:
    now = utc_now()
    note_due(tools.database, now)
    _put_in_order(open_cabinet(tools.config, tools.database), tools, now)
    told = _failing(tools.database, now)
    if told is not None:
        raise NotMade(told)


def _put_in_order(cabinet: Cabinet, tools: Tools, now: datetime) -> None:
    with tools.database.reading() as session:
        some = {*unsettled(session, cabinet.root), *limited(session)}
    failed: ToldError | None = None
    for chain in sorted(some, key=lambda each: each.contract_id):
        if not tools.going():
            break
        try:
            cabinet.settle(chain)
            expire(cabinet, chain, now)
        except (ArchiveError, ReportError) as error:  # one archive that is not in order must not stop the others
            failed = failed or error
    if failed is not None:
        raise failed


def _failing(database: Database, now: datetime) -> Text | None:
    failing = (ReportRun.state == RunState.WAITING) & (ReportRun.attempts >= _TELLS_AFTER)
    given_up = (ReportRun.state == RunState.DEAD) & (ReportRun.settled_at > now - _TELLS_FOR)
    with database.reading() as session:
        count = session.scalar(select(func.count()).select_from(ReportRun).where(failing | given_up)) or 0
        worst = session.scalars(select(ReportRun).where(failing | given_up).order_by(ReportRun.id).limit(1)).first()
    if worst is None:
        return None
    return Text(
        f"{count} 件のレポートを作成できません（karte report schedule で確認できます）: {worst.why}",
        f"{count} reports cannot be made (see karte report schedule): {worst.why_en}",
    )


JOB = Job(
    name="reports",
    text=Text(
        "診断レポートの予定、保存期間（5分ごと）",
        "which reports are due and how long they are kept: every five minutes",
    ),
    minutes="1,6,11,16,21,26,31,36,41,46,51,56",
    run=_run,
    expires_s=240,
)
