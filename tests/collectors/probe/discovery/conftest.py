"""A web server on a loopback address of its own."""

import http.server
import threading
from collections.abc import Iterator

import pytest

from tests.collectors.probe.discovery import responder


@pytest.fixture
def web_server() -> Iterator[tuple[str, int]]:
    """Return address and port of a web server."""
    server = http.server.ThreadingHTTPServer(("127.0.91.5", 0), responder.Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield "127.0.91.5", server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join(5)
