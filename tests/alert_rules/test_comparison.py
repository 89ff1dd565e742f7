import msgspec
import numpy as np
import pytest

from alert_rules.backtest import Past, Spell
from alert_rules.comparison import compare, propose, tally
from alert_rules.machine import Bounds
from alert_rules.registry import entries
from alert_rules.rule import Compare, Rule
from alert_rules.series import Grid

DISK = entries()["disk_nearly_full"].rule
assert DISK.parameter is not None
PARAMETER = DISK.parameter
WEEK_OF_HOURS = 7 * 24


def spell(host: str, opened: int, closed: int | None) -> Spell:
    return Spell(("c", "s", "d", host, "C:"), opened, closed, None, 95.0, 97.0, 90.0)


def past_of(*series: list[float], **changed: object) -> Past:
    rule: Rule = msgspec.structs.replace(DISK, **{"pending": "0s", "margin": 0.0, **changed})
    grid = Grid(0, 3600, len(series[0]), 1)
    named = [(("c", "s", "d", f"pc{index}", "C:"), np.array(values)) for index, values in enumerate(series)]
    return Past(Bounds.of(rule), grid, list(named))


def test_what_overlaps_in_time_is_the_same_finding() -> None:
    today = [spell("pc1", 0, 100), spell("pc1", 200, 300), spell("pc2", 0, None)]
    other = [spell("pc1", 50, 150), spell("pc2", 500, 600), spell("pc3", 0, 10)]

    found = compare(today, other)

    assert found.missed == [today[1]]
    assert found.gained == [other[2]]


def test_findings_are_counted_a_device_and_week() -> None:
    past = past_of([80.0] * WEEK_OF_HOURS * 2)

    found = tally([spell("pc1", 0, 3600), spell("pc1", 7200, None)], past, devices=4)

    assert (found.count, found.per_device_week) == (2, 0.25)
    assert found.open_s == 3600 + WEEK_OF_HOURS * 2 * 3600 - 7200
    assert tally([], past, devices=0).per_device_week is None


@pytest.mark.parametrize(
    ("budget", "expected"),
    [
        # pc0 is once above 70, pc1 once above 95 and once above 85: at 85 there are two findings, at 84 three.
        (0.0, 96.0),
        (0.5, 86.0),
        (1.0, 71.0),
        (1.5, 50.0),
    ],
)
def test_it_proposes_the_most_watchful_threshold_within_the_budget(budget: float, expected: float) -> None:
    flat = [40.0] * WEEK_OF_HOURS
    one, other = list(flat), list(flat)
    one[5] = 71.0
    other[50], other[90] = 96.0, 86.0

    assert propose(past_of(one, other), PARAMETER, devices=2, budget=budget) == expected


def test_downward_the_highest_threshold_is_the_most_watchful_one() -> None:
    past = past_of([60.0, *[80.0] * (WEEK_OF_HOURS - 1)], compare=Compare.BELOW)

    assert propose(past, PARAMETER, devices=1, budget=0) == 60.0


def test_where_even_the_laziest_spends_too_much_there_is_no_proposal() -> None:
    past = past_of([99.9] * WEEK_OF_HOURS)

    assert propose(past, PARAMETER, devices=1, budget=0) is None


def test_what_it_proposes_are_numbers_that_people_set() -> None:
    parameter = msgspec.structs.replace(PARAMETER, min=0.01, max=1.0)
    past = past_of([0.305] * WEEK_OF_HOURS)

    assert propose(past, parameter, devices=1, budget=0) == 0.31
