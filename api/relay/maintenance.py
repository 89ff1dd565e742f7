"""Maintenance windows: made, listed, cancelled."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from api.models import Contract, Finding, FindingTransition, Held, MaintenanceWindow
from api.models.base import service_day
from api.told import ToldError
from collectors.text import Text

LONGEST = timedelta(days=14)
LAST_DAY_WITHIN = timedelta(days=366)


class WindowRefused(ToldError):
    """A window cannot be made as asked; the message says why."""


def once(begins_at: datetime, ends_at: datetime, now: datetime) -> MaintenanceWindow:
    """Return a window from one moment to another.

    Raises:
        WindowRefused: it does not end after it begins, is over already, or too long.
    """
    if ends_at <= begins_at:
        raise WindowRefused(Text("終わりが始まりより前になっています", "it ends before it begins"))
    if ends_at <= now:
        raise WindowRefused(Text("終わりの時刻が過ぎています", "its end is past already"))
    if ends_at - begins_at > LONGEST:
        raise WindowRefused(
            Text(
                f"長すぎます。{LONGEST.days}日までにしてください（それより長い間は通知先を無効にできます）",
                f"it is too long; at most {LONGEST.days} days (a channel can be switched off for longer)",
            )
        )
    return MaintenanceWindow(begins_at=begins_at, ends_at=ends_at)


def recurring(
    weekdays: Collection[int], from_time: time, minutes: int, first_day: date, last_day: date, now: datetime
) -> MaintenanceWindow:
    """Return a window that comes again on days of the week, in Japan's time, up to its last day.

    Raises:
        WindowRefused: no day is named, its length or its days are impossible.
    """
    if not weekdays:
        raise WindowRefused(Text("曜日がありません", "no day of the week is named"))
    if not 1 <= minutes <= 24 * 60:
        raise WindowRefused(Text("長さは1分から24時間までです", "its length must be 1 minute to 24 hours"))
    if last_day < max(first_day, service_day(now)):
        raise WindowRefused(
            Text("最後の日が過ぎているか、最初の日より前です", "its last day is past or before its first")
        )
    if last_day - service_day(now) > LAST_DAY_WITHIN:
        raise WindowRefused(
            Text("最後の日は1年以内にしてください", "its last day must be within a year, or it would be forgotten")
        )
    return MaintenanceWindow(
        weekdays=sorted(set(weekdays)), from_time=from_time, minutes=minutes, first_day=first_day, last_day=last_day
    )


def windows_of(session: Session, contract: Contract, now: datetime) -> Sequence[MaintenanceWindow]:
    """Return the windows of a contract that are not cancelled and not over."""
    asked = (
        select(MaintenanceWindow)
        .where(MaintenanceWindow.contract_id == contract.id, MaintenanceWindow.cancelled_at.is_(None))
        .order_by(MaintenanceWindow.id)
    )
    today = service_day(now)
    return [
        window
        for window in session.scalars(asked)
        if (window.ends_at is not None and window.ends_at > now)
        # One that began on its last day may last past midnight.
        or (window.last_day is not None and window.last_day >= today - timedelta(days=1))
    ]


def cancel(session: Session, window: MaintenanceWindow, now: datetime) -> None:
    """End a window at once; what it held back is looked at again."""
    window.cancelled_at = now
    held = (
        select(FindingTransition.id)
        .join(Finding, Finding.id == FindingTransition.finding_id)
        .where(
            Finding.contract_id == window.contract_id,
            FindingTransition.held == Held.MAINTENANCE,
            FindingTransition.relay_at.is_not(None),
        )
    )
    session.execute(
        update(FindingTransition)
        .where(FindingTransition.id.in_(held))
        .values(relay_at=now)
        .execution_options(synchronize_session=False)
    )
