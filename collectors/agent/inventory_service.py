"""The one way to the service's inventory API."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import urllib3

from collectors import __version__
from collectors.agent.gateway import Answer, answer, connections
from collectors.unanswered import cause

_PATH = "/api/v1/inventory"


@dataclass(slots=True)
class InventoryService:
    """Sends documents, one request at a time.

    Attributes:
        url: base URL of the service.
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

    def send(self, packed: bytes) -> Answer:
        """Send a document as gzip; never raises for what the network or the other side does.

        Status 200 means that it is kept, if it `is_api`: what is on the way says 200 too, to a sign-in page.
        """
        headers = {
            "Authorization": f"Token {self.token}",
            "Content-Type": "application/json",
            "Content-Encoding": "gzip",
            "Accept": "application/json",
            "User-Agent": f"karte-agent/{__version__}",
        }
        try:
            # No redirect: the token goes to nobody but the gateway that the machine was enrolled at.
            with connections(self.proxy, self.ca_file) as pool:
                got = pool.request(
                    "POST", f"{self.url}{_PATH}", body=packed, headers=headers, timeout=self.timeout_s, retries=False
                )
                data = got.data
        except (urllib3.exceptions.HTTPError, OSError) as error:
            return Answer(0, cause(error))
        return _read(answer(got.status, got.headers, data, self.wall()), data)


def _read(plain: Answer, body: bytes) -> Answer:
    told = _json_object(body)
    error = told.get("error")
    if isinstance(error, dict) and isinstance(error.get("code"), str):
        message = " ".join(f"{error['code']}: {error.get('message', '')}".split())[:300]
        return replace(plain, is_api=True, message=message)
    return replace(plain, is_api=isinstance(told.get("outcome"), str))


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
