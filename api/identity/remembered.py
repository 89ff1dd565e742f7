"""What tokens open, remembered for half a second: a dashboard asks twenty times at once, a device sends its backlog."""

import time
from collections.abc import Callable
from threading import Lock
from typing import TypeVar

from api.gateway.grant import ReadGrant, Refusal, WriteGrant
from api.identity.tokens import secret_hash

REMEMBERED_S = 0.5
"""So long a token that was revoked, or whose contract was suspended, may still be good, in each process."""

_MOST = 10_000

Grant = TypeVar("Grant", ReadGrant, WriteGrant)


def remembered(
    lookup: Callable[[str], Grant | Refusal], clock: Callable[[], float] = time.monotonic
) -> Callable[[str], Grant | Refusal]:
    """Return a look-up that asks another one, at most every half second for the same token.

    Refusals are not remembered: a token that has just been issued is good at once, and who guesses fills no memory.
    A database that does not answer is a refusal too, so that nothing outlives its half second then.

    Args:
        lookup: the one that is asked.
        clock: seconds.
    """
    kept: dict[str, tuple[float, Grant]] = {}
    lock = Lock()

    def look_up(token: str) -> Grant | Refusal:
        key = secret_hash(token)
        now = clock()
        found = kept.get(key)
        if found is not None and now - found[0] < REMEMBERED_S:
            return found[1]
        grant = lookup(token)
        with lock:
            if isinstance(grant, Refusal):
                kept.pop(key, None)
            else:
                if len(kept) >= _MOST:
                    kept.clear()
                # The moment before the look-up: what it found may be as old as that.
                kept[key] = (now, grant)
        return grant

    return look_up
