"""Hours and drives made by hand, for the analysis of devices."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import numpy as np

from api.analysis.devices.history import DriveHistory, DriveToday
from api.analysis.devices.hourly import HOUR, Hourly
from api.analysis.tree import Subject
from api.display.tokyo import TOKYO
from collectors.inputs.smart.drive import Kind

MONDAY = datetime(2026, 9, 7, tzinfo=TOKYO)
"""A Monday, midnight in Tokyo."""

TODAY = 20_700.0
"""A day, as drives count them."""

PC = Subject("d-pc", "KEIRI-PC01", "pc", "本店")
SERVER = Subject("d-server", "SV-KAIKEI", "server", "本店")

Shape = Callable[[datetime], float]
"""Start of an hour in Tokyo -> value; NaN for none."""


def office_day(moment: datetime, idle: float = 3.0, busy: float = 20.0) -> float:
    """Return what a processor does that people use on working days from 9 to 18."""
    return busy if moment.weekday() < 5 and 9 <= moment.hour < 18 else idle


def noisy(shape: Shape, size: float = 1.0, seed: int = 1) -> Shape:
    """Return a shape with even noise of so much on both sides, always the same."""
    random = np.random.default_rng(seed)
    return lambda moment: shape(moment) + float(random.uniform(-size, size))


def weeks(shape: Shape, count: float, start: datetime = MONDAY) -> Hourly:
    """Return so many weeks of a shape."""
    hours = round(count * 168)
    return Hourly(start, np.array([shape((start + place * HOUR).astimezone(TOKYO)) for place in range(hours)]))


def after(count: float, start: datetime = MONDAY) -> datetime:
    """Return the moment so many weeks later."""
    return start + timedelta(weeks=count)


def drive(
    counts: Mapping[str, Sequence[float | None]],
    kind: Kind = Kind.HDD,
    today: DriveToday | None = None,
    *,
    days: Sequence[float] = (),
    celsius: Sequence[float] = (),
    serial: str = "S1",
    name: str = "sda",
) -> DriveHistory:
    """Return a drive that was read once a day until today."""
    length = max((len(values) for values in counts.values()), default=len(days))
    at = np.array(days, np.float64) if len(days) else TODAY - np.arange(length, dtype=np.float64)[::-1]
    return DriveHistory(
        device=PC.id,
        name=name,
        model="Sample HDD",
        serial=serial,
        kind=kind,
        days=at,
        counts={
            key: np.array([np.nan if each is None else each for each in values], np.float64)
            for key, values in counts.items()
        },
        celsius=np.array(celsius, np.float64) if len(celsius) else np.full(len(at), 35.0),
        today=today or DriveToday(),
    )
