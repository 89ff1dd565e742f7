"""When people work in a Japanese office: public holidays, closing days, office hours, lunch, month-end.

Times are Unix seconds; Japan has no daylight saving, so local time is UTC + 9 h.
"""

from bisect import bisect_right
from datetime import date, timedelta
from enum import Enum
from functools import lru_cache
from itertools import accumulate

JST_OFFSET_S = 9 * 3600
DAY_S = 86_400
_EPOCH = date(1970, 1, 1)
_STEP_S = 300

_FIXED_HOLIDAYS = frozenset({(1, 1), (2, 11), (2, 23), (4, 29), (5, 3), (5, 4), (5, 5), (8, 11), (11, 3), (11, 23)})
_NTH_MONDAYS = frozenset({(1, 2), (7, 3), (9, 3), (10, 2)})
_SUMMER_CLOSURE = frozenset({(8, 13), (8, 14), (8, 15)})
_NEW_YEAR_CLOSURE = frozenset({(12, 29), (12, 30), (12, 31), (1, 2), (1, 3)})


class DayKind(Enum):
    """How busy a day is."""

    CLOSED = "closed"
    WORKING = "working"
    MONTH_END = "month_end"


# Share of the office that is at work, by local time of day in minutes; linear between the knots.
_PROFILES: dict[DayKind, tuple[tuple[int, float], ...]] = {
    DayKind.CLOSED: ((0, 0.01), (1440, 0.01)),
    DayKind.WORKING: (
        *((0, 0.01), (495, 0.02), (540, 0.70), (600, 1.00), (705, 0.95), (725, 0.30), (770, 0.30)),
        *((790, 0.90), (900, 1.00), (1050, 0.80), (1110, 0.25), (1200, 0.04), (1440, 0.01)),
    ),
    DayKind.MONTH_END: (
        *((0, 0.01), (465, 0.03), (520, 0.90), (570, 1.30), (705, 1.25), (725, 0.55), (770, 0.55)),
        *((790, 1.25), (900, 1.35), (1080, 1.20), (1200, 0.80), (1290, 0.30), (1350, 0.03), (1440, 0.01)),
    ),
}


@lru_cache(maxsize=8192)
def is_public_holiday(day: date) -> bool:
    """Tell whether a day is a public holiday in Japan, for 2023 and later.

    Source: 国民の祝日に関する法律 (Act on National Holidays), articles 2 and 3: the listed days, the Monday (or next
    free day) after a holiday that falls on a Sunday, and a day between two holidays.
    """
    if _is_listed(day):
        return True
    return _is_substitute(day) or (
        day.weekday() != 6 and _is_listed(day - timedelta(days=1)) and _is_listed(day + timedelta(days=1))
    )


@lru_cache(maxsize=8192)
def is_business_day(day: date) -> bool:
    """Tell whether the office works: no weekend, public holiday, mid-August or New Year closure."""
    closed = (day.month, day.day) in _SUMMER_CLOSURE | _NEW_YEAR_CLOSURE
    return day.weekday() < 5 and not closed and not is_public_holiday(day)


@lru_cache(maxsize=8192)
def day_kind(day: date) -> DayKind:
    """Return how busy a day is; the last three and the first business day of a month are month-end."""
    if not is_business_day(day):
        return DayKind.CLOSED
    near = [day + timedelta(days=n) for n in range(1, 15)]
    left = sum(1 for other in near if other.month == day.month and is_business_day(other))
    first = not any(is_business_day(day.replace(day=n)) for n in range(1, day.day))
    return DayKind.MONTH_END if left < 3 or first else DayKind.WORKING


def local_day(moment_s: int) -> date:
    """Return the local (Asia/Tokyo) date of a moment."""
    return _day(_day_number(moment_s))


def at(day: date, hour: int, minute: int = 0) -> int:
    """Return the moment of a local time of day."""
    return (day - _EPOCH).days * DAY_S + hour * 3600 + minute * 60 - JST_OFFSET_S


def business_day_before(moment_s: int, days: int) -> date:
    """Return the last business day that is at least `days` days before a moment."""
    day = local_day(moment_s) - timedelta(days=days)
    while not is_business_day(day):
        day -= timedelta(days=1)
    return day


def business_day_after(moment_s: int, days: int) -> date:
    """Return the first business day that is at least `days` days after a moment."""
    day = local_day(moment_s) + timedelta(days=days)
    while not is_business_day(day):
        day += timedelta(days=1)
    return day


def activity(moment_s: int) -> float:
    """Return how busy the office is: 0 nobody there, 1 an ordinary morning, above 1 at month-end."""
    knots = _PROFILES[day_kind(local_day(moment_s))]
    minute = _second_of_day(moment_s) / 60
    right = min(bisect_right(knots, (minute, 9.9)), len(knots) - 1)
    (x0, y0), (x1, y1) = knots[right - 1], knots[right]
    return y0 + (y1 - y0) * (minute - x0) / (x1 - x0)


def busy_hours(moment_s: int) -> float:
    """Return the sum of `activity` from 1970 to a moment, in hours: what counters of work done grow with."""
    number = _day_number(moment_s)
    table = _day_table(day_kind(_day(number)))
    step, rest = divmod(_second_of_day(moment_s), _STEP_S)
    within = table[step] + (table[step + 1] - table[step]) * rest / _STEP_S
    return _busy_hours_before(number) + within


def _second_of_day(moment_s: int) -> int:
    return (moment_s + JST_OFFSET_S) % DAY_S


def _day_number(moment_s: int) -> int:
    return (moment_s + JST_OFFSET_S) // DAY_S


@lru_cache(maxsize=8192)
def _day(number: int) -> date:
    return _EPOCH + timedelta(days=number)


@lru_cache(maxsize=8192)
def _busy_hours_before(number: int) -> float:
    # Counted from a recent day: only differences matter, and 50 years of days would be added up for nothing.
    origin = 20_000  # 2024-10-04
    return sum(_day_table(day_kind(_day(n)))[-1] for n in range(origin, number))


@lru_cache(maxsize=8)
def _day_table(kind: DayKind) -> tuple[float, ...]:
    some_day = next(day for day in map(_day, range(20_000, 20_400)) if day_kind(day) == kind)
    start = at(some_day, 0)
    steps = (activity(start + n * _STEP_S + _STEP_S // 2) * _STEP_S / 3600 for n in range(DAY_S // _STEP_S))
    return (0.0, *accumulate(steps))


def _is_listed(day: date) -> bool:
    if (day.month, day.day) in _FIXED_HOLIDAYS:
        return True
    if day.weekday() == 0 and (day.month, (day.day + 6) // 7) in _NTH_MONDAYS:
        return True
    return (day.month, day.day) in {(3, _equinox(day.year, 20.8431)), (9, _equinox(day.year, 23.2488))}


def _equinox(year: int, base: float) -> int:
    # The customary approximation for 1980-2099; the official date is published in the February before.
    return int(base + 0.242194 * (year - 1980) - (year - 1980) // 4)


def _is_substitute(day: date) -> bool:
    before = day - timedelta(days=1)
    while _is_listed(before):
        if before.weekday() == 6:
            return True
        before -= timedelta(days=1)
    return False
