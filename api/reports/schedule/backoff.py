"""When a report that could not be made is tried again, and when it is given up. No I/O."""

from datetime import datetime, timedelta

from api.relay.backoff import next_try

GIVE_UP_AFTER = timedelta(days=7)
"""An engine that is away for longer is a matter for people, who then build what is missing by hand."""


def next_at(attempts: int, now: datetime, share: float) -> datetime:
    """Return when to try again; doubled each time, up to half an hour.

    Args:
        attempts: how often it was tried.
        now: this moment.
        share: a random number from 0 to 1.
    """
    return now + next_try(attempts, None, share)


def is_given_up(created_at: datetime, next_at: datetime) -> bool:
    """Tell whether the next attempt would be too late."""
    return next_at - created_at > GIVE_UP_AFTER
