"""Forecasts beside what then came: simulated use of which the last day is known, drawn from fixed seeds."""

from collections.abc import Callable

import numpy as np
import pytest

from api.forecasts.trend import Habits, Outlook, State, Values, outlook

HABITS = Habits(fall=8.0)
DRAWS = 200

Use = Callable[[np.random.Generator], Values]
"""What is used on each of many days."""


def even(_rng: np.random.Generator) -> Values:
    return np.full(2000, 1.0)


def irregular(rng: np.random.Generator) -> Values:
    return rng.gamma(4.0, 0.25, 2000)


def wild(rng: np.random.Generator) -> Values:
    return rng.gamma(1.0, 1.0, 2000)


def weekdays(rng: np.random.Generator) -> Values:
    week = np.array([1.4, 1.4, 1.4, 1.4, 1.4, 0.0, 0.0])
    return np.roll(np.tile(week, 286), rng.integers(7)) * rng.uniform(0.5, 1.5, 2002)


def draws(use: Use, days: int, noise: float) -> list[tuple[Outlook, float]]:
    """Return what is forecast after so many days, and how many it then lasted."""
    found = []
    for seed in range(DRAWS):
        rng = np.random.default_rng(seed)
        right = 10.0 + np.cumsum(use(rng))
        truth = float(np.argmax(right >= 100.0)) - (days - 1)
        read = right[:days] + rng.normal(0, noise, days)
        found.append((outlook(np.arange(float(days)), read, 100.0, days - 1.0, HABITS), truth))
    return found


@pytest.mark.parametrize("days", [15, 28, 60])
@pytest.mark.parametrize("noise", [0.0, 1.0])
@pytest.mark.parametrize("use", [even, irregular, wild, weekdays], ids=lambda use: use.__name__)
def test_the_range_holds_what_came_and_the_estimate_is_near(use: Use, noise: float, days: int) -> None:
    told = [(found, truth) for found, truth in draws(use, days, noise) if found.state is State.OK]
    off = np.array([(found.days or 0) / truth - 1 for found, truth in told])
    held = [(found.low or 0) <= truth + 1 and truth - 1 <= (found.high or np.inf) for found, truth in told]

    assert len(told) >= 0.8 * DRAWS
    assert np.mean(held) >= 0.75
    assert abs(np.median(off)) < 0.1


def walk(rng: np.random.Generator, days: int) -> Values:
    return 50.0 + np.cumsum(rng.normal(0, 0.5, days))


def still(rng: np.random.Generator, days: int) -> Values:
    return 50.0 + rng.normal(0, 2.0, days)


def weekly(rng: np.random.Generator, days: int) -> Values:
    return 50.0 + 10.0 * ((np.arange(days) + rng.integers(7)) % 7) / 7


@pytest.mark.parametrize("days", [28, 60, 90])
@pytest.mark.parametrize("use", [walk, still, weekly], ids=lambda use: use.__name__)
def test_it_is_seldom_sure_of_a_trend_that_there_is_not(
    use: Callable[[np.random.Generator, int], Values], days: int
) -> None:
    rng = np.random.default_rng(days)
    found = [outlook(np.arange(float(days)), use(rng, days), 100.0, days - 1.0, HABITS) for _ in range(DRAWS)]

    assert sum(each.state is State.OK for each in found) <= 0.1 * DRAWS
