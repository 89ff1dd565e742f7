"""Findings that come and go: told until it is clear that they do, then not again until they settle. No I/O."""

from collections.abc import Sequence
from datetime import datetime, timedelta

LOOK_BACK = timedelta(hours=6)
OPENINGS = 4
"""The so many-th opening within `LOOK_BACK` is told as the last one until it settles."""

SETTLED_AFTER = timedelta(hours=1)


def openings_until(opened: Sequence[datetime], at: datetime) -> int:
    """Return how often a series opened within `LOOK_BACK` up to a moment, that moment included."""
    return sum(at - LOOK_BACK < each <= at for each in opened)


def is_damped(openings: int, *, opening: bool) -> bool:
    """Tell whether a transition waits until the series has settled.

    The opening that makes it clear is told, with a word that no more follow; the closing after it is damped already.
    """
    return openings > OPENINGS if opening else openings >= OPENINGS
