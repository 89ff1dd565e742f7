"""What was unusual about a device, measured by its own past, and in words.

Each week is compared with the twelve before it, so that what stays becomes usual. Unusual is an hour that lies far
above its usual value by its usual spread, above what is seen on one of twenty days, and where it matters. Only several
such hours near each other are told of, and only if the twelve weeks before had not two such times as long: a long job
that is run once a month, on whatever day, is how the machine is used.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from api.analysis.devices.baseline import LEAST_WEEKS, Baseline, baseline, weeks_told
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


_AS_LONG = 0.75
"""Share of its hours from which on a time before was as long."""

_USUAL_TIMES = 2
"""So many times as long in the weeks before, and it is how the machine is used."""


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
        usual: for each week what it was compared with; None where the past was too short.
    """

    hours: Hourly
    flags: NDArray[np.bool_]
    middle: Values
    low: Values
    high: Values
    usual: tuple[Baseline | None, ...]


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
    found = []
    for places in _spells(judged.flags, judged.hours.told):
        before = _times_before(hours, judged, places, limit) if len(places) >= limit.hours else _USUAL_TIMES
        if before < _USUAL_TIMES:
            lasts = not judged.hours.told[places[-1] + 1 :].any()
            found.append(_told(subject, metric, judged, places, _Beside(before, lasts, limit.advice)))
    return found


def not_compared(subject: Subject, metrics: Sequence[Metric], hours: Hourly, start: datetime) -> NotCompared:
    """Return that a device cannot be compared with its past, and why."""
    weeks = weeks_told(_before(hours, start))
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
    found: list[Baseline | None] = []
    for begin in range(0, len(window.values), HOURS_OF_WEEK):
        week = slice(begin, begin + HOURS_OF_WEEK)
        usual = baseline(_before(hours, window.start + begin * HOUR), limit.floor)
        found.append(usual)
        if usual is not None:
            at = window.hours_of_week[week]
            flags[week] = _stand_out(window.values[week], at, usual, limit)
            middle[week], low[week], high[week] = usual.middle[at], usual.low[at], usual.high[at]
    return _Judged(window, flags, middle, low, high, tuple(found)) if any(each is not None for each in found) else None


def _before(hours: Hourly, moment: datetime) -> Hourly:
    return hours.within(moment - PAST_WEEKS * _WEEK, moment)


def _stand_out(values: Values, at: NDArray[np.int64], usual: Baseline, limit: Threshold) -> NDArray[np.bool_]:
    """Tell which values are unusual; what was not told, or has no past, is not: comparing with NaN is False."""
    bar = np.maximum(usual.middle + np.maximum(_FAR * usual.spread, limit.above), usual.seen)[at]
    return np.asarray((values > bar) & (values >= limit.matters), np.bool_)


def _times_before(hours: Hourly, judged: _Judged, places: NDArray[np.intp], limit: Threshold) -> int:
    """Return how often it was as unusual for as long in the weeks with which the first hour was compared."""
    week = int(places[0]) // HOURS_OF_WEEK
    usual = judged.usual[week]
    if usual is None:
        return 0
    past = _before(hours, judged.hours.start + week * _WEEK)
    flags = _stand_out(past.values, past.hours_of_week, usual, limit)
    return sum(len(spell) >= _AS_LONG * len(places) for spell in _spells(flags, past.told))


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


@dataclass(frozen=True, slots=True)
class _Beside:
    """What else is told of an unusual time: how often it came before, whether it lasts, and a page of advice."""

    before: int
    lasts: bool
    advice: str


def _told(subject: Subject, metric: Metric, judged: _Judged, places: NDArray[np.intp], beside: _Beside) -> Unusual:
    values = judged.hours.values[places]
    # Told against the hour that is usually the busiest of them: against a quiet night everything looks unusual.
    most = int(places[np.lexsort((-places, values, judged.middle[places]))[-1]])
    moments = [judged.hours.at(int(place)) for place in places]
    days = sorted({moment.date() for moment in moments})
    low, high = float(judged.low[most]), float(judged.high[most])
    lowest, highest = float(values.min()), float(values.max())
    usual = _usual_text(metric, judged.hours.at(most), low, high)
    instead = _instead_text(metric, moments, days, lowest, highest)
    more = _beside_text(beside)
    return Unusual(
        subject=subject,
        metric=metric,
        text=Text(
            f"{metric.text.ja}：{usual.ja}。{instead.ja}{more.ja}",
            f"{metric.text.en}: {usual.en}; {instead.en}{more.en}",
        ),
        since=moments[0],
        until=None if beside.lasts else moments[-1] + HOUR,
        hours=len(places),
        days=len(days),
        usual_low=round(low, 1),
        usual_high=round(high, 1),
        lowest=round(lowest, 1),
        highest=round(highest, 1),
        before=beside.before,
        advice=beside.advice,
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
    metric: Metric, moments: Sequence[datetime], days: Sequence[date], lowest: float, highest: float
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
    return Text(f"{when.ja}、{level.ja}", f"{when.en}: {level.en}")


def _beside_text(beside: _Beside) -> Text:
    goes_on = Text("。期間の終わりも続いています", ", and still so at the end") if beside.lasts else Text("", "")
    if not beside.before:
        return goes_on
    return Text(
        f"{goes_on.ja}。それまでの{PAST_WEEKS}週間にも{beside.before}回ありました",
        f"{goes_on.en}; in the {PAST_WEEKS} weeks before it was so, too (times: {beside.before})",
    )


def _english(unit: str) -> str:
    return "°C" if unit == "℃" else unit


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _day_en(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]}"


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
