"""Turns: how many queries run at the same time, for each token and in all."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

PLACES = 24
"""Queries of all tokens that one worker runs or lets wait; the rest of its threads are left to writes."""

WAIT_S = 15.0
"""How long a query waits for others of its token."""


class NoTurn(Exception):
    """The query cannot run now; the message says what to do."""


class Turns:
    """Gives out turns; whoever opens a dashboard of twenty panels waits a little instead of being refused."""

    def __init__(self, per_token: int, places: int = PLACES, wait_s: float = WAIT_S) -> None:
        self._per_token = per_token
        self._places = places
        self._wait_s = wait_s
        self._running: Counter[str] = Counter()
        self._taken = 0
        self._changed = Condition()

    @contextmanager
    def turn(self, token: str) -> Iterator[None]:
        """Hold a turn.

        Raises:
            NoTurn: too many queries are under way.
        """
        self._take(token)
        try:
            yield
        finally:
            with self._changed:
                self._taken -= 1
                self._running[token] -= 1
                if not self._running[token]:
                    del self._running[token]
                self._changed.notify_all()

    def _take(self, token: str) -> None:
        until = time.monotonic() + self._wait_s
        with self._changed:
            if self._taken >= self._places:
                raise NoTurn(f"{self._places} queries are under way; ask again in a moment")
            self._taken += 1
            while self._running[token] >= self._per_token:
                left = until - time.monotonic()
                if left <= 0 or not self._changed.wait(left):
                    self._taken -= 1
                    raise NoTurn(f"{self._per_token} queries of this token are running already; ask again in a moment")
            self._running[token] += 1
