"""Work that is looked for again and again beside the jobs of the clock, as it must not wait for them."""

import logging
import threading
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

_log = logging.getLogger(__name__)


def go_on(what: str, step: Callable[[], bool], stop: threading.Event, looks_every_s: float) -> None:
    """Take steps until `stop` is set. What fails for a moment, e.g. the database, is tried again.

    Args:
        what: named in the log.
        step: does one thing that is due, and tells whether there was one.
        stop: ends it.
        looks_every_s: seconds between looks where nothing was due.
    """
    while not stop.is_set():
        try:
            busy = step()
        except SQLAlchemyError as error:
            _log.warning("%s: the database failed: %s", what, str(error).splitlines()[0])
            busy = False
        if not busy:
            stop.wait(looks_every_s)
