"""Dates in the text of Windows tools, where the order of day and month follows the user's locale.

A single `3/4/2024` cannot be read. Dates of one output share one order, and often another of them settles it: a day
above 12, or a date that would lie in the future. Where nothing settles it the date stays unknown.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

Order = Literal["dmy", "mdy"]

_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(?<!\d)(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?!\d)")
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?")
_SERIAL = re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/")
_CIM = re.compile(r"(\d{14})\.\d{6}([+-]\d{3})")
_EARLIEST_YEAR = 1995


@dataclass(frozen=True, slots=True)
class DateReader:
    """Reads the dates of one output.

    Attributes:
        today: no date of the output can be later than the day after this.
        order: the order of day and month where the year stands last; None where it is not settled.
    """

    today: date
    order: Order | None

    def read(self, text: str) -> date | None:
        """Return the first date in a text, or None if there is none or its order is not settled."""
        year_first = _YEAR_FIRST.search(text)
        if year_first:
            return self._plausible(int(year_first[1]), int(year_first[2]), int(year_first[3]))
        year_last = _YEAR_LAST.search(text)
        if not year_last:
            return None
        first, mark, second, year = year_last[1], year_last[2], year_last[3], int(year_last[4])
        if mark == ".":  # every locale that writes dots with the year last puts the day first
            return self._plausible(year, int(second), int(first))
        if first == second:
            return self._plausible(year, int(first), int(first))
        if self.order is None:
            return None
        day, month = (first, second) if self.order == "dmy" else (second, first)
        return self._plausible(year, int(month), int(day))

    def _plausible(self, year: int, month: int, day: int) -> date | None:
        try:
            found = date(year, month, day)
        except ValueError:
            return None
        # A year of another calendar (2567, 1403) falls out here.
        return found if year >= _EARLIEST_YEAR and found <= self.today + timedelta(days=1) else None


def date_reader(texts: Iterable[str], now_ns: int) -> DateReader:
    """Return a reader for the dates of one output, with the order that its dates allow."""
    today = day_of(now_ns)
    orders: list[Order] = ["dmy", "mdy"]
    for text in texts:
        if any(match[2] != "." for match in _YEAR_LAST.finditer(text)):
            orders = [order for order in orders if DateReader(today, order).read(text)]
    return DateReader(today, orders[0] if len(orders) == 1 else None)


def day_of(now_ns: int) -> date:
    """Return the UTC day of a Unix time in nanoseconds."""
    return datetime.fromtimestamp(now_ns // 1_000_000_000, UTC).date()


def read_instant(value: object) -> datetime | None:
    """Return a time that is written without doubt, in UTC; None otherwise.

    Known forms: ISO 8601, `/Date(milliseconds)/` of Windows PowerShell's ConvertTo-Json, and CIM_DATETIME
    (`yyyymmddHHMMSS.mmmmmm+UUU`, DMTF DSP0004 section 5.5.1). ISO 8601 without a zone is taken as UTC.
    """
    if not isinstance(value, str):
        return None
    text = value.strip()
    try:
        return _read_instant(text)
    except (ValueError, OverflowError):
        return None


def _read_instant(text: str) -> datetime | None:
    if _ISO.fullmatch(text):
        # Python reads at most six digits of a second; .NET writes seven.
        found = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text))
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    serial = _SERIAL.fullmatch(text)
    if serial:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(serial[1]))
    cim = _CIM.fullmatch(text)
    if cim:
        local = datetime.strptime(cim[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        return local - timedelta(minutes=int(cim[2]))
    return None
