"""Enrolment: an install ID is exchanged for this machine's credentials."""

import json
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import urllib3

from collectors import __version__
from collectors.agent.credentials import Credentials
from collectors.agent.gateway import connections
from collectors.agent.identity import machine_id, machine_kind, os_name
from collectors.agent.wording import AgentError, fill
from collectors.text import Lang, Text
from collectors.unanswered import cause

KINDS = ("pc", "server", "nas", "probe")
"""What a machine can be enrolled as."""

TIMEOUT_S = 30.0
_PATH = "/api/v1/enroll"

_NO_ANSWER = Text(
    "{url}に接続できません: {why}。URLとネットワークを確認してください",
    "cannot reach {url}: {why}; check the URL and the network",
)
_REFUSED = Text("登録できませんでした: {message}（{code}）", "not enrolled: {message} ({code})")
_NOT_SERVICE = Text(
    "{url}はOffice Karteのサービスではないようです（HTTP {status}）。URLを確認してください",
    "{url} does not seem to be an Office Karte service (HTTP {status}); check the URL",
)


class EnrolmentError(AgentError):
    """The machine was not enrolled."""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What enrolment gave.

    Attributes:
        credentials: to be kept.
        customer: the customer's name as the service knows it; "" if it does not say.
        is_new: False where the machine was enrolled before and keeps its place.
    """

    credentials: Credentials
    customer: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Machine:
    """What the service is told of this machine.

    Attributes:
        hostname: its name.
        machine_id: an identity from which its own identifiers cannot be told.
        kind: one of `KINDS`.
        os: name and version of the operating system.
    """

    hostname: str
    machine_id: str
    kind: str
    os: str


def this_machine(data_dir: Path, host: str, kind: str | None) -> Machine:
    """Describe this machine; its kind is guessed where nobody says.

    Raises:
        AgentError: it has no identity and none can be kept.
    """
    system = f"{os_name()} {platform.release()}".strip()
    return Machine(host, machine_id(data_dir), kind or machine_kind(), system)


def enrol(url: str, code: str, machine: Machine, lang: Lang, proxy: str = "", ca_file: str = "") -> Enrolled:
    """Ask the service for credentials.

    Args:
        url: the service's base URL.
        code: the install ID.
        machine: this machine.
        lang: language of the service's messages.
        proxy: HTTP proxy; "" for none.
        ca_file: certificates to trust (PEM); "" for the system's.

    Raises:
        EnrolmentError: the service cannot be reached, or refuses.
    """
    sent = {
        "install_id": code.strip(),
        "hostname": machine.hostname,
        "machine_id": machine.machine_id,
        "kind": machine.kind,
        "os": machine.os,
    }
    status, body = _post(url, json.dumps(sent).encode(), lang, proxy, ca_file)
    if status in (200, 201) and all(isinstance(body.get(name), str) for name in ("device", "token")):
        made = Credentials(url, body["device"], body["token"], str(body.get("contract")), str(body.get("site")))
        return Enrolled(made, str(body.get("name", "")), is_new=status == 201)
    error = body.get("error")
    if not isinstance(error, dict):
        raise EnrolmentError(fill(_NOT_SERVICE, url=url, status=status))
    message = " ".join(str(error.get("message", "")).split())
    raise EnrolmentError(fill(_REFUSED, message=message, code=error.get("code", status)))


def _post(url: str, body: bytes, lang: Lang, proxy: str, ca_file: str) -> tuple[int, dict[str, Any]]:
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "Accept-Language": lang,
        "User-Agent": f"karte-agent/{__version__}",
    }
    try:
        # No redirect: the install ID goes to nobody but the URL that a person typed.
        got = connections(proxy, ca_file).request(
            "POST", f"{url}{_PATH}", body=body, headers=headers, timeout=TIMEOUT_S, retries=False
        )
        data = got.data
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise EnrolmentError(fill(_NO_ANSWER, url=url, why=cause(error))) from None
    try:
        parsed = json.loads(data)
    except ValueError:
        parsed = None
    return got.status, parsed if isinstance(parsed, dict) else {}
