"""One agent for each spool: a lock that ends with the process, however it ends."""

import contextlib
import os
import sys
from pathlib import Path

from collectors.agent.wording import AgentError, fill
from collectors.text import Text

_IN_USE = Text(
    "スプール{path}は別のエージェント（プロセス{pid}）が使用中です",
    "another agent (process {pid}) uses the spool {path}",
)


class SpoolInUse(AgentError):
    """Another process holds the spool."""


class Lock:
    """Holds the file `lock` in a spool's directory."""

    def __init__(self, directory: Path) -> None:
        """Take the lock.

        Raises:
            SpoolInUse: another process has it.
            OSError: the file cannot be opened.
        """
        path = directory / "lock"
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(self._descriptor)
        except OSError:
            pid = os.read(self._descriptor, 20).decode("ascii", "replace").strip() or "?"
            os.close(self._descriptor)
            raise SpoolInUse(fill(_IN_USE, path=directory, pid=pid)) from None
        with contextlib.suppress(OSError):  # a full disk: the lock holds all the same, only nobody is named
            os.truncate(self._descriptor, 0)
            os.write(self._descriptor, f"{os.getpid()}\n".encode())

    def release(self) -> None:
        """Give the lock back."""
        os.close(self._descriptor)


def _lock(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        # Windows keeps others from reading what is locked; a byte far behind the process number leaves that readable.
        os.lseek(descriptor, 1024, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        os.lseek(descriptor, 0, os.SEEK_SET)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
