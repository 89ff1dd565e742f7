"""How long disks and memory will do, by quarter, with ranges; the paces are those of the service's own forecasts.

What is used of a disk adds up, so its pace and range are Theil–Sen's, widened by how far a sum of days strays
(`api.forecasts.trend`). Memory does not add up: what counts is how much of it busy hours need, week by week, and its
range is that of the slope and of the weeks around it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from api.analysis.days import last_day, later, quarter_of
from api.analysis.devices.hourly import HOURS_OF_DAY, Hourly, Values
from api.analysis.devices.percentiles import percentiles
from api.analysis.devices.tree import Capacity, QuarterAhead, Resource
from api.analysis.tree import Quarter, Subject
from api.display.tokyo import TOKYO
from api.forecasts.points import NOT_TOLD_AFTER_DAYS
from api.forecasts.tracks import Track
from api.forecasts.trend import MIN_DAYS, MIN_READINGS, Slope, restart, theil_sen, wander
from collectors.text import Text

QUARTERS = 4
"""This quarter and the three after it: a budget year."""

REACH = 4.0
"""A pace is carried no further ahead than so many times the days it was seen for."""

LIMIT_PERCENT: Mapping[Resource, float] = {Resource.DISK: 90.0, Resource.MEMORY: 90.0}
"""Shares in use from which on there is too little room; of disks the same as on the status page."""

BUSY_SHARE = 95.0
"""Percentile of a day's hours that memory must be enough for."""

_FULL = 99.5
_LEAST_HOURS = 4
"""Told hours that a day must have to say what its busy hours needed."""

_NEWEST = 3
_SPREAD_90 = 1.6449 * 1.4826
"""Half the width of 90 % of a normal distribution over its median absolute deviation."""

_ADVICE = {Resource.DISK: "disk_fills_soon", Resource.MEMORY: "memory_full"}
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class _Pace:
    """How something goes on.

    Attributes:
        now: where it stands, %.
        slope: percent points a day.
        stray: how far a sum of days strays in a day, half the width of 90 %; 0 of what does not add up.
        noise: how far single readings lie from the pace, the same; 0 of what adds up.
        span: days that it was seen for.
    """

    now: float
    slope: Slope
    stray: float
    noise: float
    span: float

    @property
    def grows(self) -> bool:
        """Whether it is sure that it grows, by the measure of the service's forecasts."""
        return self.slope.middle > math.hypot(self.slope.middle - self.slope.low, self._strayed)

    @property
    def _strayed(self) -> float:
        # As in `api.forecasts.trend`: the slope of a random walk over T days varies by 6/5 of its variance, over T.
        return self.stray * math.sqrt(1.2 / self.span)

    def after(self, days: float) -> tuple[float, float, float]:
        """Return where it will stand, at the least and at the most."""
        middle = self.now + self.slope.middle * days
        apart = math.hypot(self.stray * math.sqrt(days), self._strayed * days, self.noise)
        least = math.hypot((self.slope.middle - self.slope.low) * days, apart)
        most = math.hypot((self.slope.high - self.slope.middle) * days, apart)
        return middle, middle - least, middle + most


def disk_capacity(subject: Subject, track: Track, today: float) -> Capacity:
    """Return how long the room of a volume will do.

    Args:
        subject: the device.
        track: what was used of it day by day.
        today: the moment up to which it is looked at, days since 1970.
    """
    part = track.tags.get("path", "")
    until = int(np.searchsorted(track.days, today, side="right"))
    days, used, end = track.days[:until], track.used[:until], track.end[:until]
    if not until or today - days[-1] > NOT_TOLD_AFTER_DAYS or end[-1] <= 0:
        return _untold(subject, Resource.DISK, part, None, _OLD)
    # In percent of the volume as it is now: one that was made larger is the emptier for it.
    percent = used * (100.0 / float(end[-1]))
    begin = restart(days, percent, track.kind.habits)
    return _capacity(subject, Resource.DISK, part, days[begin:], percent[begin:], today, adds_up=True)


