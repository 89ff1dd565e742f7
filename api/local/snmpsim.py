"""The simulated MFPs on the network: data files that follow the clock, and snmpsim serving them."""

import importlib.util
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from api.demo.mfp import MFPS, state_at
from api.demo.office import Office
from api.demo.snmprec import document
from api.local.child import start_child
from api.local.logs import open_log
from api.local.supervisor import ChildError
from collectors.text import Text

REFRESH_S = 60


def write_documents(office: Office, directory: Path, moment_s: int) -> None:
    """Write what each MFP answers at a moment; snmpsim notices that a file has changed."""
    directory.mkdir(parents=True, exist_ok=True)
    for mfp in MFPS:
        draft = directory / f".{mfp.key}.new"
        draft.write_text(document(state_at(office, mfp, moment_s), moment_s - office.history_start), encoding="ascii")
        draft.replace(directory / f"{mfp.key}.snmprec")


def start_snmpsim(directory: Path, cache: Path, ports: Iterable[int], log_path: Path) -> "subprocess.Popen[bytes]":
    """Start snmpsim on UDP ports of the loopback; it answers a few seconds later.

    Each MFP answers on all of them, by its community; that each has a port of its own is what tells them apart as
    addresses do in a real office.

    Raises:
        ChildError: it is not installed.
    """
    if importlib.util.find_spec("snmpsim") is None:
        raise ChildError(
            Text(
                "snmpsim がありません。模擬オフィスには必要です: pip install 'office-karte[demo]'",
                "snmpsim is not installed; the simulated office needs it: pip install 'office-karte[demo]'",
            )
        )
    cache.mkdir(parents=True, exist_ok=True)
    command = [
        *(sys.executable, "-m", "snmpsim.commands.responder"),
        *(f"--data-dir={directory}", f"--cache-dir={cache}"),
        *(f"--agent-udpv4-endpoint=127.0.0.1:{port}" for port in ports),
        "--logging-method=stderr",
        "--log-level=error",
    ]
    with open_log(log_path) as log:
        # It serves invented data to the loopback only, so running as root, as containers do, is no danger.
        return start_child(command, stdout=log, stderr=log, extra_env={"SNMPSIM_ALLOW_ROOT": "true"})
