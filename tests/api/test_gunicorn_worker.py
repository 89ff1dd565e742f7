"""The worker whose threads stay on a connection for a moment, under a small application."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from itertools import pairwise
from pathlib import Path
from socket import create_connection

import pytest

from api.local.child import start_child, stop_child
from api.local.ports import free_port, is_taken

THREADS = 8

APP = """
import threading
def app(environ, start_response):
    body = threading.current_thread().name.encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
"""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("app")
    (folder / "named.py").write_text(APP)
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "named:app", "--bind", f"127.0.0.1:{port}", "--chdir", str(folder)]
    command += ["--pythonpath", str(Path(__file__).parents[2]), "--worker-class", "api.gunicorn_worker.StayingWorker"]
    command += ["--threads", str(THREADS), "--keep-alive", "30", "--no-control-socket"]
    with (folder / "log").open("wb") as log:
        process = start_child(command, stdout=log, stderr=log)
    try:
        _wait(port, process)
        yield port
    finally:
        stop_child(process)


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    while not is_taken(port):
        assert process.poll() is None
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        assert _asked(connection).startswith("Thread")


def _asked(connection: HTTPConnection) -> str:
    connection.request("GET", "/")
    return connection.getresponse().read().decode()


def test_one_thread_serves_requests_that_follow_each_other(port: int) -> None:
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        names = [_asked(connection) for _request in range(200)]
    # A pause of the machine may let the thread go in between; handed back each time, they would change all the time.
    changes = sum(one != other for one, other in pairwise(names))
    assert changes < 50


def test_more_connections_than_threads_are_all_served(port: int) -> None:
    connections = [HTTPConnection("127.0.0.1", port, timeout=30) for _number in range(4 * THREADS)]
    try:
        for _round in range(5):
            assert all(_asked(connection) for connection in connections)
    finally:
        for connection in connections:
            connection.close()


def test_requests_that_come_together_are_all_answered(port: int) -> None:
    with create_connection(("127.0.0.1", port), 30) as sent:
        last = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        sent.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 4 + last)
        got = b""
        while piece := sent.recv(65536):
            got += piece
    assert got.count(b"HTTP/1.1 200 OK") == 5


def test_a_client_that_goes_leaves_its_thread_free(port: int) -> None:
    for _client in range(4 * THREADS):
        with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
            assert _asked(connection)
