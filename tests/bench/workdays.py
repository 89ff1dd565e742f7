"""Months of office PCs with nothing wrong but long jobs on random days, and the same with something wrong.

The model: a PC is on in office hours, now and then from 8 or until late, seldom on a Saturday, and off on holidays; its
hourly load is lognormal; on random days somebody runs a job of two to eight hours. What goes wrong is a program that
keeps the processors busy for three days.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from api.analysis.devices.hourly import Hourly, Values

WEEKS, JUDGED_WEEKS = 21, 9
_WRONG_DAYS = 3
_HOLIDAYS, _SATURDAYS = 0.06, 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Workdays:
    """A PC's processor over weeks.

    Attributes:
        well: with nothing wrong.
        ill: the same with something wrong.
        wrong: first and last hour of it, by their places.
    """

    well: Hourly
    ill: Hourly
    wrong: tuple[int, int]


def pcs(seed: int, count: int, jobs_a_month: float, start: datetime) -> Iterator[Workdays]:
    """Yield so many PCs, always the same for a seed; `start` is a Monday, midnight in Tokyo."""
    random = np.random.default_rng(seed)
    for _ in range(count):
        well = _weeks(random, jobs_a_month / 21)
        first = ((WEEKS - JUDGED_WEEKS) * 7 + int(random.integers(7, 7 * (JUDGED_WEEKS - 1)))) * 24
        wrong = slice(first, first + _WRONG_DAYS * 24)
        ill = well.copy()
        ill[wrong] = np.where(np.isfinite(ill[wrong]), random.normal(93, 3, _WRONG_DAYS * 24), np.nan)
        yield Workdays(Hourly(start, well), Hourly(start, np.minimum(ill, 100.0)), (first, wrong.stop))


def _weeks(random: np.random.Generator, jobs_a_day: float) -> Values:
    values = np.full((WEEKS * 7, 24), np.nan)
    base = float(random.uniform(4, 25))
    for day, hours in enumerate(values):
        is_on = random.random() < (_SATURDAYS if day % 7 >= 5 else 1 - _HOLIDAYS)
        if not is_on:
            continue
        begin, end = 9 - int(random.random() < 0.2), min(24, 17 + int(random.geometric(0.5)))
        hours[begin:end] = 2 + base * random.lognormal(-0.2, 0.6, end - begin)
        if random.random() < jobs_a_day:
            length = int(random.integers(2, 9))
            at = int(random.integers(begin, max(begin + 1, end - length)))
            job = hours[at : min(at + length, end)]
            job[:] = np.maximum(job, random.normal(80, 12, len(job)))
    capped: Values = np.minimum(values, 100.0).ravel()
    return capped
