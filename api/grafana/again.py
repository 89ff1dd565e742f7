"""Asking again where Grafana failed for the moment: it restarts, its database is locked, the connection was closed."""

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from grafana_client.client import GrafanaException
from requests.exceptions import Timeout

T = TypeVar("T")

PAUSES_S = (0.5, 1.0, 2.0)
"""What a restart behind a proxy or a lock of SQLite takes; what lasts longer is left to the next run."""

_PASSING = frozenset({429, 500, 502, 503, 504})


def is_passing(error: Exception) -> bool:
    """Tell whether the same request may well succeed in a moment.

    An answer that did not come in time is none such: asking again takes as long, and burdens a Grafana that is slow.
    """
    if isinstance(error, GrafanaException):
        return error.status_code in _PASSING
    # A body that is no JSON is an OSError of the HTTP library as well as a ValueError; it comes from another program.
    return isinstance(error, OSError) and not isinstance(error, Timeout | ValueError)


def asked_again(
    ask: Callable[[], T], pauses_s: Sequence[float] = PAUSES_S, pause: Callable[[float], None] = time.sleep
) -> T:
    """Return what a request gives that does no harm if it is carried out twice.

    Args:
        ask: sends it.
        pauses_s: seconds before each further try.
        pause: waits.

    Raises:
        Exception: of the last try.
    """
    for seconds in pauses_s:
        try:
            return ask()
        except (GrafanaException, OSError) as error:
            if not is_passing(error):
                raise
        pause(seconds)
    return ask()
