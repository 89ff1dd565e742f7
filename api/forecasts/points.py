"""Forecasts as points."""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from api.forecasts.tracks import DAY_NS, Track
from api.forecasts.trend import Outlook, State, outlook, steps_of
from collectors.point import FieldValue, Point
from collectors.service.forecast import FORECAST

GONE_AFTER_DAYS = 7.0
"""Of a thing of which nothing has been told for so long nothing is forecast: it is gone, or nobody can tell."""

NOT_TOLD_AFTER_DAYS = 3.0
"""A thing that is told of, but not how much is left of it, for so long."""


def forecast_points(contract: str, tracks: Iterable[Track], at_ns: int) -> Iterator[Point]:
    """Yield a point of everything that there still is.

    Args:
        contract: public id of the contract that the tracks are of.
        tracks: what was used day by day.
        at_ns: the moment for which the forecast is made, Unix nanoseconds; what came later is not looked at.
    """
    now = at_ns / DAY_NS
    for track in tracks:
        found = forecast(track, now)
        if found is not None:
            tags = {**track.tags, "contract": contract, "kind": track.kind.name}
            yield Point(FORECAST.name, tags, _fields(found, track.name), at_ns)


def forecast(track: Track, now: float) -> Outlook | None:
    """Return how long a thing will last, as of a moment in days; None where it is gone."""
    begin, until = np.searchsorted(track.days, (now - track.kind.looks_back_days, now), side="right")
    days = track.days[begin:until]
    heard = track.heard if track.heard <= now else float(days[-1]) if len(days) else -np.inf
    if now - heard > GONE_AFTER_DAYS:
        return None
    if not len(days) or now - days[-1] > max(NOT_TOLD_AFTER_DAYS, now - heard):
        return Outlook(State.NOT_TOLD, 0, 0.0)
    end = float(track.end[until - 1])
    if end <= 0:
        return Outlook(State.NOT_TOLD, 0, 0.0)
    # In percent of the way to the end as it is now: a disk that has grown is the emptier for it.
    used = track.used[begin:until] * (100.0 / end)
    return outlook(days, used, 100.0, now, track.kind.habits, _step(track) * 100.0 / end)


def _step(track: Track) -> float:
    if not track.kind.stepped:
        return 0.0
    return track.step if track.step is not None else steps_of(track.used)


def _fields(found: Outlook, name: str) -> Mapping[str, FieldValue]:
    numbers = {"days_left": found.days, "days_left_low": found.low, "days_left_high": found.high}
    fields: dict[str, FieldValue] = {key: round(value, 2) for key, value in numbers.items() if value is not None}
    fields |= {"state": found.state.value, "readings": found.readings, "span_days": round(found.span_days, 2)}
    if found.confidence is not None:
        fields["confidence"] = round(found.confidence, 4)
    if name:
        fields["description"] = name
    return fields
