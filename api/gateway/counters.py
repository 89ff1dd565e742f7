"""What the gateway did since its process started, for `/metrics`."""

from collections import Counter
from threading import Lock


class Counters:
    """Counts that many threads may raise."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: Counter[str] = Counter()

    def add(self, **amounts: int) -> None:
        """Raise each named count."""
        with self._lock:
            self._counts.update(amounts)

    def snapshot(self) -> dict[str, int]:
        """Return the counts by name.

        `requests` seen; `lines_forwarded` to an engine that answered; `lines_refused`; `tags_dropped` and
        `fields_dropped` (not in the catalogue); `engine_unavailable` (requests that found the engine away or busy).
        """
        with self._lock:
            return dict(self._counts)
