"""Times of an answer in the form that was asked for.

Source: https://docs.influxdata.com/influxdb/v1/tools/api/#query-http-endpoint, `epoch`
"""

from collections.abc import Callable
from datetime import UTC, datetime

_NS = {"ns": 1, "u": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}


def time_teller(epoch: str) -> Callable[[int], int | str]:
    """Return what tells a time, given in Unix nanoseconds.

    Args:
        epoch: "ns", "u", "ms", "s", "m" or "h" for a number of it; "" for RFC 3339, of times at a full second.
    """
    if epoch:
        length = _NS[epoch]
        return lambda ns: ns // length
    return lambda ns: datetime.fromtimestamp(ns // 10**9, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
