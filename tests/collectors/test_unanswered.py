"""Why a request got no answer, as the libraries in use tell it."""

import socket

import pytest
import requests
import urllib3

from collectors.unanswered import cause


def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def test_it_tells_the_systems_words() -> None:
    outer = RuntimeError("pool at 0x7f")
    outer.__cause__ = ConnectionRefusedError(111, "Connection refused")
    assert cause(outer) == "Connection refused"


def test_it_finds_them_in_what_requests_raises() -> None:
    with pytest.raises(requests.ConnectionError) as raised:
        requests.get(f"http://127.0.0.1:{closed_port()}", timeout=5)
    assert cause(raised.value) == "Connection refused"


def test_it_finds_them_in_what_urllib3_raises() -> None:
    with pytest.raises(urllib3.exceptions.HTTPError) as raised:
        urllib3.PoolManager().request("GET", f"http://127.0.0.1:{closed_port()}", retries=False)
    assert cause(raised.value) == "Connection refused"


def test_an_error_without_words_is_named() -> None:
    assert cause(ValueError()) == "ValueError"
    assert cause(ValueError("no\n  such")) == "no such"
