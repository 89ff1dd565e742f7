"""The month or week that a report is about."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from api.display.tokyo import TOKYO
from api.readings.scope import Window
from api.told import ToldError
from collectors.text import Text

_MONTH = re.compile(r"(2[0-9]{3})-(0[1-9]|1[0-2])")
_WEEK = re.compile(r"(2[0-9]{3})-W(0[1-9]|[1-4][0-9]|5[0-3])")
_WEEK_LENGTH = timedelta(days=7)


class PeriodError(ToldError):
    """The period cannot be reported on; the message says why."""


@dataclass(frozen=True, slots=True)
class Period:
    """A month or a week of Asia/Tokyo, or the part of it that has passed.

    Attributes:
        year: e.g. 2026; of the first day.
        month: 1 to 12; of the first day.
        end: where the report stops: the period's end, or the time of building if that is earlier.
        week: number of the week (ISO 8601, from Monday); None for a month.
    """

    year: int
    month: int
    end: datetime
    week: int | None = None

    @property
    def name(self) -> str:
        """The month as YYYY-MM, the week as YYYY-Www."""
        if self.week is not None:
            return f"{self._week_year:04d}-W{self.week:02d}"
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def start(self) -> datetime:
        """The first moment in Tokyo."""
        if self.week is not None:
            return _monday(self._week_year, self.week)
        return datetime(self.year, self.month, 1, tzinfo=TOKYO)

    @property
    def full_end(self) -> datetime:
        """The first moment after the whole period, in Tokyo."""
        return self.start + _WEEK_LENGTH if self.week is not None else _month_end(self.year, self.month)

    @property
    def _week_year(self) -> int:
        # Week 1 is the one with January 4th in it, so it may begin in December.
        return self.year + 1 if self.week == 1 and self.month == 12 else self.year

    @property
    def window(self) -> Window:
        """The span that is read."""
        return Window(self.start, self.end)

    @property
    def is_complete(self) -> bool:
        """Whether the period was over when the report was built."""
        return self.end >= self.full_end

    @property
    def last_moment(self) -> datetime:
        """A moment of the last day that the report covers."""
        return self.end - timedelta(microseconds=1)

    @property
    def text(self) -> Text:
        """The period for people, e.g. 2026年11月 and November 2026, or 2026年11月23日の週."""
        if self.week is not None:
            first = self.start
            month = _MONTH_NAMES[first.month - 1]
            return Text(f"{first.year}年{first.month}月{first.day}日の週", f"week of {first.day} {month} {first.year}")
        return Text(f"{self.year}年{self.month}月", f"{_MONTH_NAMES[self.month - 1]} {self.year}")


def period_of(month: str | None, now: datetime) -> Period:
    """Return the period of a month.

    Args:
        month: YYYY-MM; None for the current month so far.
        now: time of building, aware of its zone.

    Raises:
        PeriodError: not a month, or one that has not begun.
    """
    local = now.astimezone(TOKYO)
    if month is None:
        return Period(local.year, local.month, local)
    match = _MONTH.fullmatch(month)
    if match is None:
        raise PeriodError(
            Text(
                f"{month!r} は月ではありません。{local:%Y-%m} のように YYYY-MM の形で指定してください",
                f"{month!r} is not a month; write it as YYYY-MM, for example {local:%Y-%m}",
            )
        )
    year, number = int(match[1]), int(match[2])
    if datetime(year, number, 1, tzinfo=TOKYO) >= local:
        raise PeriodError(
            Text(
                f"{month} はまだ始まっていません。指定できるのは {local:%Y-%m} までです",
                f"{month} has not begun; the latest month that can be reported on is {local:%Y-%m}",
            )
        )
    return Period(year, number, min(local, _month_end(year, number)))


def week_of(week: str, now: datetime) -> Period:
    """Return the period of a week.

    Args:
        week: YYYY-Www, ISO 8601.
        now: time of building, aware of its zone.

    Raises:
        PeriodError: not a week, or one that has not begun.
    """
    local = now.astimezone(TOKYO)
    match = _WEEK.fullmatch(week)
    iso = local.isocalendar()
    this = f"{iso.year}-W{iso.week:02d}"
    first = _monday_or_none(int(match[1]), int(match[2])) if match else None
    if match is None or first is None:
        raise PeriodError(
            Text(
                f"{week!r} は週ではありません。{this} のように YYYY-Www の形（ISO 8601）で指定してください",
                f"{week!r} is not a week; write it as YYYY-Www (ISO 8601), for example {this}",
            )
        )
    if first >= local:
        raise PeriodError(
            Text(
                f"{week} はまだ始まっていません。指定できるのは {this} までです",
                f"{week} has not begun; the latest week that can be reported on is {this}",
            )
        )
    return Period(first.year, first.month, min(local, first + _WEEK_LENGTH), int(match[2]))


def named(name: str, now: datetime) -> Period:
    """Return the period of a name, a month's or a week's.

    Raises:
        PeriodError: it is neither, or has not begun.
    """
    return week_of(name, now) if "W" in name else period_of(name, now)


def require_begun(period: Period, since: datetime) -> None:
    """Refuse a period of which a contract has nothing.

    Args:
        period: what is asked for.
        since: when the contract began.

    Raises:
        PeriodError: the period was over by then.
    """
    if period.full_end <= since:
        first = since.astimezone(TOKYO)
        raise PeriodError(
            Text(
                f"{period.name} は契約の開始（{first:%Y-%m-%d}）より前です。指定できるのは {first:%Y-%m} からです",
                f"{period.name} was over before the contract began on {first:%Y-%m-%d}; the first month is "
                f"{first:%Y-%m}",
            )
        )


def _monday_or_none(year: int, week: int) -> datetime | None:
    try:
        return _monday(year, week)
    except ValueError:  # most years have no week 53
        return None


def _monday(year: int, week: int) -> datetime:
    return datetime.combine(date.fromisocalendar(year, week, 1), time(), TOKYO)


def _month_end(year: int, month: int) -> datetime:
    return datetime(year + month // 12, month % 12 + 1, 1, tzinfo=TOKYO)


_MONTH_NAMES = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
