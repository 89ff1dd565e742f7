"""Enrols the simulated machines through the service's own endpoint, as real agents are."""

import hashlib
import json

import urllib3
from urllib3.exceptions import HTTPError

from api.demo.cast import Machine
from api.local.ledger import Account
from api.local.supervisor import ChildError
from collectors.text import Text


def enrol_machine(url: str, code: str, machine: Machine, history_start: int) -> Account:
    """Enrol a simulated machine.

    Args:
        url: of the service.
        code: install ID.
        machine: which.
        history_start: Unix seconds from which on its data is due.

    Raises:
        ChildError: the service refused or cannot be reached; the message is its own.
    """
    system, version = machine.os.name, machine.os.version
    system = system if version in system else f"{system} {version}"
    body = {
        "install_id": code,
        "hostname": machine.host,
        "machine_id": hashlib.sha256(f"simulated:{machine.key}".encode()).hexdigest(),
        "kind": machine.kind,
        "os": system,
    }
    try:
        answer = urllib3.request("POST", f"{url}/api/v1/enroll", json=body, timeout=30, retries=False)
    except HTTPError as error:
        raise ChildError(
            Text(f"{url} のサービスに接続できません: {error}", f"the service cannot be reached at {url}: {error}")
        ) from None
    if answer.status not in {200, 201}:
        why = answer.data.decode(errors="replace").strip()[:300]
        raise ChildError(
            Text(f"{machine.host} を登録できませんでした: {why}", f"{machine.host} was not enrolled: {why}")
        )
    found = json.loads(answer.data)
    return Account(found["device"], found["token"], history_start)
