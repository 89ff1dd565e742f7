"""`karte maintenance`: times in which nobody is disturbed by what rules find."""

import re
from datetime import date, datetime, time, timedelta
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.cli.lookup import contract_of
from api.cli.moment import span
from api.cli.rule_lookup import rule_of
from api.cli.speech import Failed, WrongUse, lang_option, say, spoken
from api.cli.store import data_dir_option, next_step, reading, writing
from api.cli.table import Row, format_option, local_time, show_rows
from api.models import Contract, MaintenanceWindow
from api.models.base import SERVICE_ZONE, utc_now
from api.plaintext import InvalidText
from api.relay.maintenance import WindowRefused, cancel, once, recurring, windows_of
from collectors.text import Text

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAYS_JA = "月火水木金土日"
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def _moment(_ctx: click.Context, _param: click.Parameter, value: str | None) -> datetime | None:
    if value is None:
        return None
    try:
        return datetime.strptime(value.strip(), "%Y-%m-%d %H:%M").replace(tzinfo=SERVICE_ZONE)
    except ValueError:
        raise WrongUse(
            Text(
                f"{value} は日時ではありません（例 2026-12-01 18:00、日本時間）",
                f"{value} is no moment (e.g. 2026-12-01 18:00, Japan's time)",
            )
        ) from None


def _clock(_ctx: click.Context, _param: click.Parameter, value: str | None) -> time | None:
    if value is None:
        return None
    found = _CLOCK.fullmatch(value.strip())
    if not found:
        raise WrongUse(Text(f"{value} は時刻ではありません（例 22:00）", f"{value} is no time of day (e.g. 22:00)"))
    return time(int(found[1]), int(found[2]))


def _days(_ctx: click.Context, _param: click.Parameter, value: str | None) -> list[int] | None:
    if value is None:
        return None
    named = [each.strip().lower()[:3] for each in value.split(",")]
    wrong = [each for each in named if each not in WEEKDAYS]
    if wrong:
        raise WrongUse(
            Text(
                f"{value} は曜日ではありません。{', '.join(WEEKDAYS)} をコンマで並べてください",
                f"{value} are no days of the week; name some of {', '.join(WEEKDAYS)}, with commas",
            )
        )
    return [WEEKDAYS.index(each) for each in named]


def _day(_ctx: click.Context, _param: click.Parameter, value: str | None) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise WrongUse(
            Text(f"{value} は日付ではありません（例 2026-12-31）", f"{value} is no date (e.g. 2026-12-31)")
        ) from None


@click.group()
def maintenance() -> None:
    """メンテナンスの時間帯（通知を保留） / Maintenance: hold messages back for a while."""


@maintenance.command()
@click.option("--contract", "contract_id", metavar="CONTRACT", required=True, help="契約 / the contract")
@click.option("--from", "begins_at", callback=_moment, help="始まり 2026-12-01 18:00 / its begin")
@click.option("--to", "ends_at", callback=_moment, help="終わり / its end")
@click.option("--weekly", "weekdays", callback=_days, help="毎週の曜日 sat,sun / again on days of the week")
@click.option("--at", "from_time", callback=_clock, help="毎週の始まりの時刻 22:00 / when it begins on these days")
@click.option("--for", "length", callback=span, help="毎週の長さ 2h / how long it lasts on these days")
@click.option("--until", "last_day", callback=_day, help="毎週の最後の日 2026-12-31 / the last day of a weekly one")
@click.option("--site", default="", help="拠点（省略時は全部） / only this site")
@click.option("--device", "subject", default="", help="機器か設備のID / only this device or equipment")
@click.option("--rule", default="", help="ルール / only this rule")
@click.option("--reason", required=True, help="何をするか / what is done")
@click.option("--by", "who", default="command line", show_default=True, help="だれが / who")
@lang_option
@data_dir_option
def add(  # a form with as many fields
    contract_id: str,
    begins_at: datetime | None,
    ends_at: datetime | None,
    weekdays: list[int] | None,
    from_time: time | None,
    length: timedelta | None,
    last_day: date | None,
    site: str,
    subject: str,
    rule: str,
    reason: str,
    who: str,
    directory: Path | None,
) -> None:
    """時間帯を作ります（1回: --from --to、毎週: --weekly --at --for --until） / Make a window."""
    window = _window(begins_at, ends_at, weekdays, from_time, length, last_day)
    window.rule = rule_of(rule).rule.id if rule else ""
    try:
        with writing(directory) as session:
            contract = contract_of(session, contract_id)
            window.site = _site(contract, site)
            window.contract_id, window.subject, window.reason, window.made_by = contract.id, subject, reason, who
            session.add(window)
            session.flush()
            made = window.public_id
    except InvalidText as error:
        raise Failed(error.text) from None
    say(
        Text(
            f"{made}: {_when(window)} の通知を保留し、終わっても続いているものだけをまとめてお知らせします",
            f"{made}: {_when(window)}; messages are held back, and only what is left at its end is told, in one",
        ),
        next_step(f"karte maintenance list --contract {contract_id}", directory),
    )


