"""Values are coloured from where the rules find something."""

import pytest

from alert_rules.registry import entries
from dashboards.boards import limits
from dashboards.panels.parts import Limits
from dashboards.states import ACT, ATTENTION, OK, State


def colored(by: Limits, value: float) -> str:
    """Return the colour that Grafana gives a value: that of the last step that it reaches."""
    steps = by.steps().build().steps
    return [step.color for step in steps if step.value is None or value >= step.value][-1]


@pytest.mark.parametrize(
    ("by", "value", "state"),
    [
        (limits.SPACE_USED, 90.0, OK),
        (limits.SPACE_USED, 90.1, ATTENTION),
        (limits.SPACE_USED, 97.1, ACT),
        (limits.SUPPLY_LEFT, 10.1, OK),
        (limits.SUPPLY_LEFT, 10.0, ATTENTION),
        (limits.SUPPLY_LEFT, 0.0, ACT),
        (limits.SUPPORT_LEFT, 181, OK),
        (limits.SUPPORT_LEFT, 180, ATTENTION),
        (limits.SUPPORT_LEFT, 0, ATTENTION),
        (limits.SUPPORT_LEFT, -1, ACT),
        (limits.SUPPLY_DAYS, 14, OK),
        (limits.SUPPLY_DAYS, 13.9, ATTENTION),
        (limits.SUPPLY_DAYS, 0, ATTENTION),
        (limits.PROCESSOR_USED, 90.0, OK),
        (limits.PROCESSOR_USED, 90.1, ATTENTION),
        (limits.PROCESSOR_USED, 100.0, ATTENTION),
        (limits.ENDURANCE_USED, 85.0, ATTENTION),
        (limits.QUOTA, 100.0, ACT),
    ],
)
def test_a_value_has_the_colour_that_the_rules_give_it(by: Limits, value: float, state: State) -> None:
    assert colored(by, value) == state.color


def test_no_value_is_unknown() -> None:
    assert limits.SPACE_USED.steps(unknown=True).build().steps[0].color not in {OK.color, ATTENTION.color, ACT.color}


def test_the_rules_numbers_are_those_of_the_files() -> None:
    assert limits.SPACE_USED.attention == pytest.approx(entries()["disk_nearly_full"].rule.limit, abs=0.02)
