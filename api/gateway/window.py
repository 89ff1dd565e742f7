"""Which times a point may carry, in the precision of the request."""

from dataclasses import dataclass

PRECISIONS: dict[str, tuple[str, int, int]] = {
    "n": ("ns", 1, 10**9),
    "ns": ("ns", 1, 10**9),
    "u": ("us", 1, 10**6),
    "us": ("us", 1, 10**6),
    "ms": ("ms", 1, 10**3),
    "s": ("s", 1, 1),
    # No engine but InfluxDB 1 takes minutes and hours, so these are sent on in seconds.
    "m": ("s", 60, 1),
    "h": ("s", 3600, 1),
}
"""Precision as sent -> precision as forwarded, factor between them, forwarded units in a second."""

V1_PRECISIONS = frozenset(PRECISIONS)
V2_PRECISIONS = frozenset({"ns", "us", "ms", "s"})


@dataclass(frozen=True, slots=True)
class Window:
    """The span of times that is accepted, both ends included.

    Attributes:
        precision: in which lines are forwarded to the engine: "ns", "us", "ms" or "s".
        factor: what a sent time is multiplied with; 1 but for minutes and hours.
        oldest: first accepted time, forwarded units.
        newest: last accepted time, forwarded units.
    """

    precision: str
    factor: int
    oldest: int
    newest: int

    def problem(self, time: int) -> str | None:
        """Return why a forwarded time is not accepted; None if it is."""
        if time < self.oldest:
            return "timestamp is older than the retention of raw data (or in another precision than the request says)"
        if time > self.newest:
            return "timestamp lies in the future (or is in another precision than the request says)"
        return None


def window(precision: str, now_s: float, retention_days: int, future_limit_s: int) -> Window:
    """Return the accepted span for a request that arrived at `now_s`, Unix seconds."""
    forwarded, factor, per_second = PRECISIONS[precision]
    now = int(now_s)
    return Window(forwarded, factor, (now - retention_days * 86_400) * per_second, (now + future_limit_s) * per_second)
