"""How the gateway answers a write, in the words of InfluxDB's two APIs.

Source: https://docs.influxdata.com/influxdb/v1/tools/api/#write-http-endpoint and
https://docs.influxdata.com/influxdb/v2/write-data/troubleshoot/. A batch of which some lines are refused is 400 on
`/write` (InfluxDB 1) and 422 on `/api/v2/write` (InfluxDB 2); one of which nothing is stored is 400 on both.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec
from werkzeug import Response

from api.gateway.window import V1_PRECISIONS, V2_PRECISIONS

MAX_LISTED = 100
"""Refused lines that are named in an answer; their number is always told."""

_MAX_IN_MESSAGE = 10

_CODES = {
    400: "invalid",
    401: "unauthorized",
    403: "forbidden",
    413: "request too large",
    422: "unprocessable entity",
    429: "too many requests",
    503: "unavailable",
}
"""HTTP status -> InfluxDB 2's word for it."""


class Failure(Exception):
    """A write that is not, or not wholly, done.

    Attributes:
        status: HTTP status.
        message: one line for a person.
        retry_after_s: seconds after which to try again; None where trying again does not help.
        details: further members of the JSON answer.
    """

    def __init__(
        self, status: int, message: str, retry_after_s: int | None = None, details: dict[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.retry_after_s = retry_after_s
        self.details = details or {}


@dataclass(frozen=True, slots=True)
class Dialect:
    """What differs between InfluxDB's two write APIs.

    Attributes:
        precisions: accepted values of `precision`.
        partial_status: HTTP status where some lines are stored and some refused.
        body: the JSON of a failure.
        error_header: name of the header that repeats the error.
        error_text: what it holds.
    """

    precisions: frozenset[str]
    partial_status: int
    error_header: str
    body: Callable[[Failure], dict[str, Any]] = field(repr=False)
    error_text: Callable[[Failure], str] = field(repr=False)

    def answer(self, failure: Failure) -> Response:
        """Return the answer for a failure."""
        told = msgspec.json.encode({**self.body(failure), **failure.details}) + b"\n"
        answer = Response(told, failure.status, content_type="application/json")
        answer.headers[self.error_header] = header_safe(self.error_text(failure))
        if failure.status == 401:
            answer.headers["WWW-Authenticate"] = 'Basic realm="karte"'
        if failure.retry_after_s is not None:
            answer.headers["Retry-After"] = str(failure.retry_after_s)
        return answer


def _code(failure: Failure) -> str:
    return _CODES.get(failure.status, "internal error")


V1 = Dialect(
    precisions=V1_PRECISIONS,
    partial_status=400,
    error_header="X-Influxdb-Error",
    body=lambda failure: {"error": failure.message},
    error_text=lambda failure: failure.message,
)
V2 = Dialect(
    precisions=V2_PRECISIONS,
    partial_status=422,
    error_header="X-Platform-Error-Code",
    body=lambda failure: {"code": _code(failure), "message": failure.message},
    error_text=_code,
)


def partial_write(dialect: Dialect, stored: int, refused: list[tuple[int, str]], engine_message: str = "") -> Failure:
    """Return the failure of a batch of which lines are refused.

    Args:
        dialect: which API was spoken.
        stored: lines that were given to the engine.
        refused: number and reason of each line that was not.
        engine_message: what the engine said, if it refused some of the stored lines itself.
    """
    named = [f"line {number}: {reason}" for number, reason in refused[:_MAX_IN_MESSAGE]]
    if len(refused) > _MAX_IN_MESSAGE:
        named.append(f"and {len(refused) - _MAX_IN_MESSAGE} more")
    told = "; ".join(named) + (f" dropped={len(refused)}" if refused else "")
    if engine_message:
        told = "; ".join(part for part in (told, engine_message.removeprefix("partial write: ")) if part)
    message = f"partial write: {told}"
    details: dict[str, Any] = {
        "error": message,
        "dropped": len(refused),
        "errors": [{"line": number, "reason": reason} for number, reason in refused[:MAX_LISTED]],
    }
    if refused:
        details["line"] = refused[0][0]
    return Failure(dialect.partial_status if stored else 400, message, details=details)


def header_safe(text: str) -> str:
    """Return a text as a header may hold it: short, ASCII, one line."""
    return text[:500].encode("ascii", errors="replace").decode().replace("\n", " ").replace("\r", " ")
