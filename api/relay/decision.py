"""What is done with a transition: it is told, held back or settled without a word. No I/O."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from api.models import Held, Told
from api.relay.flapping import OPENINGS, SETTLED_AFTER, is_damped

SETTLES_AFTER = timedelta(minutes=5)
"""After maintenance machines still start; what is over by then is no news."""

LOOKS_AGAIN_AFTER = timedelta(minutes=5)
"""How often it is asked whether the more urgent finding about the same is over."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a decision rests on.

    Attributes:
        opening: whether the finding opened, or else closed.
        at: when it did.
        now: this moment.
        held: why it waited until now; None where it did not.
        closed: whether the finding is closed by now.
        was_told: of a closing: whether its opening was told to anybody.
        opening_waits: of a closing: why its opening is still held back; None where it is not.
        maintenance_ends: when the maintenance ends that runs now or did as it happened; None where none did.
        snoozed_until: until when nobody wants to hear of the series; None where nobody asked for that.
        overridden: whether a more urgent finding about the same is open.
        openings: how often the series opened within a while up to this transition.
        is_latest: whether no later transition of the series is known.
    """

    opening: bool
    at: datetime
    now: datetime
    held: Held | None = None
    closed: bool = False
    was_told: bool = True
    opening_waits: Held | None = None
    maintenance_ends: datetime | None = None
    snoozed_until: datetime | None = None
    overridden: bool = False
    openings: int = 1
    is_latest: bool = True


@dataclass(frozen=True, slots=True)
class Tell:
    """It is told.

    Attributes:
        flaps: how often it came within a while, if that is to be said; 0 if not.
    """

    flaps: int = 0


@dataclass(frozen=True, slots=True)
class Hold:
    """It waits."""

    why: Held
    until: datetime


@dataclass(frozen=True, slots=True)
class Settle:
    """Nobody is told."""

    told: Told


Decision = Tell | Hold | Settle


def decide(facts: Facts) -> Decision:
    """Return what is done with a transition."""
    return _of_opening(facts) if facts.opening else _of_closing(facts)


def _of_opening(facts: Facts) -> Decision:
    if facts.closed and facts.held is not None:
        return Settle(Told.OVER)
    if facts.maintenance_ends is not None:
        return Hold(Held.MAINTENANCE, max(facts.maintenance_ends, facts.now) + SETTLES_AFTER)
    if facts.snoozed_until is not None and facts.now < facts.snoozed_until:
        return Hold(Held.SNOOZED, facts.snoozed_until)
    if facts.overridden:
        return Hold(Held.OVERRIDDEN, facts.now + LOOKS_AGAIN_AFTER)
    return _unless_it_flaps(facts)


def _of_closing(facts: Facts) -> Decision:
    if facts.held is None and facts.opening_waits not in (None, Held.FLAPPING):
        # The opening, when its time comes, finds itself over; there is nothing to take back.
        return Settle(Told.OVER)
    if not facts.was_told and not is_damped(facts.openings, opening=False):
        return Settle(Told.OVER)
    return _unless_it_flaps(facts)


def _unless_it_flaps(facts: Facts) -> Decision:
    if not is_damped(facts.openings, opening=facts.opening):
        return Tell(facts.openings if facts.openings == OPENINGS and facts.opening else 0)
    if not facts.is_latest:
        return Settle(Told.FLAPPING)
    if facts.now - facts.at < SETTLED_AFTER:
        return Hold(Held.FLAPPING, facts.at + SETTLED_AFTER)
    return Tell(facts.openings)
