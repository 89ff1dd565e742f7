"""Points of hours that are over: their hours must be rolled up again, so they are noted before they are confirmed."""

from collections.abc import Callable

from api.gateway.window import PRECISIONS

_HOUR_S = 3600

OPEN_S = 60
"""How long an hour still counts as open after its end. Nobody rolls it up so early, and without this the last points of
each hour, which every agent sends just after it, would all be noted."""

NoteLate = Callable[[str, int], None]
"""(public id of the contract, start of a UTC hour in Unix nanoseconds): from this hour on the contract got points that
its rollup may lack. Called once they are stored and before they are confirmed."""


class NotNoted(Exception):
    """The note could not be kept, so the points must not be confirmed."""


def late_hour_ns(oldest: int | None, precision: str, now_s: float) -> int | None:
    """Return the start of the hour from which a stored batch is late, Unix nanoseconds; None if it is not.

    Args:
        oldest: time of its oldest point, in the precision in which it was forwarded; None where no point has a time.
        precision: "ns", "us", "ms" or "s".
        now_s: when the engine had stored it, Unix seconds; not earlier, as an hour may end meanwhile.
    """
    if oldest is None:
        return None
    per_second = PRECISIONS[precision][2]
    hour_s = oldest // per_second // _HOUR_S * _HOUR_S
    return hour_s * 10**9 if hour_s + _HOUR_S <= now_s - OPEN_S else None