def memory_capacity(subject: Subject, hours: Hourly, today: float) -> Capacity:
    """Return how long a device's memory will do.

    Args:
        subject: the device.
        hours: memory in use, mean of each hour, %; whole days of Tokyo.
        today: the moment up to which it is looked at, days since 1970.
    """
    days, needed = busy_days(hours)
    # A week's median day, so that neither weekends nor days off look like a change.
    weeks, most = _weekly(days, needed)
    if not len(weeks) or today - float(days[-1]) > _WEEK:
        return _untold(subject, Resource.MEMORY, "", None, _OLD)
    return _capacity(subject, Resource.MEMORY, "", weeks, most, today, adds_up=False)


_WEEK = 7.0


def busy_days(hours: Hourly) -> tuple[Values, Values]:
    """Return the days on which enough was told, as days since 1970 at their ends, and what their busy hours needed."""
    whole = len(hours.values) // HOURS_OF_DAY * HOURS_OF_DAY
    rows = hours.values[:whole].reshape(-1, HOURS_OF_DAY)
    first = hours.start.timestamp() / 86_400
    told = np.isfinite(rows).sum(axis=1) >= _LEAST_HOURS
    days = np.array(first + 1.0 + np.flatnonzero(told), np.float64)
    return days, percentiles(rows[told].T, BUSY_SHARE)[0]


def _weekly(days: Values, needed: Values) -> tuple[Values, Values]:
    """Return the last told day of each week, counted back from the newest day, and the median of its days."""
    if not len(days):
        return days, needed
    week = np.floor((days[-1] - days) / _WEEK).astype(int)
    numbers = np.unique(week)[::-1]
    ends = np.array([days[week == number][-1] for number in numbers], np.float64)
    return ends, np.array([np.median(needed[week == number]) for number in numbers], np.float64)


_OLD = Text("最近の値が届いていません", "nothing was told lately")


def _capacity(
    subject: Subject, resource: Resource, part: str, days: Values, percent: Values, today: float, *, adds_up: bool
) -> Capacity:
    now = float(np.median(percent[-_NEWEST:]))
    limit = LIMIT_PERCENT[resource]
    span = float(days[-1] - days[0])
    if len(days) < MIN_READINGS or span < MIN_DAYS - 1e-9:
        text = Text(
            f"増え方が分かるのはまだ{span:.0f}日分だけです（{MIN_DAYS:.0f}日以上が必要です）",
            f"how it grows is known for {span:.0f} days only; {MIN_DAYS:.0f} are needed",
        )
        return _untold(subject, resource, part, now, text)
    slope = theil_sen(days, percent)
    now = float(np.median(percent[-_NEWEST:] + slope.middle * (today - days[-_NEWEST:])))
    rest = percent - now - slope.middle * (days - today)
    stray, noise = (wander(days, percent, slope.middle), 0.0) if adds_up else (0.0, _SPREAD_90 * _deviation(rest))
    pace = _Pace(now, slope, stray, noise, span)
    if not math.isfinite(slope.low) or not math.isfinite(slope.high):
        return _untold(subject, resource, part, now, Text("値が少なすぎます", "too few values are known"))
    # What is not sure to grow is not carried on: a pace that is noise gives any number within a year.
    quarters = tuple(_ahead(pace, today)) if pace.grows else ()
    return _told(subject, resource, part, pace, limit, quarters, today)


def _ahead(pace: _Pace, today: float) -> list[QuarterAhead]:
    first = quarter_of(_day(today))
    found = []
    for number in range(QUARTERS):
        quarter = later(first, number)
        days = max(0.0, (last_day(quarter) - _EPOCH).days + 1 - today)
        if days > REACH * pace.span:
            break
        middle, low, high = pace.after(days)
        found.append(QuarterAhead(quarter, _share(middle), _share(low), _share(high)))
    return found


