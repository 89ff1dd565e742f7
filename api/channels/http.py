"""One HTTP request to a service: to a checked address, without proxies, without following redirects, bounded in all.

The standard library's client over a socket of ours, and not requests or urllib3: with these the address that is
connected to is found after the check, by another look-up.
"""

import http.client
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, Any
from urllib.parse import urlsplit

from api.channels.connect import Deadline, NotReached, Patience, connect, not_reached
from api.channels.guard import Forbidden, Guard
from api.told import ToldError
from collectors import __version__
from collectors.text import Text

MAX_ANSWER = 64 * 1024
MAX_URL_LENGTH = 2048

_PORTS = {"https": 443, "http": 80}


class InvalidUrl(ToldError):
    """The text is no URL that something can be sent to; the message says why."""


@dataclass(frozen=True, slots=True)
class Url:
    """An address to send to. It may hold a secret, so it has no repr.

    Attributes:
        is_secure: https.
        host: in lower case, in the form of the domain name system.
        port: given, or the scheme's.
        target: path and query.
    """

    is_secure: bool
    host: str
    port: int
    target: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered.

    Attributes:
        status: of HTTP.
        headers: names in lower case.
        body: at most `MAX_ANSWER` bytes of it.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", errors="replace")


def read_url(entered: str) -> Url:
    """Read a URL.

    Raises:
        InvalidUrl: it is none of https or http, has no host, names a person, or holds what no URL holds.
    """
    try:
        parts = urlsplit(entered)
        host, port = (parts.hostname or "").encode("idna").decode("ascii").lower(), parts.port
    except (ValueError, UnicodeError):
        raise _invalid_url() from None
    is_plain = entered.isascii() and entered.isprintable() and not any(each in entered for each in ' \\"<>^`{|}')
    if not is_plain or len(entered) > MAX_URL_LENGTH or parts.scheme not in _PORTS or not host or port == 0:
        raise _invalid_url()
    if "@" in parts.netloc:
        raise InvalidUrl(
            Text("URLにユーザー名やパスワードを含めないでください", "leave name and password out of the URL")
        )
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Url(parts.scheme == "https", host, port or _PORTS[parts.scheme], target)


def _invalid_url() -> InvalidUrl:
    return InvalidUrl(
        Text(
            "URLとして読めません。https:// で始まるURLをそのまま貼り付けてください",
            "this is no URL; paste it whole, beginning with https://",
        )
    )


class Client:
    """Sends requests.

    Args:
        guard: says which addresses may be connected to.
        tls: how servers' certificates are verified.
        patience: how long is waited.
    """

    def __init__(self, guard: Guard, tls: ssl.SSLContext | None = None, patience: Patience | None = None) -> None:
        self._guard = guard
        self._tls = tls or ssl.create_default_context()
        self._patience = patience or Patience()

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send a body and return the answer, whatever its status.

        Args:
            url: where to.
            body: what.
            headers: besides those that HTTP itself needs.

        Raises:
            Forbidden: nothing is sent to this address.
            InvalidUrl: the URL cannot be used.
            NotReached: no answer came, or none that is HTTP.
        """
        to = read_url(url)
        deadline = Deadline(self._patience.whole_s)
        try:
            made, target = connect(self._guard, to.host, to.port, self._patience, deadline)
            with made:
                if not (to.is_secure or target.is_allowed):
                    raise _unencrypted(to.host)
                with deadline.watching(made):
                    return _exchange(self._secured(made, to), to, body, headers)
        except (OSError, http.client.HTTPException) as error:
            raise not_reached(to.host, error) from None

    def _secured(self, made: socket.socket, to: Url) -> socket.socket:
        return self._tls.wrap_socket(made, server_hostname=to.host) if to.is_secure else made


def _unencrypted(host: str) -> Forbidden:
    return Forbidden(
        Text(
            f"{host} への暗号化されない接続（http://）は許可されていません。"
            "https:// を使うか、KARTE_CHANNEL_ALLOW に加えてください",
            f"{host} is not reached without encryption (http://); use https://, or add it to KARTE_CHANNEL_ALLOW",
        )
    )


class _Response(http.client.HTTPResponse):
    """An answer whose head came whole; the standard library takes the end of a connection for the end of the head."""

    def begin(self) -> None:
        head = _Lines(self.fp)
        self.fp = head  # type: ignore[assignment]  # all that is read of it
        super().begin()
        if head.last not in (b"\r\n", b"\n"):
            raise http.client.IncompleteRead(head.last)


class _Lines:
    """A file that remembers the last line."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.last = b""

    def readline(self, limit: int = -1) -> bytes:
        self.last = self._file.readline(limit)
        return self.last

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def _exchange(over: socket.socket, to: Url, body: bytes, headers: Mapping[str, str]) -> Answer:
    connection = http.client.HTTPConnection(to.host, to.port)
    connection.sock = over
    connection.response_class = _Response
    usual = to.port == _PORTS["https" if to.is_secure else "http"]
    host = f"[{to.host}]" if ":" in to.host else to.host
    with over:
        connection.request(
            "POST",
            to.target,
            body=body,
            headers={
                "Host": host if usual else f"{host}:{to.port}",
                "User-Agent": f"OfficeKarte/{__version__}",
                "Accept": "*/*",
                "Connection": "close",
                **headers,
            },
        )
        answer = connection.getresponse()
        try:
            told = answer.read(MAX_ANSWER)
        except (http.client.HTTPException, OSError):
            told = b""  # the status came whole, and is what counts: a message that was taken is not to be sent again
        names = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, names, told)


__all__ = ["Answer", "Client", "InvalidUrl", "NotReached", "Url", "read_url"]
