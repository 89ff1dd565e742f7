"""The locked dependencies are compared with the published vulnerabilities, where their list can be reached."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

HOST = "api.osv.dev"


def test_no_locked_dependency_has_a_published_vulnerability(repository: Path) -> None:
    try:
        socket.create_connection((HOST, 443), timeout=3).close()
    except OSError as error:
        pytest.skip(f"the list of vulnerabilities at {HOST} cannot be reached: {error}")
    audit = subprocess.run(
        [
            *(sys.executable, "-m", "pip_audit", "--requirement", str(repository / "requirements.lock")),
            *("--require-hashes", "--disable-pip", "--vulnerability-service", "osv", "--progress-spinner", "off"),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert audit.returncode == 0, audit.stdout + audit.stderr
