"""What is done with a transition."""

from datetime import UTC, datetime, timedelta

import pytest

from api.models import Held, Told
from api.relay.decision import LOOKS_AGAIN_AFTER, SETTLES_AFTER, Facts, Hold, Settle, Tell, decide
from api.relay.flapping import LOOK_BACK, OPENINGS, SETTLED_AFTER, openings_until

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def opening(**known: object) -> Facts:
    return Facts(**({"opening": True, "at": NOW, "now": NOW} | known))  # type: ignore[arg-type]


def closing(**known: object) -> Facts:
    return Facts(**({"opening": False, "at": NOW, "now": NOW, "closed": True} | known))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (opening(), Tell()),
        (opening(closed=True), Tell()),
        (opening(maintenance_ends=NOW + HOUR), Hold(Held.MAINTENANCE, NOW + HOUR + SETTLES_AFTER)),
        (opening(maintenance_ends=NOW - HOUR), Hold(Held.MAINTENANCE, NOW + SETTLES_AFTER)),
        (opening(held=Held.MAINTENANCE), Tell()),
        (opening(held=Held.MAINTENANCE, closed=True), Settle(Told.OVER)),
        (opening(snoozed_until=NOW + HOUR), Hold(Held.SNOOZED, NOW + HOUR)),
        (opening(snoozed_until=NOW), Tell()),
        (opening(overridden=True), Hold(Held.OVERRIDDEN, NOW + LOOKS_AGAIN_AFTER)),
        (closing(), Tell()),
        (closing(was_told=False), Settle(Told.OVER)),
        (closing(was_told=False, opening_waits=Held.MAINTENANCE), Settle(Told.OVER)),
        (closing(was_told=False, opening_waits=Held.SNOOZED, openings=9), Settle(Told.OVER)),
        (closing(maintenance_ends=NOW + HOUR), Tell()),
    ],
    ids=str,
)
def test_decisions(facts: Facts, expected: object) -> None:
    assert decide(facts) == expected


def test_a_series_that_comes_and_goes_is_told_until_that_is_clear_and_then_once_it_has_settled() -> None:
    assert decide(opening(openings=OPENINGS - 1)) == Tell()
    assert decide(opening(openings=OPENINGS)) == Tell(OPENINGS)
    assert decide(closing(openings=OPENINGS)) == Hold(Held.FLAPPING, NOW + SETTLED_AFTER)
    assert decide(opening(openings=OPENINGS + 1)) == Hold(Held.FLAPPING, NOW + SETTLED_AFTER)
    later = NOW + SETTLED_AFTER
    assert decide(closing(now=later, held=Held.FLAPPING, openings=6, is_latest=False)) == Settle(Told.FLAPPING)
    assert decide(closing(now=later, held=Held.FLAPPING, openings=6, was_told=False)) == Tell(6)
    assert decide(opening(now=later, held=Held.FLAPPING, openings=6)) == Tell(6)


def test_openings_are_counted_within_a_while_up_to_the_moment() -> None:
    opened = [NOW - LOOK_BACK, NOW - LOOK_BACK + timedelta(seconds=1), NOW - HOUR, NOW, NOW + HOUR]

    assert openings_until(opened, NOW) == 3
