"""When a failed delivery is tried again, and when it is given up. No I/O."""

from datetime import datetime, timedelta

FIRST_S = 15.0
LONGEST_S = 1800.0
GIVE_UP_AFTER = timedelta(days=1)
"""Mail servers try for four to five days (RFC 5321, 4.5.4.1); but an alert that is a day old tells nothing that the
dashboards do not."""


def next_try(attempts: int, asked_s: float | None, share: float) -> timedelta:
    """Return how long to wait after a failed attempt.

    Doubled each time, up to half an hour, with a random part so that a service that comes back is not met by all at
    once; never before the time that the service asked for.

    Args:
        attempts: how many there were, at least 1.
        asked_s: what the service asked for (Retry-After), seconds; None if it did not.
        share: a random number from 0 to 1.
    """
    longest = min(LONGEST_S, FIRST_S * 2.0 ** (min(attempts, 20) - 1))
    waited = longest * (0.5 + share / 2)
    return timedelta(seconds=max(waited, asked_s or 0.0))


def is_given_up(created_at: datetime, next_at: datetime) -> bool:
    """Tell whether a delivery's next attempt would come too late to be of use."""
    return next_at - created_at > GIVE_UP_AFTER
