"""Asking: one function for each type of check, each making one attempt."""

import asyncio
import contextlib
import re
import secrets
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from collectors.input import InputError
from collectors.probe.ping import Pinger
from collectors.probe.reachability import dns_message
from collectors.probe.reachability.attempt import Attempt, Failure
from collectors.probe.reachability.check import Check, CheckType
from collectors.probe.sip import options, parse_answer

_MAX_HEAD_BYTES: Final = 65536
_STATUS: Final = re.compile(rb"HTTP/\d(?:\.\d)? (\d{3})\b")
_TEMPORARY: Final = frozenset({getattr(socket, "EAI_AGAIN", None), getattr(socket, "EAI_FAIL", None)})


class Asker:
    """Makes attempts; holds the way to ping, which the checks of one run share."""

    def __init__(self, pinger: Callable[[], Pinger]) -> None:
        self._open_pinger = pinger
        self._pinger: Pinger | None = None

    async def attempt(self, check: Check) -> Attempt:
        """Make one attempt; every failure of the target is an `Attempt` too."""
        try:
            async with asyncio.timeout(check.timeout_s):
                return await self._ways[check.type](self, check)
        except TimeoutError:
            return Attempt(failure=Failure.NO_ANSWER)
        except ConnectionRefusedError:
            return Attempt(failure=Failure.REFUSED)
        except socket.gaierror as error:
            again = error.errno in _TEMPORARY
            return Attempt(
                failure=Failure.DNS_FAILED if again else Failure.NO_SUCH_HOST, detail=error.strerror or "unknown"
            )
        except ssl.SSLError as error:
            return Attempt(failure=Failure.TLS_FAILED, detail=error.reason or "TLS")
        except UnicodeError:
            return Attempt(failure=Failure.NO_SUCH_HOST, detail="not a host name")
        except InputError as error:
            return Attempt(failure=Failure.CANNOT_CHECK, detail=str(error))
        except OSError as error:
            return Attempt(failure=Failure.UNREACHABLE, detail=error.strerror or type(error).__name__)

    def close(self) -> None:
        """Release sockets."""
        if self._pinger is not None:
            self._pinger.close()

    async def _icmp(self, check: Check) -> Attempt:
        address = await _address(check.host, 0)
        if self._pinger is None:
            self._pinger = self._open_pinger()
        pong = await self._pinger.ping(address, check.timeout_s)
        if pong is None:
            return Attempt(failure=Failure.NO_ANSWER, address=address)
        return Attempt(pong.time_ms, address=address, ttl=pong.ttl)

    async def _tcp(self, check: Check) -> Attempt:
        address = await _address(check.host, check.port)
        began = time.perf_counter()
        _reader, writer = await asyncio.open_connection(address, check.port)
        took = _since(began)
        writer.transport.abort()
        return Attempt(took, address=address)

    async def _http(self, check: Check) -> Attempt:
        parts = urlsplit(check.target)
        address = await _address(check.host, check.port)
        began = time.perf_counter()
        context = ssl.create_default_context() if parts.scheme == "https" else None
        name = check.host if context else None
        try:
            reader, writer = await asyncio.open_connection(address, check.port, ssl=context, server_hostname=name)
        except ssl.SSLCertVerificationError as error:
            days = await _days_of_bad_certificate(address, check)
            failure = Failure.CERTIFICATE
            return Attempt(None, failure, error.verify_message, address=address, certificate_days=days)
        try:
            writer.write(_http_request(check, parts.path or "/", parts.query))
            head = await _read_head(reader)
            took = _since(began)
            days = _days_left(writer.get_extra_info("ssl_object"))
        finally:
            writer.transport.abort()
        found = _STATUS.match(head)
        if found is None:
            return Attempt(took, Failure.BAD_ANSWER, "not HTTP", address, certificate_days=days)
        status = int(found[1])
        failed = Failure.HTTP_ERROR if status >= 400 else None
        detail = f"HTTP {status}" if failed else ""
        return Attempt(took, failed, detail, address, http_status=status, certificate_days=days)

    async def _dns(self, check: Check) -> Attempt:
        began = time.perf_counter()
        if not check.server:
            found = await asyncio.get_running_loop().getaddrinfo(check.host, None, type=socket.SOCK_STREAM)
            return Attempt(_since(began), dns_answers=len({each[4][0] for each in found}))
        address = await _address(check.server, check.port)
        try:
            asked = dns_message.question(secrets.randbelow(65536), check.host)
        except ValueError as error:
            return Attempt(None, Failure.NO_SUCH_HOST, str(error), address)
        began = time.perf_counter()
        answer = await _ask_udp(address, check.port, lambda _p: asked, lambda d: dns_message.parse_answer(d, asked))
        took = _since(began)
        if answer.rcode == 3:
            return Attempt(took, Failure.NO_SUCH_HOST, answer.rcode_name, address)
        if answer.rcode != 0 or not answer.addresses:
            detail = answer.rcode_name if answer.rcode else "no address"
            return Attempt(took, Failure.DNS_FAILED, detail, address, dns_answers=answer.addresses)
        return Attempt(took, address=address, dns_answers=answer.addresses)

    async def _sip(self, check: Check) -> Attempt:
        address = await _address(check.host, check.port)
        call_id = secrets.token_hex(12)

        def parse(data: bytes) -> Any:
            answer = parse_answer(data)
            is_ours = answer is not None and answer.headers.get("call-id") == call_id and answer.status >= 200
            return answer if is_ours else None

        began = time.perf_counter()
        answer = await _ask_udp(address, check.port, lambda port: options(check.host, check.port, port, call_id), parse)
        return Attempt(_since(began), address=address, sip_status=answer.status)

    _ways: Final[Mapping[CheckType, Callable[["Asker", Check], Awaitable[Attempt]]]] = {
        CheckType.ICMP: _icmp,
        CheckType.TCP: _tcp,
        CheckType.HTTP: _http,
        CheckType.DNS: _dns,
        CheckType.SIP: _sip,
    }


