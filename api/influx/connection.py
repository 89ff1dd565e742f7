"""HTTP to a time-series engine: kept connections, credentials in a header, faults told apart."""

import os
import threading
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import msgspec

from api.influx.engine import EngineError, EngineUnavailable
from api.influx.wire import Target, Wire, WireError

_SILENCE_S = 90.0
_MOST_IDLE = 64
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


@dataclass(slots=True)
class _Idle:
    """The connections that wait for a request, of one process: a forked socket cannot be shared."""

    wires: list[Wire] = field(default_factory=list)
    process: int = field(default_factory=os.getpid)

    def close(self) -> None:
        """Close them."""
        while self.wires:
            self.wires.pop().close()


class StreamedAnswer:
    """An engine's HTTP answer whose body is read as it comes.

    Attributes:
        status: HTTP status.
        content_type: of the body.
    """

    def __init__(self, wire: Wire, owner: "Connection") -> None:
        self.status = wire.status
        self.content_type = wire.headers.get("content-type", "application/json")
        self._wire: Wire | None = wire
        self._owner = owner

    def chunks(self) -> Iterator[bytes]:
        """Yield the body in pieces, each as soon as it is there.

        Raises:
            EngineUnavailable: it broke off, or nothing came for as long as the request's timeout.
        """
        while self._wire is not None:
            try:
                piece = self._wire.read()
            except WireError as error:
                self.close()
                raise EngineUnavailable(f"the engine at {self._owner.url} broke off its answer: {error}") from error
            if not piece:
                self.close()
                return
            yield piece

    def whole(self) -> Answer:
        """Return the answer with all of its body.

        Raises:
            EngineUnavailable: it broke off.
        """
        return Answer(self.status, b"".join(self.chunks()))

    def close(self) -> None:
        """End the request; an engine that is still at it stops. Harmless after the end."""
        wire, self._wire = self._wire, None
        if wire is not None:
            self._owner.give_back(wire)


class Connection:
    """Kept connections to one engine; as many as there are requests at the same time.

    Attributes:
        url: the engine's.
    """

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        """Take where the engine is, and headers for every request.

        Raises:
            ValueError: the URL names no host, or a header has a line break.
        """
        self.url = url.rstrip("/")
        self._target = Target(self.url, headers)
        self._lock = threading.Lock()
        self._idle = _Idle()
        self._closing = weakref.finalize(self, self._idle.close)

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
        wire = self._sent(method, path, headers or {}, body, _SILENCE_S)
        status, told = wire.status, wire.headers
        whole = b"".join(StreamedAnswer(wire, self).chunks())
        version = told.get("x-influxdb-version") or told.get("x-geminidb-version", "")
        return Answer(status, whole, version, _seconds(told.get("retry-after")))

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
        return StreamedAnswer(self._sent(method, path, headers, body, timeout_s), self)

    def give_back(self, wire: Wire) -> None:
        """Take a connection back that has served its request; one whose answer was not read to its end is closed."""
        with self._lock:
            if wire.reusable and len(self._idle.wires) < _MOST_IDLE and self._idle.process == os.getpid():
                self._idle.wires.append(wire)
                return
        wire.close()

    def _sent(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None, timeout_s: float) -> Wire:
        try:
            wire = self._taken() or Wire(self._target)
            try:
                wire.send(method, path, headers.items(), body, timeout_s)
            except BaseException:
                wire.close()
                raise
        except WireError as error:
            raise EngineUnavailable(f"no answer from the engine at {self.url}: {error}") from error
        return wire

    def _taken(self) -> Wire | None:
        """Return an idle connection that still stands; the one used last, so that the others grow old and go."""
        while True:
            with self._lock:
                if self._idle.process != os.getpid():
                    self._closing.detach()
                    self._idle = _Idle()
                    self._closing = weakref.finalize(self, self._idle.close)
                if not self._idle.wires:
                    return None
                wire = self._idle.wires.pop()
            if not wire.dropped:
                return wire
            wire.close()


def _seconds(value: str | None) -> int | None:
    return int(value) if value is not None and value.isdecimal() else None
