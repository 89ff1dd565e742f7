"""Child processes that never outlive their parent."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

_PR_SET_PDEATHSIG = 1


def start_child(
    command: Sequence[str],
    stdout: "IO[Any] | int | None" = None,
    stderr: "IO[Any] | int | None" = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> "subprocess.Popen[bytes]":
    """Start a child in a session of its own; on Linux it gets SIGTERM when this process dies, even by kill -9.

    The kernel sends the signal when the calling *thread* ends, so call this from a thread that lives long.
    """
    parent = os.getpid()

    def die_with_parent() -> None:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before prctl could see it
            os._exit(1)

    return subprocess.Popen(
        list(command),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        env=None if env is None else dict(env),
        cwd=cwd,
        start_new_session=True,
        # The child has one thread at this point and the function only calls prctl.
        preexec_fn=die_with_parent if sys.platform == "linux" else None,
    )


def stop_child(process: "subprocess.Popen[bytes]", wait_s: float = 15.0) -> None:
    """End a child with SIGTERM, and with SIGKILL if it has not ended after `wait_s` seconds."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(wait_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
