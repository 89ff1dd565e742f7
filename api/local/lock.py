"""One running stack per data directory."""

import fcntl
import json
import os
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType


@dataclass(frozen=True, slots=True)
class Holder:
    """Who runs on a data directory.

    Attributes:
        pid: process id of the supervisor; None if it has not told yet.
        url: where its pages are; None while it starts.
    """

    pid: int | None = None
    url: str | None = None


class AlreadyRunning(Exception):
    """Another process runs on the data directory.

    Attributes:
        holder: who.
    """

    def __init__(self, holder: Holder) -> None:
        super().__init__(f"another karte runs on it (pid {holder.pid})")
        self.holder = holder


class DirectoryLock:
    """An exclusive lock that the kernel gives back when its holder ends, however it ends: a stale one cannot be.

    The file stays when the lock is released; what it says of a holder counts only while the lock is held.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="utf-8")

    def __enter__(self) -> "DirectoryLock":
        """Take the lock.

        Raises:
            AlreadyRunning: another process holds it.
        """
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = self._holder()
            self._file.close()
            raise AlreadyRunning(holder) from None
        self.tell(Holder(os.getpid()))
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Give the lock back."""
        self._file.close()

    def tell(self, holder: Holder) -> None:
        """Write down who holds the lock, for a second one that asks."""
        self._file.seek(0)
        self._file.truncate()
        json.dump({"pid": holder.pid, "url": holder.url}, self._file)
        self._file.flush()

    def _holder(self) -> Holder:
        try:
            found = json.loads(self._file.read())
            return Holder(found.get("pid"), found.get("url"))
        except (ValueError, AttributeError):
            return Holder()
