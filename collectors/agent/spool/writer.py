"""The segment that is being appended to."""

import contextlib
import errno
import os
from collections.abc import Callable
from pathlib import Path

from collectors.agent.spool.limits import Limits
from collectors.agent.spool.record import Record
from collectors.agent.spool.segment import Segment, segment_path
from collectors.atomic import sync_directory

SECOND_NS = 1_000_000_000
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Writer:
    """Appends records to a segment and begins new ones.

    Every call of this process begins a segment of its own, so what a crash left is never written to again. There is no
    buffer: what `append` took survives the end of the process, and after `sync` the end of the power.

    Attributes:
        segment: the segment being appended to; None before the first record.
    """

    def __init__(
        self, directory: Path, limits: Limits, clock: Callable[[], float], write: Callable[[int, bytes], int]
    ) -> None:
        self._directory, self._limits, self._clock, self._write = directory, limits, clock, write
        self._descriptor = -1
        self._dirty_since: float | None = None
        self.segment: Segment | None = None

    @property
    def is_sync_due(self) -> bool:
        """True where something has waited for `fsync_interval_s` to be forced to the disk."""
        waiting = self._dirty_since
        return waiting is not None and self._clock() - waiting >= self._limits.fsync_interval_s

    def append(self, record: Record) -> Segment:
        """Append a record and return the segment it went to.

        Raises:
            OSError: it could not be written; nothing of it is left in a place that will be read.
        """
        if self.segment is not None and self._is_full(self.segment, record):
            self.close()
        segment = self.segment or self._open(record.sequence)
        try:
            rest = record.encode()
            while rest:
                rest = rest[self._write(self._descriptor, rest) :]
        except OSError as error:
            self._undo(segment, error)
            raise
        segment.add(record)
        if self._dirty_since is None:
            self._dirty_since = self._clock()
        return segment

    def sync(self) -> None:
        """Force all that was appended to the disk.

        Raises:
            OSError: the system could not; what of the segment is on the disk is not known, so the next record begins
                another one.
        """
        if self._dirty_since is None:
            return
        self._dirty_since = None
        try:
            os.fsync(self._descriptor)
            sync_directory(self._directory)
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        """End the segment; the next record begins another one."""
        if self.segment is None:
            return
        with contextlib.suppress(OSError):
            if self._dirty_since is not None:
                os.fsync(self._descriptor)
                sync_directory(self._directory)
        with contextlib.suppress(OSError):
            os.close(self._descriptor)
        if not self.segment.size:
            with contextlib.suppress(OSError):
                self.segment.path.unlink()
        self._descriptor, self.segment, self._dirty_since = -1, None, None

    def _is_full(self, segment: Segment, record: Record) -> bool:
        too_big = segment.size + record.size > self._limits.segment_bytes
        # Age is judged by segment, so one must not span much of the age limit.
        return too_big or record.time_ns - segment.first_ns > self._limits.max_age_s / 8 * SECOND_NS

    def _open(self, sequence: int) -> Segment:
        path = segment_path(self._directory, sequence)
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)  # somebody may have removed it
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | getattr(os, "O_BINARY", 0)
        self._descriptor = os.open(path, flags, 0o600)
        self.segment = Segment(path)
        return self.segment

    def _undo(self, segment: Segment, error: OSError) -> None:
        try:
            os.ftruncate(self._descriptor, segment.size)
            usable = error.errno in _FULL and segment.size > 0
        except OSError:
            usable = False
        if not usable:
            self.close()  # perhaps the file itself is the trouble
