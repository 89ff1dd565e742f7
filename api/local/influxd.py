"""Debian's influxd (InfluxDB 1.x) as a child process with its own data directory."""

import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from api.local.child import start_child, stop_child
from api.local.ports import free_port, is_taken
from api.told import ToldError
from collectors.input import find_program
from collectors.text import Text

# Reporting and everything that listens besides HTTP are off; tsi1 keeps memory flat with many series; WAL writes are
# fsynced before influxd answers (wal-fsync-delay 0s), which is what lets a 204 mean "stored".
_CONFIG = """\
reporting-disabled = true
bind-address = "127.0.0.1:{rpc_port}"

[meta]
  dir = "{data}/meta"
  logging-enabled = false

[data]
  dir = "{data}/data"
  wal-dir = "{data}/wal"
  wal-fsync-delay = "0s"
  index-version = "tsi1"
  query-log-enabled = false
  max-series-per-database = 0
  max-values-per-tag = 0

[coordinator]
  query-timeout = "60s"

[monitor]
  store-enabled = false

[http]
  enabled = true
  bind-address = "127.0.0.1:{port}"
  log-enabled = false
  max-body-size = 0

[logging]
  level = "warn"
"""


class InfluxdError(ToldError):
    """influxd is missing or did not come up; the message says what to do."""


@dataclass(slots=True)
class Influxd:
    """A running influxd.

    Attributes:
        url: base URL of its HTTP API.
        process: the child.
        log_path: where it writes its log.
    """

    url: str
    process: "subprocess.Popen[bytes]"
    log_path: Path

    def stop(self) -> None:
        """End it, waiting until its files are closed."""
        stop_child(self.process)


def start_influxd(
    data_dir: Path, port: int | None = None, wait_s: float = 60.0, log_path: Path | None = None
) -> Influxd:
    """Start influxd on the loopback and wait until it answers.

    Args:
        data_dir: its own directory; made if absent, kept between starts.
        port: HTTP port; a free one if None.
        wait_s: seconds to wait for the first answer.
        log_path: where it writes its log, appending; `influxd.log` in its directory if None.

    Raises:
        InfluxdError: influxd is not installed, its port is taken, it ended at once, or did not answer in time.
    """
    program = find_program("influxd")
    if program is None:
        raise InfluxdError(
            Text(
                "influxd がインストールされていません。DebianとUbuntuでは: apt-get install influxdb",
                "influxd is not installed; on Debian and Ubuntu: apt-get install influxdb",
            )
        )
    if port is not None and is_taken(port):
        raise InfluxdError(
            Text(
                f"influxd のポート {port} は別のプログラムが使用中です",
                f"port {port}, wanted for influxd, is taken by another program",
            )
        )
    data_dir.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    config = data_dir / "influxdb.conf"
    config.write_text(_CONFIG.format(data=data_dir.resolve(), port=port, rpc_port=free_port()), encoding="utf-8")
    log_path = log_path or data_dir / "influxd.log"
    with log_path.open("ab") as log:
        process = start_child([str(program), "-config", str(config)], stdout=log, stderr=log)
    running = Influxd(f"http://127.0.0.1:{port}", process, log_path)
    try:
        _wait_until_it_answers(running, wait_s)
    except BaseException:  # also a Ctrl-C: nobody else knows of the process yet
        running.stop()
        raise
    return running


def _wait_until_it_answers(running: Influxd, wait_s: float) -> None:
    deadline = time.monotonic() + wait_s
    while not _answers(running.url):
        if running.process.poll() is not None or time.monotonic() > deadline:
            last = _last_line(running.log_path)
            raise InfluxdError(
                Text(
                    f"influxd を起動できません。ログは {running.log_path}: {last}",
                    f"influxd did not come up; its log is {running.log_path}: {last}",
                )
            )
        time.sleep(0.05)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/ping", timeout=2) as answer:  # noqa: S310  # always our loopback URL
            return bool(answer.status == 204)
    except (urllib.error.URLError, OSError):
        return False


def _last_line(path: Path) -> str:
    lines = path.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else "(empty)"
