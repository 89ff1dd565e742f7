"""A moment to come or past, as people type it."""

import re
from datetime import UTC, date, datetime, time, timedelta

import click

from api.cli.speech import WrongUse
from api.models.base import SERVICE_ZONE, utc_now
from collectors.text import Text

_SPAN = re.compile(r"(?P<count>\d{1,5})(?P<unit>[hd])")


def moment_to_come(_ctx: click.Context, _param: click.Parameter, value: str) -> datetime:
    """Return what an option means: `12h` or `14d` from now, or a date, the end of that day in Japan.

    Raises:
        WrongUse: it is neither, or past.
    """
    moment = parse_moment(value, utc_now())
    if moment is None:
        raise WrongUse(
            Text(
                f"{value} は期間（12h、14d）でも日付（2026-03-31）でもありません",
                f"{value} is neither a span (12h, 14d) nor a date (2026-03-31)",
            )
        )
    if moment <= utc_now():
        raise WrongUse(Text(f"{value} は過ぎています", f"{value} is past"))
    return moment


def moment_past(_ctx: click.Context, _param: click.Parameter, value: str | None) -> datetime | None:
    """Return what an option means: `12h` or `14d` before now, or a date, the beginning of that day in Japan.

    Raises:
        WrongUse: it is neither, or lies in the future.
    """
    if value is None:
        return None
    moment = parse_past_moment(value, utc_now())
    if moment is None:
        raise WrongUse(
            Text(
                f"{value} は期間（12h、14d）でも日付（2026-03-31）でもありません",
                f"{value} is neither a span (12h, 14d) nor a date (2026-03-31)",
            )
        )
    if moment > utc_now():
        raise WrongUse(Text(f"{value} はまだ来ていません", f"{value} is still to come"))
    return moment


def span(_ctx: click.Context, _param: click.Parameter, value: str | None) -> timedelta | None:
    """Return what an option means: a length such as `90m`, `12h` or `14d`.

    Raises:
        WrongUse: it is none.
    """
    if value is None:
        return None
    found = re.fullmatch(r"(\d{1,5})([mhd])", value.strip())
    if not found or int(found[1]) == 0:
        raise WrongUse(
            Text(f"{value} は長さではありません（例 90m、12h、14d）", f"{value} is no length (e.g. 90m, 12h, 14d)")
        )
    return timedelta(minutes=int(found[1]) * {"m": 1, "h": 60, "d": 1440}[found[2]])


def parse_past_moment(entered: str, now: datetime) -> datetime | None:
    """Return the moment that a person typed, in UTC, or None if it cannot be understood."""
    span = _SPAN.fullmatch(entered.strip())
    if span:
        return now - _length(span)
    day = _day(entered)
    return None if day is None else datetime.combine(day, time(), SERVICE_ZONE).astimezone(UTC)


def parse_moment(entered: str, now: datetime) -> datetime | None:
    """Return the moment that a person typed, in UTC, or None if it cannot be understood."""
    span = _SPAN.fullmatch(entered.strip())
    if span:
        return now + _length(span)
    day = _day(entered)
    return None if day is None else datetime.combine(day + timedelta(days=1), time(), SERVICE_ZONE).astimezone(UTC)


def _length(span: re.Match[str]) -> timedelta:
    count = int(span["count"])
    return timedelta(hours=count) if span["unit"] == "h" else timedelta(days=count)


def _day(entered: str) -> date | None:
    try:
        return date.fromisoformat(entered.strip())
    except ValueError:
        return None
