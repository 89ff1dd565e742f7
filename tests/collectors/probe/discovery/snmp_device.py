"""snmpsim on port 161 of one address: `python snmp_device.py WALKS ADDRESS` prints "ready" and serves until killed."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path


def main(walks: str, address: str) -> None:
    # Ended by the signal's default, it would leave the responder behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    with tempfile.TemporaryDirectory() as work:
        command = [
            str(Path(sys.executable).with_name("snmpsim-command-responder")),
            f"--data-dir={walks}",
            f"--cache-dir={work}",
            f"--agent-udpv4-endpoint={address}:161",
            "--logging-method=null",
        ]
        environment = {**os.environ, "SNMPSIM_ALLOW_ROOT": "true"}
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _wait(address)
            sys.stdout.write("ready\n")
            sys.stdout.flush()
            sys.stdin.read()
        finally:
            process.kill()
            process.wait(10)


def _wait(address: str) -> None:
    import asyncio

    from collectors.probe.client import Client
    from collectors.probe.snmp import NoAnswer, oid
    from collectors.probe.target import ProbeTarget

    async def answers() -> bool:
        async with Client() as client:
            session = await client.session(ProbeTarget(address, community="mfp_color", timeout_s=0.3, retries=0))
            try:
                return bool(await session.get({"description": oid("1.3.6.1.2.1.1.1.0")}))
            except NoAnswer:
                return False

    for _attempt in range(200):
        if asyncio.run(answers()):
            return
    raise SystemExit("snmpsim did not start")


if __name__ == "__main__":
    main(*sys.argv[1:])
