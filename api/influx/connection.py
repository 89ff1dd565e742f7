"""HTTP to a time-series engine: one pool of connections a process, credentials in a header, faults told apart."""

import os
import threading
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import msgspec
import urllib3
from urllib3.exceptions import HTTPError

from api.influx.engine import EngineError, EngineUnavailable

_CONNECT_S = 3.0
_TIMEOUT = urllib3.Timeout(connect=_CONNECT_S, read=90.0)
_CHUNK_BYTES = 64 * 1024
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


class StreamedAnswer:
    """An engine's HTTP answer whose body is read as it comes.

    Attributes:
        status: HTTP status.
        content_type: of the body.
    """

    def __init__(self, response: urllib3.BaseHTTPResponse, url: str) -> None:
        self.status = response.status
        self.content_type = response.headers.get("Content-Type", "application/json")
        self._response = response
        self._url = url

    def chunks(self) -> Iterator[bytes]:
        """Yield the body in pieces, each as soon as it is there.

        Raises:
            EngineUnavailable: it broke off, or nothing came for as long as the request's timeout.
        """
        try:
            while piece := self._response.read1(_CHUNK_BYTES):
                yield piece
        except HTTPError as error:
            raise EngineUnavailable(f"the engine at {self._url} broke off its answer: {_reason(error)}") from error

    def whole(self) -> Answer:
        """Return the answer with all of its body.

        Raises:
            EngineUnavailable: it broke off.
        """
        return Answer(self.status, b"".join(self.chunks()))

    def close(self) -> None:
        """End the request; an engine that is still at it stops. Harmless after the end."""
        if not self._response.closed:  # read to its end it is, and the connection serves the next request
            self._response.close()
        self._response.release_conn()


class Connection:
    """A pool of kept connections to one engine, made anew in each process (a forked socket cannot be shared)."""

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        self._url = url.rstrip("/")
        self._prefix = urlsplit(self._url).path
        self._headers = dict(headers)
        self._lock = threading.Lock()
        self._kept: tuple[int, urllib3.HTTPConnectionPool] | None = None

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
            answer = self._pool().urlopen(
                method,
                f"{self._prefix}{path}",
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
            answer.headers.get("X-Influxdb-Version") or answer.headers.get("X-Geminidb-Version", ""),
            _seconds(answer.headers.get("Retry-After")),
        )

    def open(
        self, method: str, path: str, *, headers: Mapping[str, str], timeout_s: float, body: bytes | None = None
    ) -> StreamedAnswer:
        """Send one request and return as soon as the answer begins; whoever calls closes it.

        Args:
            method: HTTP method.
            path: with the query.
            headers: further headers.
            timeout_s: longest silence of the engine, seconds.
            body: what is sent.

        Raises:
            EngineUnavailable: no connection, or no answer in time.
        """
        try:
            response = self._pool().urlopen(
                method,
                f"{self._prefix}{path}",
                body=body,
                headers={**self._headers, **headers},
                retries=False,
                redirect=False,
                preload_content=False,
                timeout=urllib3.Timeout(connect=_CONNECT_S, read=timeout_s),
            )
        except HTTPError as error:
            raise EngineUnavailable(f"no answer from the engine at {self._url}: {_reason(error)}") from error
        return StreamedAnswer(response, self._url)

    def _pool(self) -> urllib3.HTTPConnectionPool:
        kept = self._kept
        if kept is not None and kept[0] == os.getpid():
            return kept[1]
        with self._lock:
            if self._kept is None or self._kept[0] != os.getpid():
                pool = urllib3.connection_from_url(self._url, maxsize=_POOL_SIZE)
                weakref.finalize(self, pool.close)
                self._kept = (os.getpid(), pool)
            return self._kept[1]


def _reason(error: HTTPError) -> str:
    return type(error).__name__.removesuffix("Error")


def _seconds(value: str | None) -> int | None:
    return int(value) if value is not None and value.isdecimal() else None
