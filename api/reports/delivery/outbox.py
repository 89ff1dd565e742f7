"""Which channels are told of a report."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.channels.kinds import mail
from api.models import Channel, Contract, Report, ReportMail, Sending
from api.reports.schedule.plans import plan_of


def add_mails(session: Session, report: Report, now: datetime) -> int:
    """Let the mail channels that a contract's plan names be told of a report, as part of the session's transaction.

    A channel is told of a report once.

    Args:
        session: whose transaction it is.
        report: what they are told of.
        now: this moment.
    """
    plan = plan_of(session, session.get_one(Contract, report.contract_id), now)
    if plan.sending is Sending.NONE:
        return 0
    told = set(session.scalars(select(ReportMail.channel_id).where(ReportMail.report_id == report.id)))
    new = [each for each in recipients(session, report.contract_id, plan.channels) if each.id not in told]
    session.add_all(
        ReportMail(report_id=report.id, channel_id=each.id, sending=plan.sending, created_at=now, due_at=now)
        for each in new
    )
    session.flush()
    return len(new)


def recipients(session: Session, contract_id: int, named: Sequence[str] | None) -> list[Channel]:
    """Return a contract's mail channels that are switched on.

    Args:
        session: reads them.
        contract_id: whose.
        named: public ids of the only ones wanted; None for all.
    """
    asked = select(Channel).where(
        Channel.contract_id == contract_id, Channel.kind == mail.KIND.name, Channel.enabled.is_(True)
    )
    found = session.scalars(asked.order_by(Channel.id))
    return [each for each in found if named is None or each.public_id in named]
