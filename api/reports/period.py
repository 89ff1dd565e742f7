"""The month that a report is about."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.display.tokyo import TOKYO
from api.readings.scope import Window
from api.told import ToldError
from collectors.text import Text

_MONTH = re.compile(r"(2\d{3})-(0[1-9]|1[0-2])")


class PeriodError(ToldError):
    """The month cannot be reported on; the message says why."""


@dataclass(frozen=True, slots=True)
class Period:
    """A month of Asia/Tokyo, or the part of it that has passed.

    Attributes:
        year: e.g. 2026.
        month: 1 to 12.
        end: where the report stops: the month's end, or the time of building if that is earlier.
    """

    year: int
    month: int
    end: datetime

    @property
    def name(self) -> str:
        """The month as YYYY-MM."""
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def start(self) -> datetime:
        """The first moment of the month in Tokyo."""
        return datetime(self.year, self.month, 1, tzinfo=TOKYO)

    @property
    def window(self) -> Window:
        """The span that is read."""
        return Window(self.start, self.end)

    @property
    def is_complete(self) -> bool:
        """Whether the month was over when the report was built."""
        return self.end >= _month_end(self.year, self.month)

    @property
    def last_moment(self) -> datetime:
        """A moment of the last day that the report covers."""
        return self.end - timedelta(microseconds=1)

    @property
    def text(self) -> Text:
        """The month for people, e.g. 2026年11月 and November 2026."""
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
