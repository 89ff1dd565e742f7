"""gunicorn's threaded worker, whose threads stay on a connection for a moment after they have answered.

gunicorn hands a kept connection back to its one event loop after every answer, and from there to a thread for the next
request. A dashboard sends one query after the other on a few connections: two changes of thread and a few system calls
each, half of what a request costs gunicorn. Here a thread waits a moment for the next request before it hands back.
"""

import select
from threading import Semaphore
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

STAY_MS = 50
"""How long a thread waits for the next request."""


class StayingWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no type hints
    """`gthread` with threads that stay.

    At most a quarter of them does at a time, so that there is always one for whoever comes new.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._places = Semaphore(self.cfg.threads // 4)

    def handle(self, conn: Any) -> Any:
        """Answer one request, and those that follow it at once."""
        kept = super().handle(conn)
        # Anything but True is gunicorn's word for "close" or "not begun yet".
        while kept is True and self._follows(conn):
            kept = super().handle(conn)
        return kept

    def _follows(self, conn: Any) -> bool:
        """Wait a moment; tell whether the next request has come."""
        if not self.alive or conn.is_http2:
            return False
        if conn.parser.unreader.buf.getvalue():
            return True  # it came together with the one before
        if not self._places.acquire(blocking=False):
            return False
        try:
            waiting = select.poll()
            waiting.register(conn.sock, select.POLLIN)
            return bool(waiting.poll(STAY_MS))
        finally:
            self._places.release()
