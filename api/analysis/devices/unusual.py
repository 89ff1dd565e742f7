"""What was unusual about a device, measured by its own past, and in words.

Each week is compared with the twelve before it, so that what stays becomes usual. Unusual is an hour that lies far
above its usual value by its usual spread, above what is seen on one of twenty days, and where it matters; and only
several such hours near each other are told of.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from api.analysis.devices.baseline import LEAST_WEEKS, baseline, weeks_told
from api.analysis.devices.hourly import HOUR, HOURS_OF_WEEK, Hourly, Values
from api.analysis.devices.tree import Metric, NotCompared, Unusual
from api.analysis.tree import Subject
from collectors.text import Text

PAST_WEEKS = 12
"""A quarter: long enough for three ends of a month, short enough to follow how work changes."""

_WEEK = timedelta(weeks=1)

_FAR = 5.0
"""Spreads above the usual value. Hours of computers are no normal distribution; by a spread of 3 each week has some."""

_NEAR_HOURS = 24
"""Unusual hours with no more told hours between them than a day belong together: 14 o'clock on three days in a row."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """From when on something unusual is worth a word.

    Attributes:
        floor: the least spread that counts, in the metric's unit: less is noise of measuring and rounding.
        above: by how much it must lie above the usual value.
        matters: below this nobody would care.
        hours: how many hours of it there must be.
        advice: page of advice.
    """

    floor: float
    above: float
    matters: float
    hours: int
    advice: str


THRESHOLDS: Mapping[Metric, Threshold] = {
    # A processor that is half busy for a whole hour makes people wait.
    Metric.CPU: Threshold(floor=4.0, above=25.0, matters=50.0, hours=4, advice="cpu_busy"),
    # Systems use memory that is free; above 70 % it becomes a matter of what is left.
    Metric.MEMORY: Threshold(floor=3.0, above=12.0, matters=70.0, hours=6, advice="memory_full"),
    # A fan or a cooler that fails, or a room without cooling, is worth ten degrees.
    Metric.TEMPERATURE: Threshold(floor=2.0, above=10.0, matters=45.0, hours=3, advice="temperature_high"),
}


@dataclass(frozen=True, slots=True, eq=False)
class _Judged:
    """Hours that were compared.

    Attributes:
        hours: the values.
        flags: which of them are unusual.
        middle: what is usual then.
        low: what nine of ten weeks exceed.
        high: what one of ten weeks exceeds.
    """

    hours: Hourly
    flags: NDArray[np.bool_]
    middle: Values
    low: Values
    high: Values


def unusual_of(subject: Subject, metric: Metric, hours: Hourly, start: datetime, end: datetime) -> list[Unusual] | None:
    """Return what was unusual, by time; None where the past is too short to say.

    Args:
        subject: the device.
        metric: what was measured.
        hours: what it was, hour by hour, with the past of `PAST_WEEKS` weeks before `start`.
        start: start of the hour from which on it is judged.
        end: end of the hour until which it is judged.
    """
    limit = THRESHOLDS[metric]
    judged = _judge(hours, start, end, limit)
    if judged is None:
        return None
    last = np.flatnonzero(judged.hours.told)
    found = []
    for places in _spells(judged.flags, judged.hours.told):
        if len(places) >= limit.hours:
            lasts = bool(len(last)) and not (judged.hours.told[places[-1] + 1 :]).any()
            found.append(_told(subject, metric, judged, places, lasts=lasts, advice=limit.advice))
    return found


def not_compared(subject: Subject, metrics: Sequence[Metric], hours: Hourly, start: datetime) -> NotCompared:
    """Return that a device cannot be compared with its past, and why."""
    weeks = weeks_told(hours.within(start - PAST_WEEKS * _WEEK, start))
    why = Text(
        f"比較できる過去が{weeks}週間分しかありません（{LEAST_WEEKS}週間以上が必要です）",
        f"only {weeks} weeks of its past are known; {LEAST_WEEKS} are needed",
    )
    return NotCompared(subject, tuple(metrics), why)


def _judge(hours: Hourly, start: datetime, end: datetime, limit: Threshold) -> _Judged | None:
    """Compare each week with the weeks before it; None where none could be."""
    window = hours.within(start, end)
    flags = np.zeros(len(window.values), bool)
    middle, low, high = (np.full(len(window.values), np.nan) for _ in range(3))
    compared = False
    for begin in range(0, len(window.values), HOURS_OF_WEEK):
        week = slice(begin, begin + HOURS_OF_WEEK)
        since = start + begin * HOUR
        usual = baseline(hours.within(since - PAST_WEEKS * _WEEK, since), limit.floor)
        if usual is None:
            continue
        compared = True
        values, at = window.values[week], window.hours_of_week[week]
        bar = np.maximum(usual.middle + np.maximum(_FAR * usual.spread, limit.above), usual.seen)[at]
        # A comparison with NaN is False: what was not told, or has no past, is not unusual.
        flags[week] = (values > bar) & (values >= limit.matters)
        middle[week], low[week], high[week] = usual.middle[at], usual.low[at], usual.high[at]
    return _Judged(window, flags, middle, low, high) if compared else None


def _spells(flags: NDArray[np.bool_], told: NDArray[np.bool_]) -> Iterator[NDArray[np.intp]]:
    """Yield the places of unusual hours that belong together; one without another beside it is left out."""
    order = np.flatnonzero(told)
    marks = flags[order]
    beside = np.zeros(len(marks), bool)
    beside[1:] |= marks[:-1]
    beside[:-1] |= marks[1:]
    places = np.flatnonzero(marks & beside)
    if len(places):
        # Hours in which a machine is off lie between nothing.
        yield from (order[part] for part in np.split(places, np.flatnonzero(np.diff(places) > _NEAR_HOURS) + 1))


def _told(
    subject: Subject, metric: Metric, judged: _Judged, places: NDArray[np.intp], *, lasts: bool, advice: str
) -> Unusual:
    values = judged.hours.values[places]
    # Told against the hour that is usually the busiest of them: against a quiet night everything looks unusual.
    most = int(places[np.lexsort((-places, values, judged.middle[places]))[-1]])
    moments = [judged.hours.at(int(place)) for place in places]
    days = sorted({moment.date() for moment in moments})
    low, high = float(judged.low[most]), float(judged.high[most])
    lowest, highest = float(values.min()), float(values.max())
    usual = _usual_text(metric, judged.hours.at(most), low, high)
    instead = _instead_text(metric, moments, days, lowest, highest, lasts=lasts)
    return Unusual(
        subject=subject,
        metric=metric,
        text=Text(f"{metric.text.ja}：{usual.ja}。{instead.ja}", f"{metric.text.en}: {usual.en}; {instead.en}"),
        since=moments[0],
        until=None if lasts else moments[-1] + HOUR,
        hours=len(places),
        days=len(days),
        usual_low=round(low, 1),
        usual_high=round(high, 1),
        lowest=round(lowest, 1),
        highest=round(highest, 1),
        advice=advice,
    )


_WEEKDAYS = tuple("月火水木金土日")
_WEEKDAYS_EN = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


def _usual_text(metric: Metric, moment: datetime, low: float, high: float) -> Text:
    unit, hour, day = metric.unit, moment.hour, moment.weekday()
    span = f"{low:.0f}" if round(low) == round(high) else f"{low:.0f}〜{high:.0f}"
    english = span.replace("〜", " to ")
    return Text(
        f"{_WEEKDAYS[day]}曜{hour}時の普段は{span}{unit}",
        f"usually {english} {_english(unit)} at {hour}:00 on {_WEEKDAYS_EN[day]}",
    )


def _instead_text(
    metric: Metric, moments: Sequence[datetime], days: Sequence[date], lowest: float, highest: float, *, lasts: bool
) -> Text:
    # Rounded down: what is told as the least must be true of every hour.
    least, most = int(lowest), f"{highest:.0f}"
    unit, english = metric.unit, _english(metric.unit)
    first, last, hours = days[0], days[-1], len(moments)
    level = Text(f"{least}{unit}以上（最高{most}{unit}）", f"{least} {english} or more, up to {most} {english}")
    if len(days) == 1:
        begun = moments[0].hour
        when = Text(
            f"{_day(first)}は{begun}時から{hours}時間", f"on {_day_en(first)} for {hours} hours from {begun}:00"
        )
    elif (last - first).days + 1 == len(days):
        when = Text(
            f"{_day(first)}から{_day(last)}まで{len(days)}日続けて計{hours}時間",
            f"on {len(days)} days in a row, {_day_en(first)} to {_day_en(last)}, for {hours} hours in all",
        )
    else:
        when = Text(
            f"{_day(first)}から{_day(last)}までのうち{len(days)}日、計{hours}時間",
            f"on {len(days)} of the days from {_day_en(first)} to {_day_en(last)}, for {hours} hours in all",
        )
    goes_on = Text("。期間の終わりも続いています", ", and still so at the end") if lasts else Text("", "")
    return Text(f"{when.ja}、{level.ja}{goes_on.ja}", f"{when.en}: {level.en}{goes_on.en}")


def _english(unit: str) -> str:
    return "°C" if unit == "℃" else unit


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _day_en(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]}"


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
