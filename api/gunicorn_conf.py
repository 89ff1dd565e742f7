"""gunicorn's settings: `gunicorn -c python:api.gunicorn_conf`, to which bind address and workers may be added.

Threads wait for the time-series engine most of the time, so a few per worker keep both busy. Everything that waits is
bounded: connections per worker, the listen queue, header sizes, silence within a body; the size of a body is bounded
by the gateway itself.
"""

import gc
import threading
from pathlib import Path
from typing import Any

from api.influxql.parser import prepare
from api.standing.gateway import Reporter

wsgi_app = "api.app:create_app()"
bind = ["127.0.0.1:8100"]
workers = 1
worker_class = "api.gunicorn_worker.StayingWorker"
# Where there is memory for it: on a busy disk the sign of life could come too late.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  # gunicorn makes an unnamed file there
# Queries may take 24 of these (`api.gateway.query.turns`), so that a dashboard never keeps a device from writing.
threads = 32
worker_connections = 512
backlog = 256
# Longer than an agent's interval of a minute, so that a device keeps its connection.
keepalive = 75
# The engine may take its time under load; the write itself ends after 90 seconds.
timeout = 120
graceful_timeout = 30
# As long as gunicorn allows: `GET /query` has the query in it. Longer ones come by POST.
limit_request_line = 8190
limit_request_fields = 50
limit_request_field_size = 8190
# Forks share the code of one import; nothing connects before the fork.
preload_app = False
# A token may be in the query of InfluxDB 1's `/write`, so requests are not logged here.
accesslog = None
# Nobody manages it from outside; it would open a socket in the home directory.
control_socket_disable = True
errorlog = "-"
loglevel = "warning"

_BODY_SILENCE_S = 30.0


def pre_request(_worker: Any, request: Any) -> None:
    """Let no sender hold a thread by falling silent in the middle of its body."""
    request.unreader.sock.settimeout(_BODY_SILENCE_S)


def post_worker_init(worker: Any) -> None:
    """Let each process store what it does: no other one can know."""
    # What is loaded by now stays for good: looking through it for garbage would hold up one answer in some hundred.
    gc.collect()
    gc.freeze()
    extensions = getattr(worker.wsgi, "extensions", {})
    if "karte_config" in extensions:
        gateway, queries = extensions["karte_gateway"], extensions["karte_queries"]
        database = extensions["karte_config"].influx_database
        worker.reporter = Reporter(extensions["karte_engine"], database, gateway.counters, queries.counters)
        worker.reporter.start()
        # Devices may write at once; by the time that somebody opens a dashboard, queries can be read.
        threading.Thread(target=prepare, name="prepare", daemon=True).start()


def worker_exit(_server: Any, worker: Any) -> None:
    """Store what came since the last time."""
    reporter = getattr(worker, "reporter", None)
    if reporter is not None:
        reporter.stop()