def _told(
    subject: Subject,
    resource: Resource,
    part: str,
    pace: _Pace,
    limit: float,
    quarters: tuple[QuarterAhead, ...],
    today: float,
) -> Capacity:
    reached = pace.now >= limit
    act = quarter_of(_day(today)) if reached else _first(quarters, limit)
    return Capacity(
        subject=subject,
        resource=resource,
        part=part,
        text=_text(resource, part, pace, limit, quarters, act),
        percent=round(_share(pace.now), 1),
        limit=limit,
        quarters=quarters,
        act_in=act,
        is_reached=reached,
        advice=_ADVICE[resource] if act else "",
    )


def _first(quarters: Sequence[QuarterAhead], limit: float) -> Quarter | None:
    return next((each.quarter for each in quarters if each.high >= limit), None)


def _text(
    resource: Resource,
    part: str,
    pace: _Pace,
    limit: float,
    quarters: Sequence[QuarterAhead],
    act: Quarter | None,
) -> Text:
    name = Text(f"{resource.text.ja}{f' {_named(part)}' if part else ''}", f"{resource.text.en} {_named(part)}".strip())
    now = f"{_share(pace.now):.0f}"
    if pace.now >= limit:
        full = next((each.quarter for each in quarters if each.percent >= _FULL), None)
        until = (
            Text(f"。このペースなら{full.text.ja}に満杯", f", full in {full.text.en} at this pace")
            if full
            else Text("", "")
        )
        return Text(
            f"{name.ja}は現在{now}%で、目安の{limit:g}%に達しています{until.ja}",
            f"{name.en} is at {now} %, the limit of {limit:g} % is reached{until.en}",
        )
    if not pace.grows:
        return Text(f"{name.ja}は現在{now}%。増える傾向はありません", f"{name.en} is at {now} %, not growing")
    if not quarters:
        return Text(f"{name.ja}は現在{now}%", f"{name.en} is at {now} %")
    last = quarters[-1]
    month = f"{30 * pace.slope.middle:.1f}"
    ahead = Text(
        f"30日に{month}ポイント増え、{last.quarter.text.ja}の末には{_range(last)}%の見込み",
        f"grows by {month} points in 30 days;"
        f" {_range(last).replace('〜', ' to ')} % by the end of {last.quarter.text.en}",
    )
    if act is None:
        return Text(f"{name.ja}は現在{now}%。{ahead.ja}", f"{name.en} is at {now} %, {ahead.en}")
    return Text(
        f"{name.ja}は現在{now}%。{ahead.ja}。早ければ{act.text.ja}に{limit:g}%に達します",
        f"{name.en} is at {now} %, {ahead.en}; may reach {limit:g} % in {act.text.en}",
    )


def _untold(subject: Subject, resource: Resource, part: str, percent: float | None, why: Text) -> Capacity:
    name = Text(f"{resource.text.ja}{f' {_named(part)}' if part else ''}", f"{resource.text.en} {_named(part)}".strip())
    limit = LIMIT_PERCENT[resource]
    return Capacity(
        subject=subject,
        resource=resource,
        part=part,
        text=Text(f"{name.ja}は予測できません。{why.ja}", f"{name.en} cannot be foreseen, {why.en}"),
        percent=None if percent is None else round(_share(percent), 1),
        limit=limit,
        quarters=(),
        act_in=None,
        is_reached=percent is not None and percent >= limit,
        advice=_ADVICE[resource] if percent is not None and percent >= limit else "",
    )


def _deviation(rest: Values) -> float:
    return float(np.median(np.abs(rest - np.median(rest))))


def _named(path: str) -> str:
    return path.removeprefix("\\") if path.endswith(":") else path


def _range(ahead: QuarterAhead) -> str:
    low, high = f"{ahead.low:.0f}", f"{ahead.high:.0f}"
    return low if low == high else f"{low}〜{high}"


def _share(percent: float) -> float:
    return min(100.0, max(0.0, percent))


def _day(moment: float) -> date:
    """Return the day of Tokyo that a moment, days since 1970 in UTC, lies in; midnight belongs to the day before."""
    return datetime.fromtimestamp(moment * 86_400 - 1e-3, TOKYO).date()
