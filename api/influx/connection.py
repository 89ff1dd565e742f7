"""HTTP to a time-series engine: one pool of connections a process, credentials in a header, faults told apart."""

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
import urllib3
from urllib3.exceptions import HTTPError

from api.influx.engine import EngineError, EngineUnavailable

_TIMEOUT = urllib3.Timeout(connect=3.0, read=90.0)
_POOL_SIZE = 64
_BUSY = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Answer:
    """An engine's HTTP answer.

    Attributes:
        status: HTTP status.
        body: as received.
        version: the engine's version, from its header; "" if it told none.
        retry_after_s: seconds to wait, where the engine said so.
    """

    status: int
    body: bytes
    version: str = ""
    retry_after_s: int | None = None

    @property
    def message(self) -> str:
        """The engine's error text: `error` of InfluxDB 1, `message` of InfluxDB 2, else the start of the body."""
        try:
            told = msgspec.json.decode(self.body)
        except msgspec.DecodeError:
            told = None
        if isinstance(told, dict):
            return str(told.get("error") or told.get("message") or "")
        return self.body[:200].decode("utf-8", errors="replace").strip()

    def checked(self, purpose: str) -> "Answer":
        """Return the answer if it is a success.

        Raises:
            EngineUnavailable: the engine is too busy now.
            EngineError: the engine refused.
        """
        if 200 <= self.status < 300:
            return self
        kind = EngineUnavailable if self.status in _BUSY else EngineError
        raise kind(f"{purpose}: the engine answered {self.status} {self.message}".rstrip())


class Connection:
    """A pool of kept connections to one engine, made anew in each process (a forked socket cannot be shared)."""

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        self._url = url.rstrip("/")
        self._headers = dict(headers)
        self._lock = threading.Lock()
        self._pool: tuple[int, urllib3.PoolManager] | None = None

    def send(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request; it is never repeated here, because only the caller knows whether it may be.

        Raises:
            EngineUnavailable: no connection, no answer in time, or the connection broke.
        """
        try:
            answer = self._manager().request(
                method,
                f"{self._url}{path}",
                body=body,
                headers={**self._headers, **(headers or {})},
                retries=False,
                redirect=False,
                timeout=_TIMEOUT,
            )
        except HTTPError as error:
            raise EngineUnavailable(f"no answer from the engine at {self._url}: {_reason(error)}") from error
        return Answer(
            answer.status,
            answer.data,
            answer.headers.get("X-Influxdb-Version", ""),
            _seconds(answer.headers.get("Retry-After")),
        )

    def _manager(self) -> urllib3.PoolManager:
        pool = self._pool
        if pool is not None and pool[0] == os.getpid():
            return pool[1]
        with self._lock:
            if self._pool is None or self._pool[0] != os.getpid():
                self._pool = (os.getpid(), urllib3.PoolManager(num_pools=1, maxsize=_POOL_SIZE))
            return self._pool[1]


def _reason(error: HTTPError) -> str:
    return type(error).__name__.removesuffix("Error")


def _seconds(value: str | None) -> int | None:
    return int(value) if value is not None and value.isdecimal() else None
