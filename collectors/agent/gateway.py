"""The one way to the gateway's write API: influxdb-client, and what its answers look like from here."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

import urllib3
from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.rest import ApiException
from influxdb_client.service.write_service import WriteService

from collectors import __version__
from collectors.unanswered import cause

_BUCKET = "karte"
"""InfluxDB's API wants a bucket and an organisation; the gateway takes both from the token."""

_MAX_MESSAGE_CHARS = 300


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line that the gateway names as refused.

    Attributes:
        number: place in the request's body, from 1.
        reason: the gateway's words.
    """

    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back from a write.

    Attributes:
        status: HTTP status; 0 where there was no answer.
        message: what was said, in one line; "" if nothing.
        is_api: True where the body is JSON in InfluxDB's form, so that it was the gateway that answered and not
            something on the way to it.
        refused: the lines that the gateway names as refused; all others of the same request are stored.
        retry_after_s: seconds after which to come again, where the answer says so.
        clock_offset_s: this machine's clock minus the answer's Date, seconds, to about a second; None if not told.
    """

    status: int
    message: str = ""
    is_api: bool = False
    refused: tuple[RefusedLine, ...] = ()
    retry_after_s: float | None = None
    clock_offset_s: float | None = None


class Gateway(Protocol):
    """Where lines are sent."""

    def write(self, lines: Sequence[bytes]) -> Answer:
        """Send lines of line protocol; never raises for what the network or the other side does."""
        ...

    def close(self) -> None:
        """Give up the connection."""
        ...


@dataclass(slots=True)
class InfluxGateway:
    """Sends with influxdb-client, compressed, one request at a time.

    The generated `WriteService` is used rather than `WriteApi`: `WriteApi` takes any 2xx for success and reads every
    body as UTF-8, but only a 204 means stored, and a proxy's error page may come in any encoding.

    Attributes:
        url: base URL of the gateway.
        token: device token.
        timeout_s: longest wait for an answer.
        proxy: HTTP proxy; "" for none.
        ca_file: certificates to trust (PEM); "" for the system's.
        wall: Unix time in seconds.
    """

    url: str
    token: str = field(repr=False)
    timeout_s: float = 15.0
    proxy: str = ""
    ca_file: str = ""
    wall: Callable[[], float] = time.time
    _client: InfluxDBClient = field(init=False, repr=False)
    _service: WriteService = field(init=False, repr=False)

    def __post_init__(self) -> None:
        options: dict[Any, Any] = {
            "proxy": self.proxy or None,
            "ssl_ca_cert": self.ca_file or None,
            "connection_pool_maxsize": 1,
        }
        self._client = InfluxDBClient(
            self.url, self.token, org=_BUCKET, timeout=int(self.timeout_s * 1000), enable_gzip=True, **options
        )
        self._client.api_client.user_agent = f"karte-agent/{__version__}"
        self._service = WriteService(self._client.api_client)

    def write(self, lines: Sequence[bytes]) -> Answer:
        """Send lines; see `Gateway.write`."""
        try:
            # Not preloaded: the client would decode the body as UTF-8 before anybody has seen the status.
            got = self._service.post_write(
                _BUCKET, _BUCKET, b"\n".join(lines) + b"\n", precision="ns", _preload_content=False
            )
            return answer(got.status, got.headers, got.data, self.wall())
        except ApiException as error:
            return answer(error.status or 0, error.headers or {}, error.body or cause(error), self.wall())
        except (urllib3.exceptions.HTTPError, OSError) as error:
            return Answer(0, cause(error))

    def close(self) -> None:
        """Give up the connection."""
        self._client.close()


def answer(status: int, headers: Mapping[str, str], body: bytes | str, now: float) -> Answer:
    """Return what an HTTP answer means.

    Args:
        status: HTTP status; 0 for none.
        headers: by name, in any case.
        body: as it came, or a text about why there is none.
        now: this machine's time, Unix seconds.
    """
    known = {name.lower(): value for name, value in headers.items()}
    parsed = _json_object(body)
    message = parsed.get("message") or parsed.get("error") or ""
    if not isinstance(message, str) or not message:
        message = body if isinstance(body, str) else _readable(known.get("content-type", ""), body)
    return Answer(
        status=status,
        message=" ".join(message.split())[:_MAX_MESSAGE_CHARS],
        is_api=any(isinstance(parsed.get(key), str) for key in ("message", "error")),
        refused=_refused(parsed.get("errors")),
        retry_after_s=_retry_after(known.get("retry-after", ""), now),
        clock_offset_s=_offset(known.get("date", ""), now),
    )


def connections(proxy: str, ca_file: str) -> urllib3.PoolManager:
    """Return what makes single requests apart from writes, through the same proxy and with the same trust."""
    options: dict[str, Any] = {"ca_certs": ca_file} if ca_file else {}
    return urllib3.ProxyManager(proxy, **options) if proxy else urllib3.PoolManager(**options)


def _json_object(body: bytes | str) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except ValueError:  # no JSON, or in an encoding that is none of JSON's
        return {}
    return value if isinstance(value, dict) else {}


def _readable(content_type: str, body: bytes) -> str:
    # An error page is for browsers: that there was one tells more than its markup.
    return f"({len(body)} bytes of {content_type or 'no stated type'})" if body else ""


def _refused(errors: object) -> tuple[RefusedLine, ...]:
    if not isinstance(errors, list):
        return ()
    named = [each for each in errors if isinstance(each, dict) and type(each.get("line")) is int]
    return tuple(RefusedLine(each["line"], str(each.get("reason", ""))) for each in named)


def _retry_after(value: str, now: float) -> float | None:
    """Read Retry-After: seconds or a date (RFC 9110 section 10.2.3)."""
    if value.strip().isdecimal():
        return float(value)
    moment = _moment(value)
    return None if moment is None else max(0.0, moment - now)


def _offset(value: str, now: float) -> float | None:
    moment = _moment(value)
    # The header has whole seconds, so on average the sender's clock was half a second further.
    return None if moment is None else round(now - moment - 0.5, 1)


def _moment(value: str) -> float | None:
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()
