"""`karte report schedule`: when contracts get their reports, and what came of it."""

from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.channels.kinds import mail
from api.cli.lookup import channel_of, contract_of
from api.cli.maintenance import WEEKDAYS
from api.cli.speech import Failed, lang_option, say, spoken
from api.cli.store import data_dir_option, reading, writing
from api.cli.table import Row, format_option, local_time, show_rows
from api.models import Contract, ReportMail, ReportPlan, ReportRun, Sending
from api.models.base import utc_now
from api.models.report_plan import SENDING_WORDS
from api.reports.schedule.due import next_due
from api.reports.schedule.plans import agreed_of, plan_of
from api.told import worded
from collectors.text import Text

_WEEKDAYS_JA = "月火水木金土日"


@click.group()
def schedule() -> None:
    """レポートの予定と送り方 / When reports are made, and how they are sent."""


@schedule.command()
@click.option("--contract", "contract_id", help="この契約だけ / only of this contract")
@format_option
@lang_option
@data_dir_option
def show(contract_id: str | None, form: str, directory: Path | None) -> None:
    """契約ごとの予定 / The schedule of each contract."""
    now = utc_now()
    with reading(directory) as session:
        asked = select(Contract).order_by(Contract.id)
        wanted = [contract_of(session, contract_id)] if contract_id else session.scalars(asked).all()
        rows = [_row(each, plan_of(session, each, now), now) for each in wanted]
    show_rows(rows, form, Text("契約はまだありません", "no contract yet"))


def _row(contract: Contract, plan: ReportPlan, now: datetime) -> Row:
    coming = next_due(agreed_of(plan), now)
    return {
        "contract": contract.public_id,
        "name": contract.name,
        "state": contract.state.value,
        "schedule": _told(plan).in_(spoken()),
        "next": coming[0].at if coming else None,
        "delivery": plan.sending.value,
        "channel": ", ".join(plan.channels) if plan.channels is not None else None,
        "keep_months": plan.keep_months,
    }


def _told(plan: ReportPlan) -> Text:
    kinds = []
    if plan.monthly_since is not None:
        kinds.append(Text(f"毎月{plan.day}日{plan.hour}時", f"monthly on day {plan.day} at {plan.hour}:00"))
    if plan.weekly_since is not None:
        day = WEEKDAYS[plan.weekday]
        kinds.append(Text(f"毎週{_WEEKDAYS_JA[plan.weekday]}曜{plan.hour}時", f"weekly on {day} at {plan.hour}:00"))
    if not kinds:
        return Text("なし", "none")
    return Text("、".join(each.ja for each in kinds), ", ".join(each.en for each in kinds))


@schedule.command("set")
@click.argument("contract_id", metavar="CONTRACT")
@click.option("--day", type=click.IntRange(1, 28), help="翌月の何日に作るか / day of the following month")
@click.option("--hour", type=click.IntRange(0, 23), help="何時に作るか（日本時間） / hour, in Japan")
@click.option("--monthly/--no-monthly", default=None, help="月ごとのレポート / a report of each month")
@click.option("--weekly/--no-weekly", default=None, help="週ごとのレポート / a report of each week")
@click.option("--weekday", type=click.Choice(WEEKDAYS), help="翌週の何曜日に作るか / day of the following week")
@click.option("--delivery", type=click.Choice([each.value for each in Sending]), help="送り方 / how it is sent")
@click.option("--channel", "channels", multiple=True, help="送るメールの通知先（複数可） / only to these mail channels")
@click.option("--all-channels", is_flag=True, help="すべてのメールの通知先に送る / to all mail channels")
@click.option("--keep-months", type=click.IntRange(0, 1200), help="保存月数（0は無期限） / months kept; 0: for good")
@click.option("--by", "who", default="command line", show_default=True, help="だれが / who")
@lang_option
@data_dir_option
def set_(  # a form with as many fields
    contract_id: str,
    day: int | None,
    hour: int | None,
    monthly: bool | None,
    weekly: bool | None,
    weekday: str | None,
    delivery: str | None,
    channels: tuple[str, ...],
    all_channels: bool,
    keep_months: int | None,
    who: str,
    directory: Path | None,
) -> None:
    """契約の予定を変えます。指定したものだけ変わります / Change a contract's schedule; what is not named stays."""
    now = utc_now()
    with writing(directory) as session:
        contract = contract_of(session, contract_id)
        plan = session.merge(plan_of(session, contract, now))
        if day is not None:
            plan.day = day
        if hour is not None:
            plan.hour = hour
        if weekday is not None:
            plan.weekday = WEEKDAYS.index(weekday)
        if delivery is not None:
            plan.sending = Sending(delivery)
        if keep_months is not None:
            plan.keep_months = keep_months or None
        # What was not agreed for a while is not made up for.
        plan.monthly_since = _since(plan.monthly_since, monthly, now)
        plan.weekly_since = _since(plan.weekly_since, weekly, now)
        if channels or all_channels:
            plan.channels = None if all_channels else _checked(session, contract, channels)
        plan.changed_at, plan.changed_by = now, who
        session.flush()
        told, coming = _told(plan), next_due(agreed_of(plan), now)
        sending = worded(SENDING_WORDS, plan.sending)
    at = local_time(coming[0].at) if coming else "-"
    say(
        Text(
            f"{contract.public_id}: {told.ja}、次回 {at}、{sending.ja}",
            f"{contract.public_id}: {told.en}, next {at}, {sending.en}",
        )
    )


def _since(before: datetime | None, wanted: bool | None, now: datetime) -> datetime | None:
    if wanted is None:
        return before
    return (before or now) if wanted else None


def _checked(session: Session, contract: Contract, channels: tuple[str, ...]) -> list[str]:
    found = []
    for name in channels:
        channel = channel_of(session, name)
        if channel.contract_id != contract.id or channel.kind != mail.KIND.name:
            raise Failed(
                Text(
                    f"{name} は契約 {contract.public_id} のメールの通知先ではありません",
                    f"{name} is no mail channel of contract {contract.public_id}",
                )
            )
        found.append(channel.public_id)
    return found


@schedule.command()
@click.option("--contract", "contract_id", help="この契約だけ / only of this contract")
@format_option
@lang_option
@data_dir_option
def runs(contract_id: str | None, form: str, directory: Path | None) -> None:
    """予定により作られたもの、作れなかったもの（新しい順） / What was due, and what came of it, the newest first."""
    with reading(directory) as session:
        asked = (
            select(ReportRun, Contract)
            .join(Contract, Contract.id == ReportRun.contract_id)
            .order_by(ReportRun.due_at.desc(), ReportRun.id.desc())
            .limit(500)
        )
        if contract_id:
            asked = asked.where(ReportRun.contract_id == contract_of(session, contract_id).id)
        rows: list[Row] = [
            {
                "contract": contract.public_id,
                "period": run.period,
                "run": run.state.value,
                "due_at": run.due_at,
                "attempts": run.attempts,
                "settled_at": run.settled_at,
                "sending": _sending(session, run),
                "why": Text(run.why, run.why_en).in_(spoken()),
            }
            for run, contract in session.execute(asked)
        ]
    show_rows(rows, form, Text("まだ何も予定されていません", "nothing was due yet"))


def _sending(session: Session, run: ReportRun) -> str | None:
    """Return how the mails about a report stand: the least finished one."""
    if run.report_id is None:
        return None
    states = set(session.scalars(select(ReportMail.state).where(ReportMail.report_id == run.report_id)))
    return next((each for each in ("dead", "waiting", "sent") if each in states), None)
