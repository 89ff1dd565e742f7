"""A real SNMP agent: snmpsim serves the walks of `tests/data/snmp` over UDP for the whole test session."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from collectors.probe.client import Client
from collectors.probe.printer.model import Printer
from collectors.probe.printer.read import read_printer
from collectors.probe.snmp import NoAnswer, oid
from collectors.probe.target import AuthProtocol, PrivProtocol, ProbeTarget, SnmpVersion, V3Credentials

_AUTH_KEY = "auth-pass-phrase"
_PRIV_KEY = "priv-pass-phrase"
_START_LIMIT_S = 60.0


@dataclass(frozen=True)
class Snmpsim:
    """A running simulator; the name of a walk is its community (versions 1, 2c) and its context (version 3)."""

    port: int

    def target(self, walk: str, version: SnmpVersion = SnmpVersion.V2C, encrypt: bool = True) -> ProbeTarget:
        """Return the target of one walk; version 3 comes as authPriv SHA/AES, or authNoPriv."""
        v3 = None
        if version is SnmpVersion.V3:
            v3 = V3Credentials(
                user="encrypting" if encrypt else "signing",
                auth_key=_AUTH_KEY,
                auth_protocol=AuthProtocol.SHA,
                priv_key=_PRIV_KEY if encrypt else "",
                priv_protocol=PrivProtocol.AES,
                context_name=walk,
            )
        return ProbeTarget("127.0.0.1", self.port, version, community=walk, v3=v3, timeout_s=3.0, retries=2)


def start_snmpsim(data: Path, work: Path, a_walk: str) -> tuple[subprocess.Popen[bytes], Snmpsim]:
    """Start a simulator for a folder of walks on a free port and wait until it answers for one of them."""
    port = _free_udp_port()
    command = [
        str(Path(sys.executable).with_name("snmpsim-command-responder")),
        f"--data-dir={data}",
        f"--cache-dir={work / 'cache'}",
        f"--agent-udpv4-endpoint=127.0.0.1:{port}",
        "--logging-method=null",
        *_user("encrypting", with_privacy=True),
        *_user("signing", with_privacy=False),
    ]
    # As root it refuses to start unless told that this is meant; it serves the loopback only.
    environment = {**os.environ, "SNMPSIM_ALLOW_ROOT": "true"}
    with (work / "snmpsim.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=environment)
    simulator = Snmpsim(port)
    deadline = time.monotonic() + _START_LIMIT_S
    while not asyncio.run(_answers(simulator.target(a_walk))):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise RuntimeError(f"snmpsim did not start: {(work / 'snmpsim.log').read_text()[-500:]}")
    return process, simulator


def _user(name: str, with_privacy: bool) -> list[str]:
    options = [f"--v3-user={name}", "--v3-auth-proto=SHA", f"--v3-auth-key={_AUTH_KEY}"]
    return [*options, "--v3-priv-proto=AES", f"--v3-priv-key={_PRIV_KEY}"] if with_privacy else options


def _free_udp_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def _answers(target: ProbeTarget) -> bool:
    quick = ProbeTarget(target.host, target.port, community=target.community, timeout_s=0.3, retries=0)
    async with Client() as client:
        try:
            return bool(await (await client.session(quick)).get({"descr": oid("1.3.6.1.2.1.1.1.0")}))
        except NoAnswer:
            return False


@pytest.fixture(scope="session")
def snmpsim(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Iterator[Snmpsim]:
    """The project's own walks."""
    process, simulator = start_snmpsim(
        repository / "tests" / "data" / "snmp", tmp_path_factory.mktemp("snmpsim"), "mfp_color"
    )
    yield simulator
    process.terminate()
    process.wait(10)


@pytest.fixture
def read_walk(snmpsim: Snmpsim) -> Callable[[str], Printer]:
    """Reads one of the project's own walks as a printer."""
    return lambda walk: asyncio.run(_printer(snmpsim.target(walk)))


async def _printer(target: ProbeTarget) -> Printer:
    async with Client() as client:
        return await read_printer(await client.session(target))


@pytest.fixture(scope="session")
def recorded_snmpsim(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Iterator[Snmpsim]:
    """Walks of real devices beside the checkout, where they are."""
    data = repository.parent / "shared" / "snmpsim"
    walks = sorted(data.glob("*.snmprec"))
    if not walks:
        pytest.skip(f"no recorded walks in {data}")
    process, simulator = start_snmpsim(data, tmp_path_factory.mktemp("recorded"), walks[0].stem)
    yield simulator
    process.terminate()
    process.wait(10)