def _since(began: float) -> float:
    return (time.perf_counter() - began) * 1000.0


async def _address(host: str, port: int) -> str:
    """Return the IP address of a host, IPv4 first; looking it up is no part of the time that is measured."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port or None, type=socket.SOCK_STREAM)
    found.sort(key=lambda each: each[0] != socket.AF_INET)
    return str(found[0][4][0])


def _http_request(check: Check, path: str, query: str) -> bytes:
    host = f"[{check.host}]" if ":" in check.host else check.host
    there = host if check.port in (80, 443) else f"{host}:{check.port}"
    wanted = f"{path}?{query}" if query else path
    lines = [
        f"GET {wanted} HTTP/1.1",
        f"Host: {there}",
        "User-Agent: karte",
        "Accept: */*",
        "Connection: close",
        "",
        "",
    ]
    return "\r\n".join(lines).encode("utf-8", errors="replace")


async def _read_head(reader: asyncio.StreamReader) -> bytes:
    head = bytearray()
    while b"\r\n" not in head and len(head) < _MAX_HEAD_BYTES and (more := await reader.read(4096)):
        head += more
    return bytes(head)


def _days_left(tls: ssl.SSLObject | None) -> float | None:
    """Return the days until the certificate of a connection ends; None without TLS."""
    der = tls.getpeercert(binary_form=True) if tls else None
    if not der:
        return None
    # Imported where there is a certificate: it takes some MiB.
    from cryptography import x509

    try:
        ends = x509.load_der_x509_certificate(der).not_valid_after_utc
    except ValueError:
        return None
    return (ends - datetime.now(UTC)).total_seconds() / 86400.0


async def _days_of_bad_certificate(address: str, check: Check) -> float | None:
    """Connect once more to read a certificate that was refused; nothing is sent over that connection."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with contextlib.suppress(OSError):
        _reader, writer = await asyncio.open_connection(address, check.port, ssl=context, server_hostname=check.host)
        days = _days_left(writer.get_extra_info("ssl_object"))
        writer.transport.abort()
        return days
    return None


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, parse: Callable[[bytes], Any], answer: "asyncio.Future[Any]") -> None:
        self._parse, self._answer = parse, answer

    def datagram_received(self, data: bytes, _source: tuple[Any, ...]) -> None:
        found = self._parse(data)
        if found is not None and not self._answer.done():
            self._answer.set_result(found)

    def error_received(self, error: Exception) -> None:
        if not self._answer.done():
            self._answer.set_exception(error)


async def _ask_udp(
    address: str, port: int, request: Callable[[int], bytes], parse: Callable[[bytes], Any | None]
) -> Any:
    """Send one datagram and return the first answer that parses; a connected socket takes only the target's."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Any] = loop.create_future()
    transport, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(parse, answer), remote_addr=(address, port))
    try:
        own: socket.socket = transport.get_extra_info("socket")
        transport.sendto(request(int(own.getsockname()[1])))
        return await answer
    finally:
        transport.abort()
