"""The service under gunicorn, its worker, and the agent, as children."""

import contextlib
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from api.local.child import start_child, stop_child
from api.local.datadir import DataDir
from api.local.grafana import password_path
from api.local.logs import last_line, open_log
from api.local.supervisor import ChildError
from collectors.text import Text

PREFERRED_PORT = 8100
ANY_PORT = 0
"""Asks `listen` for a port that nobody uses, whichever."""

_PORTS_TRIED = 50
_READY_WITHIN_S = 60.0


@dataclass(frozen=True, slots=True)
class Deployment:
    """How the service of one data directory is run.

    Attributes:
        data: the data directory.
        listener: where it listens, on the loopback; from `listen`, and open as long as the service shall run.
        influx_url: the engine.
        raw_retention_days: how long raw points are kept.
        grafana_url: where dashboards are; None where no Grafana runs.
    """

    data: DataDir
    listener: socket.socket
    influx_url: str
    raw_retention_days: int
    grafana_url: str | None = None

    @property
    def url(self) -> str:
        """How people and the agent reach the service."""
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def environment(self) -> Mapping[str, str]:
        """Return the settings as `api.config` reads them."""
        found = {
            "KARTE_DATABASE_URL": self.data.database_url,
            "KARTE_SECRET_KEY_FILE": str(self.data.secret_key_path),
            "KARTE_INFLUX_ENGINE": "influxdb1",
            "KARTE_INFLUX_URL": self.influx_url,
            "KARTE_RAW_RETENTION_DAYS": str(self.raw_retention_days),
            "KARTE_DATA_DIR": str(self.data.root),
            "KARTE_REPORT_DIR": str(self.data.reports),
            "KARTE_REPORT_ARCHIVE": "",  # within it, as the commands beside it expect
            "KARTE_PUBLIC_URL": self.url,
            "KARTE_STAFF_TOTP": "optional",  # it listens on the loopback only, and the first look should be easy
        }
        if self.grafana_url is None:
            return found
        return {
            **found,
            "KARTE_GRAFANA_URL": self.grafana_url,
            "KARTE_GRAFANA_PASSWORD_FILE": str(password_path(self.data)),
            "KARTE_GRAFANA_EXPORT_DIR": str(self.data.root / "grafana-export"),
        }


class PortTaken(Exception):
    """The port that was asked for is taken.

    Attributes:
        port: which.
    """

    def __init__(self, port: int) -> None:
        super().__init__(f"port {port} is taken")
        self.port = port


def listen(asked: int | None) -> socket.socket:
    """Return a listening loopback socket: on the port asked for, or on the first free one from `PREFERRED_PORT` on.

    The service inherits it. Whoever asks whether a port is free and binds it later may meet another program there and
    take its answers for the service's own.

    Raises:
        PortTaken: another program listens on the port that was asked for.
    """
    if asked is not None:
        return _bind(asked)
    for port in range(PREFERRED_PORT, PREFERRED_PORT + _PORTS_TRIED):
        with contextlib.suppress(PortTaken):
            return _bind(port)
    return _bind(ANY_PORT)


def _bind(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen()
    except OSError:
        listener.close()
        raise PortTaken(port) from None
    return listener


def start_service(deployment: Deployment) -> "subprocess.Popen[bytes]":
    """Start the service and wait until it answers.

    Raises:
        ChildError: it did not come up.
    """
    command = [
        *(sys.executable, "-m", "gunicorn", "-c", "python:api.gunicorn_conf"),
        *("--bind", f"fd://{deployment.listener.fileno()}", "api.app:create_app()"),
    ]
    log_path = deployment.data.log / "service.log"
    with open_log(log_path) as log:
        process = start_child(
            command,
            stdout=log,
            stderr=log,
            extra_env=deployment.environment(),
            sockets=[deployment.listener],
        )
    try:
        _wait_until_healthy(deployment.url, process, log_path)
    except BaseException:  # also a Ctrl-C: nobody else knows of the process yet
        stop_child(process)
        raise
    return process


def _wait_until_healthy(url: str, process: "subprocess.Popen[bytes]", log_path: Path) -> None:
    until = time.monotonic() + _READY_WITHIN_S
    while not is_healthy(url):
        if process.poll() is not None or time.monotonic() > until:
            why = last_line(log_path)
            raise ChildError(
                Text(
                    f"サービスが起動しませんでした。ログ {log_path}: {why}",
                    f"the service did not come up; its log is {log_path}: {why}",
                )
            )
        time.sleep(0.1)


def is_healthy(url: str) -> bool:
    """Tell whether the service says that it and what it needs work."""
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=5) as answer:  # noqa: S310  # always our loopback URL
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def start_worker(deployment: Deployment) -> "subprocess.Popen[bytes]":
    """Start what runs the service's jobs by the clock."""
    with open_log(deployment.data.log / "worker.log") as log:
        command = [sys.executable, "-m", "api.cli", "worker"]
        return start_child(command, stdout=log, stderr=log, extra_env=deployment.environment())


def start_agent(data: DataDir, config: Path) -> "subprocess.Popen[bytes]":
    """Start collecting on this machine."""
    command = [sys.executable, "-m", "api.cli", "agent", "run", "--config", str(config)]
    with open_log(data.log / "agent.log") as log:
        return start_child(command, stdout=log, stderr=log)
