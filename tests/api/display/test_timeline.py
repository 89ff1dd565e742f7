"""Lanes of spells: where they lie, how two sets are told apart, and what a screen reader says."""

import re

import pytest

from api.display.timeline import WIDTH, Stretch, lane


def bars(drawing: str, kind: str) -> list[tuple[float, float, float, float]]:
    """x, width, y and height of the bars of a kind."""
    found = re.findall(rf'<rect class="{kind}" x="(.*?)" y="(.*?)" width="(.*?)" height="(.*?)"', drawing)
    return [(float(x), float(width), float(y), float(height)) for x, y, width, height in found]


def test_it_lays_bars_where_their_spells_are() -> None:
    drawing = lane([Stretch(0.25, 0.5)], None, "1件")

    assert bars(drawing, "today") == [(250.0, 250.0, 3.0, 18.0)]
    assert bars(drawing, "tried") == []
    assert "<title>1件</title>" in drawing


def test_two_sets_do_not_lie_on_each_other() -> None:
    drawing = lane([Stretch(0, 1)], [Stretch(0, 1)], "x")

    ((_, _, above, high),), ((_, _, below, _),) = bars(drawing, "today"), bars(drawing, "tried")
    assert above + high <= below


def test_a_set_without_spells_leaves_its_half_empty() -> None:
    drawing = lane([], [Stretch(0, 1)], "x")

    assert bars(drawing, "today") == []
    assert len(bars(drawing, "tried")) == 1


@pytest.mark.parametrize(
    "stretch", [Stretch(1, 1), Stretch(0.9999, 1), Stretch(0, 0), Stretch(-1, 2), Stretch(0.5, 0.5)]
)
def test_every_spell_can_be_seen_and_lies_within(stretch: Stretch) -> None:
    ((x, width, _y, _height),) = bars(lane([stretch], None, "x"), "today")

    assert width >= 3
    assert x >= 0
    assert x + width <= WIDTH


def test_a_title_cannot_break_out() -> None:
    assert "<b>" not in lane([], None, "<b>&\u202e")
