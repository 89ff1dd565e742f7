"""A small office in network namespaces: a switch, a probe, and devices with an address and a hardware address each."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[3]
SUBNET = "192.168.77.0/24"
PROBE_ADDRESS = "192.168.77.1"


def why_not() -> str:
    """Return why namespaces cannot be made here; "" if they can."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "network namespaces need Linux and root"
    if not shutil.which("ip"):
        return "iproute2 is not installed"
    name = f"karte-try-{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, check=False)
    if made.returncode:
        return f"network namespaces cannot be made: {made.stderr.decode().strip()}"
    subprocess.run(["ip", "netns", "del", name], check=True)
    return ""


@dataclass
class Office:
    """The namespaces that stand."""

    stack: ExitStack
    prefix: str
    count: int = 0
    names: dict[str, str] = field(default_factory=dict)

    def ip(self, namespace: str, command: str) -> None:
        subprocess.run(["ip", "-n", namespace, *command.split()], check=True, capture_output=True)

    def sysctl(self, namespace: str, setting: str) -> None:
        subprocess.run(["ip", "netns", "exec", namespace, "sysctl", "-qw", setting], check=True, capture_output=True)

    def namespace(self, name: str) -> str:
        full = f"{self.prefix}{name}"
        subprocess.run(["ip", "netns", "add", full], check=True, capture_output=True)
        self.stack.callback(subprocess.run, ["ip", "netns", "del", full], check=True)
        self.ip(full, "link set lo up")
        return full

    def device(self, name: str, address: str, mac: str, *roles: str) -> str:
        """Add a device on the switch and start what it serves."""
        full = self.namespace(name)
        self.names[name] = full
        self.count += 1
        port = f"port{self.count}"
        self.ip(f"{self.prefix}probe", f"link add {port} type veth peer name eth0 netns {full}")
        self.ip(f"{self.prefix}probe", f"link set {port} master switch up")
        self.ip(full, f"link set eth0 address {mac} up")
        self.ip(full, f"addr add {address}/24 dev eth0")
        if roles:
            self.start(full, [str(HERE / "responder.py"), address, *roles])
        return full

    def start(self, namespace: str, arguments: list[str]) -> subprocess.Popen[bytes]:
        """Start a Python program that says "ready"."""
        command = ["ip", "netns", "exec", namespace, sys.executable, *arguments]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.stack.callback(_end, process)
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        return process

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a Python program where the probe is."""
        command = ["ip", "netns", "exec", f"{self.prefix}probe", sys.executable, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=REPOSITORY, timeout=100)

    @contextmanager
    def watched(self) -> Iterator[dict[str, int]]:
        """Count where packets leave the probe to; the result is filled in when the context ends."""
        counts: dict[str, int] = {}
        process = self.start(f"{self.prefix}probe", [str(HERE / "sniffer.py")])
        yield counts
        told, _errors = process.communicate(b"", timeout=10)
        counts.update(json.loads(told))


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(1)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)
    for stream in (process.stdin, process.stdout):
        _close(stream)


def _close(stream: IO[bytes] | None) -> None:
    if stream is not None and not stream.closed:
        stream.close()


@contextmanager
def office() -> Iterator[Office]:
    """Return an office with a switch and the probe; all of it is gone when the context ends."""
    with ExitStack() as stack:
        made = Office(stack, f"karte-{os.getpid()}-")
        probe = made.namespace("probe")
        made.ip(probe, "link add switch type bridge")
        made.ip(probe, "link set switch address 00:0c:29:00:00:01 up")
        made.ip(probe, f"addr add {PROBE_ADDRESS}/24 dev switch")
        yield made
