"""What a process of the gateway did: since it started, and since somebody last took it away to store it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock


@dataclass(frozen=True, slots=True)
class Taken:
    """What was done in a span.

    Attributes:
        counts: by name; a name that is not there was not counted.
        timed: how many requests were timed.
        total_s: the time of all of them, seconds.
        longest_s: the time of the longest.
    """

    counts: Mapping[str, int]
    timed: int
    total_s: float
    longest_s: float


class Counters:
    """Counts that many threads may raise."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: Counter[str] = Counter()
        self._before: Counter[str] = Counter()
        self._timed = 0
        self._total_s = self._longest_s = 0.0

    def add(self, **amounts: int) -> None:
        """Raise each named count."""
        with self._lock:
            self._counts.update(amounts)

    def took(self, seconds: float) -> None:
        """Note how long a request took."""
        with self._lock:
            self._timed += 1
            self._total_s += seconds
            self._longest_s = max(self._longest_s, seconds)

    def snapshot(self) -> dict[str, int]:
        """Return the counts since the process started, by name.

        `requests` seen; `requests_failed` answered with something else than 204; `lines_forwarded` to an engine that
        answered; `lines_refused`; `tags_dropped` and `fields_dropped` (not in the catalogue); `engine_unavailable`
        (requests that found the engine away or busy).
        """
        with self._lock:
            return dict(self._counts)

    def take(self) -> Taken:
        """Return what was done since this was last called."""
        with self._lock:
            done = self._counts - self._before
            taken = Taken(done, self._timed, self._total_s, self._longest_s)
            self._before = self._counts.copy()
            self._timed, self._total_s, self._longest_s = 0, 0.0, 0.0
            return taken
