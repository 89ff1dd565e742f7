"""What web pages on the LAN say of the device behind them: one small request to a host that has a web port open."""

import asyncio
import contextlib
import re
import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import unescape
from typing import Final
from urllib.parse import urlsplit

from collectors.probe.discovery import ssdp
from collectors.probe.discovery.outlet import Outlet
from collectors.probe.discovery.sighting import Sighting, Source
from collectors.probe.discovery.words import clean, decode

PORTS: Final = {80: False, 8080: False, 8000: False, 5000: False, 443: True, 8443: True}
"""Web port to whether it speaks TLS."""

MAX_BYTES: Final = 65536
TIMEOUT_S: Final = 4.0
CONCURRENCY: Final = 16

_TITLE: Final = re.compile(rb"<title[^>]*>(.{0,600}?)</title", re.IGNORECASE | re.DOTALL)
_STATUS: Final = re.compile(rb"HTTP/1\.[01] (\d{3})")


@dataclass(frozen=True, slots=True)
class Page:
    """The parts of an answer that are used."""

    status: int
    server: str
    title: str
    body: bytes


def parse_page(data: bytes) -> Page | None:
    """Return an answer's status, Server header and title; None if it is no HTTP."""
    head, _empty, body = data.partition(b"\r\n\r\n")
    status = _STATUS.match(head)
    if status is None:
        return None
    headers = ssdp.fields_of(head.split(b"\r\n")[1:])
    title = _TITLE.search(body)
    return Page(int(status[1]), headers.get("server", ""), clean(unescape(decode(title[1]))) if title else "", body)


def sighting(page: Page, address: str, port: int) -> Sighting:
    """Return what a page tells."""
    texts = tuple(each for each in (page.title, page.server) if each)
    services = frozenset({"http", *([f"server:{page.server}"] if page.server else [])})
    return Sighting(address, Source.HTTP, ports=frozenset({port}), services=services, texts=texts)


async def look(outlet: Outlet, ports: Iterable[tuple[str, int]], take: Callable[[Sighting], None]) -> None:
    """Ask each host and web port for its first page; redirections are not followed."""
    turns = asyncio.Semaphore(CONCURRENCY)

    async def one(address: str, port: int) -> None:
        async with turns:
            data = await fetch(outlet, address, port, "/", tls=PORTS[port])
        page = parse_page(data)
        if page is not None:
            take(sighting(page, address, port))

    async with asyncio.TaskGroup() as group:
        for address, port in ports:
            if port in PORTS:
                group.create_task(one(address, port))


async def describe(outlet: Outlet, locations: Iterable[tuple[str, str]], take: Callable[[Sighting], None]) -> None:
    """Ask devices that answered SSDP for their description, each at the address that answered."""
    turns = asyncio.Semaphore(CONCURRENCY)

    async def one(address: str, url: str) -> None:
        parts = urlsplit(url)
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        async with turns:
            data = await fetch(outlet, address, parts.port or 80, path, tls=False)
        found = ssdp.parse_description(data.partition(b"\r\n\r\n")[2], address)
        if found is not None:
            take(found)

    async with asyncio.TaskGroup() as group:
        for address, url in locations:
            group.create_task(one(address, url))


async def fetch(outlet: Outlet, address: str, port: int, path: str, tls: bool) -> bytes:
    """Return what a host answers to a GET, at most `MAX_BYTES` in `TIMEOUT_S`; what came until then is given."""
    await outlet.permit(address)
    there = f"[{address}]" if ":" in address else address
    lines = [f"GET {path} HTTP/1.0", f"Host: {there}:{port}", "User-Agent: karte", "Connection: close", "", ""]
    received = bytearray()
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(TIMEOUT_S):
            reader, writer = await asyncio.open_connection(address, port, ssl=_any_certificate() if tls else None)
            try:
                writer.write("\r\n".join(lines).encode("utf-8", errors="replace"))
                while len(received) < MAX_BYTES and (more := await reader.read(MAX_BYTES - len(received))):
                    received += more
            finally:
                writer.transport.abort()
    return bytes(received)


def _any_certificate() -> ssl.SSLContext:
    """Return a context that takes any certificate: nothing secret is sent, and devices sign their own."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
