"""Child processes that never outlive their parent."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import IO, Any

_PR_SET_PDEATHSIG = 1


def start_child(
    command: Sequence[str],
    stdout: "IO[Any] | int | None" = None,
    stderr: "IO[Any] | int | None" = None,
    extra_env: Mapping[str, str] | None = None,
    sockets: Sequence[socket.socket] = (),
) -> "subprocess.Popen[bytes]":
    """Start a child in a session of its own; on Linux it gets SIGTERM when this process dies, even by kill -9.

    The kernel sends the signal when the calling *thread* ends, so call this from a thread that lives long.

    Args:
        command: program and arguments.
        stdout: where it writes.
        stderr: where it writes its complaints.
        extra_env: variables that it gets besides this process' own.
        sockets: what it inherits, under the same file descriptors.
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
        env={**os.environ, **(extra_env or {})},
        start_new_session=True,
        pass_fds=[each.fileno() for each in sockets],
        # The child has one thread at this point and the function only calls prctl.
        preexec_fn=die_with_parent if sys.platform == "linux" else None,
    )


def stop_child(process: "subprocess.Popen[bytes]", wait_s: float = 15.0) -> None:
    """End a child with SIGTERM, and with SIGKILL if it has not ended after `wait_s` seconds, and all of its session."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(wait_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    # What it started and did not end itself; the group's number cannot be another's while a member lives.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def run_child(command: Sequence[str], timeout_s: float) -> "subprocess.CompletedProcess[bytes]":
    """Run a child to its end and return what it wrote; it is killed after `timeout_s` seconds and then has code -9."""
    process = start_child(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        stdout, stderr = process.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired:
        process.kill()
        stdout, stderr = process.communicate()
    except BaseException:
        process.kill()
        raise
    return subprocess.CompletedProcess(list(command), process.returncode, stdout, stderr)
