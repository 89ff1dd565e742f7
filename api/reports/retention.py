"""How long reports are kept: for good, or for as many months as a contract's plan says."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.archive.journal import Chain
from api.display.tokyo import TOKYO
from api.models import Contract, RemovedWhy, Report, ReportPlan
from api.reports.cabinet import Cabinet, chain_of

_BY = "retention"


def kept_since(now: datetime, months: int) -> datetime:
    """Return the first moment of the oldest month that is kept.

    Args:
        now: this moment.
        months: full months that are kept beside the running one.
    """
    local = now.astimezone(TOKYO)
    count = local.year * 12 + local.month - 1 - months
    return datetime(count // 12, count % 12 + 1, 1, tzinfo=TOKYO)


def expire(cabinet: Cabinet, chain: Chain, now: datetime) -> int:
    """Take away reports, all their editions, of periods before those that are kept, and return how many.

    Raises:
        ArchiveError: the archive cannot be written; the next run goes on.
        ReportError: the shelf cannot be written.
    """
    with cabinet.database.reading() as session:
        plan = session.get(ReportPlan, chain.contract_id)
        if plan is None or plan.keep_months is None:
            return 0
        old = session.scalars(
            select(Report)
            .where(
                Report.contract_id == chain.contract_id,
                Report.removed_at.is_(None),
                Report.ends_at <= kept_since(now, plan.keep_months),
            )
            .order_by(Report.number)
        ).all()
    for report in old:
        cabinet.erase(chain, report, RemovedWhy.RETENTION, "", _BY)
    return len(old)


def limited(session: Session) -> list[Chain]:
    """Return the chains of contracts whose reports are not kept for good."""
    asked = select(Contract).join(ReportPlan).where(ReportPlan.keep_months.is_not(None))
    return [chain_of(each) for each in session.scalars(asked)]
