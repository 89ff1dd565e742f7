"""Which reports are due. Days and hours are of Asia/Tokyo. No I/O."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from api.display.tokyo import TOKYO

MOST = 24
"""Of one kind at once: who was away for longer gets the newest ones."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed with a contract.

    Attributes:
        monthly_since: no month that ended before this is due; None: no monthly reports.
        day: of the following month, 1 to 28.
        hour: 0 to 23.
        weekly_since: as `monthly_since`, of weeks.
        weekday: of the following week, 0 Monday to 6 Sunday.
    """

    monthly_since: datetime | None
    day: int
    hour: int
    weekly_since: datetime | None
    weekday: int


@dataclass(frozen=True, slots=True)
class Due:
    """A report that is due.

    Attributes:
        period: YYYY-MM or YYYY-Www.
        at: since when.
    """

    period: str
    at: datetime


def due(agreed: Agreed, active_since: datetime, now: datetime) -> list[Due]:
    """Return what is due, the oldest first; what became due while the contract did not run is not.

    Args:
        agreed: what was agreed.
        active_since: since when the contract runs, the last time.
        now: this moment.
    """
    found: list[Due] = []
    if agreed.monthly_since is not None:
        found += _newest(_months(agreed, now), agreed.monthly_since, active_since)
    if agreed.weekly_since is not None:
        found += _newest(_weeks(agreed, now), agreed.weekly_since, active_since)
    return sorted(found, key=lambda each: (each.at, each.period))


def next_due(agreed: Agreed, now: datetime) -> list[Due]:
    """Return what will be due next, of each kind that was agreed, the nearest first."""
    later = now + timedelta(days=63)
    coming: list[Due] = []
    if agreed.monthly_since is not None:
        coming.append(_first_after(_months(agreed, later), now))
    if agreed.weekly_since is not None:
        coming.append(_first_after(_weeks(agreed, later), now))
    return sorted(coming, key=lambda each: each.at)


def start_of_last_month(now: datetime) -> datetime:
    """Return the first moment of the month before this one."""
    first = now.astimezone(TOKYO).date().replace(day=1)
    return datetime.combine((first - timedelta(days=1)).replace(day=1), time(), TOKYO)


_Ended = tuple[Due, datetime]
"""What is due, and when its period ended."""


def _newest(ended: Iterator[_Ended], since: datetime, active_since: datetime) -> list[Due]:
    found: list[Due] = []
    for each, end in ended:
        if end <= since or each.at < active_since or len(found) == MOST:
            break
        found.append(each)
    return found


def _months(agreed: Agreed, now: datetime) -> Iterator[_Ended]:
    """Yield the months of which a report is due by `now`, the newest first."""
    after = now.astimezone(TOKYO).date().replace(day=1)
    while True:
        month = (after - timedelta(days=1)).replace(day=1)
        at = datetime.combine(after.replace(day=agreed.day), time(agreed.hour), TOKYO)
        if at <= now:
            yield Due(f"{month:%Y-%m}", at), datetime.combine(after, time(), TOKYO)
        after = month


def _weeks(agreed: Agreed, now: datetime) -> Iterator[_Ended]:
    """Yield the weeks of which a report is due by `now`, the newest first."""
    today = now.astimezone(TOKYO).date()
    after = today - timedelta(days=today.weekday())
    while True:
        monday = after - timedelta(days=7)
        at = datetime.combine(after + timedelta(days=agreed.weekday), time(agreed.hour), TOKYO)
        if at <= now:
            yield Due(_week(monday), at), datetime.combine(after, time(), TOKYO)
        after = monday


def _week(monday: date) -> str:
    iso = monday.isocalendar()
    return f"{iso.year:04d}-W{iso.week:02d}"


def _first_after(ended: Iterator[_Ended], now: datetime) -> Due:
    """Return the last of those, the newest first, that is not due by now."""
    coming, _end = next(ended)
    for each, _end in ended:
        if each.at <= now:
            break
        coming = each
    return coming
