"""Maintenance windows: whether a moment lies in one, and when that ends. No I/O."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from api.models import MaintenanceWindow
from api.models.base import SERVICE_ZONE


def covers(window: MaintenanceWindow, rule: str, tags: Mapping[str, str]) -> bool:
    """Tell whether a window is for a series, whatever the time.

    Args:
        window: one of the series' contract.
        rule: id of the rule.
        tags: the series' tags by name.
    """
    return (
        window.rule in ("", rule)
        and window.site in ("", tags.get("site"))
        and window.subject in ("", tags.get("device"), tags.get("asset"))
    )


def ends_at(window: MaintenanceWindow, moment: datetime) -> datetime | None:
    """Return when the window ends in which a moment lies; None where it lies in none."""
    if window.cancelled_at is not None:
        return None
    if window.begins_at is not None and window.ends_at is not None:
        return window.ends_at if window.begins_at <= moment < window.ends_at else None
    return _recurring_end(window, moment)


def latest_end(windows: Iterable[MaintenanceWindow], moment: datetime) -> datetime | None:
    """Return when the last of the windows ends in which a moment lies; None where it lies in none."""
    ends = [end for window in windows if (end := ends_at(window, moment)) is not None]
    return max(ends, default=None)


def _recurring_end(window: MaintenanceWindow, moment: datetime) -> datetime | None:
    if window.from_time is None or window.minutes is None or window.first_day is None or window.last_day is None:
        return None
    length = timedelta(minutes=window.minutes)
    day = moment.astimezone(SERVICE_ZONE).date()
    # One that began on an earlier day may last until now.
    for _ in range(window.minutes // 1440 + 2):
        if window.first_day <= day <= window.last_day and day.weekday() in (window.weekdays or ()):
            begins = datetime.combine(day, window.from_time, SERVICE_ZONE)
            if begins <= moment < begins + length:
                return begins + length
        day -= timedelta(days=1)
    return None