def _window(
    begins_at: datetime | None,
    ends_at: datetime | None,
    weekdays: list[int] | None,
    from_time: time | None,
    length: timedelta | None,
    last_day: date | None,
) -> MaintenanceWindow:
    single, weekly = (begins_at, ends_at), (weekdays, from_time, length, last_day)
    now = utc_now()
    try:
        if begins_at and ends_at and not any(each is not None for each in weekly):
            return once(begins_at, ends_at, now)
        if weekdays and from_time and length and last_day and not any(single):
            minutes = int(length.total_seconds() // 60)
            return recurring(weekdays, from_time, minutes, now.astimezone(SERVICE_ZONE).date(), last_day, now)
    except WindowRefused as refused:
        raise Failed(refused.text) from None
    raise WrongUse(
        Text(
            "--from と --to（1回）か、--weekly --at --for --until（毎週）を、すべて指定してください",
            "give --from and --to (once), or all of --weekly --at --for --until",
        )
    )


def _site(contract: Contract, public_id: str) -> str:
    if public_id and public_id not in {site.public_id for site in contract.sites}:
        raise Failed(
            Text(
                f"契約 {contract.public_id} に拠点 {public_id} はありません",
                f"contract {contract.public_id} has no site {public_id}",
            )
        )
    return public_id


@maintenance.command("list")
@click.option("--contract", "contract_id", metavar="CONTRACT", required=True, help="契約 / the contract")
@format_option
@lang_option
@data_dir_option
def list_(contract_id: str, form: str, directory: Path | None) -> None:
    """これからの、または続いている時間帯 / Windows that are to come or run."""
    with reading(directory) as session:
        rows: list[Row] = [
            {
                "id": window.public_id,
                "when": _when(window),
                "scope": " ".join(filter(None, (window.site, window.subject, window.rule))) or None,
                "reason": window.reason,
                "set_by": window.made_by,
            }
            for window in windows_of(session, contract_of(session, contract_id), utc_now())
        ]
    show_rows(rows, form, Text("メンテナンスの予定はありません", "no maintenance is planned"))


@maintenance.command("cancel")
@click.argument("window_id", metavar="ID")
@lang_option
@data_dir_option
def cancel_(window_id: str, directory: Path | None) -> None:
    """時間帯を取りやめ、保留していた通知を送ります / End a window at once; what it held back is told."""
    with writing(directory) as session:
        cancel(session, _window_of(session, window_id), utc_now())
    say(Text(f"{window_id} を取りやめました", f"{window_id} is cancelled"))


def _window_of(session: Session, public_id: str) -> MaintenanceWindow:
    asked = select(MaintenanceWindow).where(
        MaintenanceWindow.public_id == public_id.strip().lower(), MaintenanceWindow.cancelled_at.is_(None)
    )
    window = session.scalar(asked)
    if window is None:
        raise Failed(Text(f"時間帯 {public_id} はありません", f"there is no window {public_id}"))
    return window


def _when(window: MaintenanceWindow) -> str:
    if window.begins_at and window.ends_at:
        return f"{local_time(window.begins_at)} – {local_time(window.ends_at)}"
    days = window.weekdays or []
    named = "".join(_WEEKDAYS_JA[day] for day in days) if spoken() == "ja" else ",".join(WEEKDAYS[day] for day in days)
    clock = f"{window.from_time:%H:%M}"
    return Text(
        f"毎週{named} {clock} から {window.minutes} 分、{window.last_day} まで",
        f"each {named} from {clock} for {window.minutes} min, until {window.last_day}",
    ).in_(spoken())
