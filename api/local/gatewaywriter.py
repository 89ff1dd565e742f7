"""Sends line protocol through the gateway with one device's token."""

import time
import zlib
from collections.abc import Sequence

import urllib3
from urllib3.exceptions import HTTPError

BATCH_LINES = 5_000
_TRIES = 6
_LONGEST_WAIT_S = 30
_FAST = 1  # the sender and the gateway share this machine: time matters, bytes on the loopback do not
_GZIP_WINDOW = 31


class GatewayRefused(Exception):
    """The gateway did not take a batch; the message is its own."""


class GatewayWriter:
    """Writes batches; one that is refused for load is sent again."""

    def __init__(self, url: str, pool: urllib3.PoolManager | None = None) -> None:
        self._url = f"{url}/api/v2/write?precision=ns&bucket=karte&org=karte"
        self._pool = pool or urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(connect=5, read=60))

    def write(self, token: str, lines: Sequence[str]) -> None:
        """Send a batch; it is stored when this returns.

        Raises:
            GatewayRefused: the gateway refused lines or the token, or could not be reached for about a minute.
        """
        packer = zlib.compressobj(_FAST, zlib.DEFLATED, _GZIP_WINDOW)
        body = packer.compress("\n".join(lines).encode()) + packer.flush()
        headers = {"Authorization": f"Token {token}", "Content-Encoding": "gzip", "Content-Type": "text/plain"}
        problem, wait_s = "", 0
        for attempt in range(_TRIES):
            time.sleep(wait_s)
            wait_s = min(2**attempt, _LONGEST_WAIT_S)
            try:
                answer = self._pool.request("POST", self._url, body=body, headers=headers)
            except HTTPError as error:
                problem = f"the gateway cannot be reached: {error}"
                continue
            if answer.status == 204:
                return
            problem = f"the gateway answered {answer.status}: {answer.data.decode(errors='replace').strip()[:500]}"
            if answer.status not in {429, 500, 502, 503, 504}:
                break
            wait_s = min(_seconds(answer.headers.get("Retry-After")) or wait_s, _LONGEST_WAIT_S)
        raise GatewayRefused(problem)


def _seconds(header: str | None) -> int:
    return int(header) if header and header.isdecimal() else 0
