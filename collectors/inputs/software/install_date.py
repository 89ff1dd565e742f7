"""Days of installation as installers write them.

Windows asks for `yyyymmdd`; installers also write dates in the user's locale, Unix seconds, or what makes no sense.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, tzinfo

from collectors.windows.dates import date_reader, day_of, read_instant

_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:\d{6}(?:\.\d+[+-]\d+)?)?")
_EARLIEST = date(1995, 1, 1)


class InstallDates:
    """Reads the dates of one list, which share one order of day and month."""

    def __init__(self, texts: Iterable[object], now_ns: int, zone: tzinfo | None = UTC) -> None:
        """Prepare.

        Args:
            texts: all dates of the list that are written as text.
            now_ns: none can be later, Unix nanoseconds.
            zone: in which Unix times are days; None for this machine's.
        """
        self._zone = zone
        self._today = day_of(now_ns)
        self._reader = date_reader([each for each in texts if isinstance(each, str)], now_ns)

    def read(self, value: object) -> date | None:
        """Return the day, or None where it is not told or makes no sense."""
        text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
        compact = _COMPACT.fullmatch(text)
        if compact:
            return self._plausible(_day(int(compact[1]), int(compact[2]), int(compact[3])))
        if text.isdecimal():
            return self.at(int(text))
        instant = read_instant(text)
        return self._plausible(instant.date()) if instant else self._reader.read(text)

    def at(self, seconds: float | None) -> date | None:
        """Return the day of a Unix time."""
        if seconds is None or not 0 < seconds < 2**33:
            return None
        return self._plausible(datetime.fromtimestamp(seconds, UTC).astimezone(self._zone).date())

    def _plausible(self, found: date | None) -> date | None:
        return found if found and _EARLIEST <= found <= self._today + timedelta(days=1) else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
