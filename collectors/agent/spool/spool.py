"""The queue on disk: append, take a batch, be done with it."""

import contextlib
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from collectors.agent.spool import limits as limits_
from collectors.agent.spool import rejects as reject_file
from collectors.agent.spool.batch import Batch, SegmentDamaged, collect
from collectors.agent.spool.limits import Limits
from collectors.agent.spool.lock import Lock
from collectors.agent.spool.record import Record
from collectors.agent.spool.rejects import Reject
from collectors.agent.spool.segment import (
    Segment,
    cut_torn_tail,
    describe,
    quarantine,
    read_scan,
    recover_salvage,
    segment_paths,
)
from collectors.agent.spool.state import State
from collectors.agent.spool.writer import SECOND_NS, Writer
from collectors.agent.wording import AgentError, fill
from collectors.text import Text

RECORD_BYTES = 256 * 1024
"""A record ends at this size, so that reading one never takes much memory."""

_STATE = "state.json"

_log = logging.getLogger(__name__)

_CANNOT_OPEN = Text(
    "スプール{path}を使えません: {why}。フォルダーの権限とディスクを確認してください",
    "cannot use the spool {path}: {why}; check the folder's permissions and the disk",
)
_CANNOT_WRITE = Text(
    "スプールに書き込めません（{why}）。書けるようになるまで新しいデータは失われ、件数だけ数えます",
    "cannot write to the spool ({why}): until that ends new data is lost and only counted",
)
_WRITES_AGAIN = Text(
    "スプールに再び書き込めます。失われたのは{lines}行です",
    "the spool can be written again; {lines} lines were lost",
)
_CANNOT_SYNC = Text(
    "スプールをディスクに書き込めたか確認できません: {why}", "cannot tell whether the spool is on the disk: {why}"
)
_DROPPED = Text(
    "未送信データが上限（期間または容量）を超えたため、古い{lines}行を捨てました",
    "unsent data is beyond its limit of age or size: dropped the oldest {lines} lines",
)
_LEFT_ALONE = Text(
    "壊れた{path}を隔離できません（{why}）。次の起動までそのままにします",
    "cannot set the damaged {path} aside ({why}): it is left alone until the next start",
)


class SpoolError(AgentError):
    """The spool cannot be opened."""


@dataclass(frozen=True, slots=True)
class Status:
    """What a spool says of itself; counts are totals over the spool's life.

    Attributes:
        bytes: size of all segments.
        points: lines that are not finished.
        dropped: lines dropped because of age, size, or a disk that could not be written.
        rejected: lines that the gateway refused.
        quarantined: damaged segments set aside.
        lost_bytes: bytes of those that were no intact record.
    """

    bytes: int
    points: int
    dropped: int
    rejected: int
    quarantined: int
    lost_bytes: int


class Spool:
    """A spool that this process holds. Its methods may be called from several threads."""

    def __init__(
        self,
        directory: Path,
        limits: Limits = limits_.DEFAULT,
        clock: Callable[[], float] = time.monotonic,
        wall_ns: Callable[[], int] = time.time_ns,
        write: Callable[[int, bytes], int] = os.write,
    ) -> None:
        """Open or make a spool and repair what a crash has left.

        Args:
            directory: the spool's own directory.
            limits: sizes and times.
            clock: seconds that never go back.
            wall_ns: Unix time in nanoseconds.
            write: writes bytes to a file descriptor; another one lets tests fill the disk.

        Raises:
            SpoolError: the directory cannot be used.
            SpoolInUse: another process holds it.
        """
        self._directory, self._limits, self._wall_ns = directory, limits, wall_ns
        self._mutex = threading.RLock()
        self._writer = Writer(directory, limits, clock, write)
        self._segments: list[Segment] = []
        self._taken: Batch | None = None
        self._is_state_saved = True
        self._failed_lines = 0
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = Lock(directory)
            with contextlib.ExitStack() as undo:
                undo.callback(self._lock.release)
                self._state = State.load(directory / _STATE)
                self._load_segments()
                undo.pop_all()
        except OSError as error:
            raise SpoolError(fill(_CANNOT_OPEN, path=directory, why=error.strerror or error)) from None
        last = self._segments[-1].last_sequence if self._segments else 0
        self._next_sequence = max(last, self._state.finished) + 1

    def append(self, lines: Sequence[str]) -> int:
        """Append lines without line ends; return how many were written. The others are counted as dropped."""
        with self._mutex:
            return sum(self._append(chunk) for chunk in self._chunks(lines))

    def maintain(self) -> None:
        """Do what is due: force data to the disk, drop what is beyond the limits. Cheap; call it about every second."""
        with self._mutex:
            if self._writer.is_sync_due:
                self.sync()
            oldest = self._wall_ns() - int(self._limits.max_age_s * SECOND_NS)
            self._drop_while(lambda segment: segment.last_ns < oldest or self._bytes() > self._limits.max_bytes)
            if not self._is_state_saved:
                self._save_state()

    def sync(self) -> None:
        """Force all that was appended to the disk."""
        with self._mutex:
            try:
                self._writer.sync()
            except OSError as error:
                _log.error(fill(_CANNOT_SYNC, why=error.strerror))

    def close(self) -> None:
        """Force all to the disk and give the spool back."""
        with self._mutex:
            self._writer.close()
            self._forget_finished()
            if not self._is_state_saved:
                self._save_state()
            self._lock.release()

    def status(self) -> Status:
        """Return sizes and counts."""
        with self._mutex:
            state = self._state
            return Status(
                bytes=self._bytes(),
                points=sum(segment.lines for segment in self._segments),
                dropped=state.dropped,
                rejected=state.rejected,
                quarantined=state.quarantined,
                lost_bytes=state.lost_bytes,
            )

    def take(self, max_lines: int) -> Batch | None:
        """Return the oldest lines that are not finished; None if there are none.

        The lines stay in the spool until `done`; after `put_back` the next `take` brings them again. As long as a batch
        is taken the limits do not hold for it: take it for the time of a request only.

        Raises:
            RuntimeError: a batch is taken already; there is one at a time.
        """
        with self._mutex:
            if self._taken is not None:
                raise RuntimeError("a batch is taken already")
            batch = self._collect(max_lines)
            self._taken = batch if batch.lines else None
            return self._taken

    def done(self, batch: Batch, rejects: Sequence[Reject] = ()) -> None:
        """Note that a batch is stored, apart from the lines that were refused for good: they are set aside."""
        with self._mutex:
            self._taken = None
            if rejects:
                reject_file.keep(self._directory, rejects)
            self._state.finished = batch.last_sequence
            self._state.rejected += len(rejects)
            for part in batch.parts:
                part.segment.finish(part.end, part.lines)
            self._save_state()
            self._forget_finished()

    def put_back(self) -> None:
        """Give up the batch that was taken."""
        with self._mutex:
            self._taken = None

    def _chunks(self, lines: Sequence[str]) -> Iterator[list[bytes]]:
        chunk: list[bytes] = []
        size = 0
        # A line feed within a line would make two of it when the batch is taken apart: count it as what it becomes.
        for line in (piece for each in lines for piece in each.split("\n") if piece):
            data = line.encode("utf-8", errors="replace")
            if chunk and (len(chunk) >= self._limits.record_lines or size + len(data) > RECORD_BYTES):
                yield chunk
                chunk, size = [], 0
            chunk.append(data)
            size += len(data) + 1
        if chunk:
            yield chunk

    def _append(self, lines: list[bytes]) -> int:
        record = Record(self._next_sequence, self._wall_ns(), len(lines), b"".join(line + b"\n" for line in lines))
        self._drop_while(lambda _segment: self._bytes() + record.size > self._limits.max_bytes)
        try:
            segment = self._writer.append(record)
        except OSError as error:
            if not self._failed_lines:
                _log.error(fill(_CANNOT_WRITE, why=error.strerror))
            self._failed_lines += len(lines)
            self._state.dropped += len(lines)
            self._is_state_saved = False
            return 0
        self._next_sequence += 1
        if segment not in self._segments[-1:]:
            self._segments.append(segment)
            self._forget_finished()
        if self._failed_lines:
            _log.warning(fill(_WRITES_AGAIN, lines=self._failed_lines))
            self._failed_lines = 0
        return len(lines)

    def _collect(self, max_lines: int) -> Batch:
        for _attempt in range(len(self._segments) + 1):
            try:
                return collect(self._segments, max_lines)
            except SegmentDamaged as damaged:
                self._replace_damaged(damaged.segment)
        return Batch()

    def _replace_damaged(self, segment: Segment) -> None:
        if segment is self._writer.segment:
            self._writer.close()
        index = self._segments.index(segment)
        self._segments[index : index + 1] = self._set_aside(segment.path)
        self._save_state()

    def _set_aside(self, path: Path) -> list[Segment]:
        try:
            found = read_scan(path)
            saved = quarantine(path, found, self._state.finished)
        except OSError as error:
            # Not even the name can be changed, or there is no room for what is intact: go on with the other segments.
            _log.error(fill(_LEFT_ALONE, path=path, why=error.strerror))
            return []
        self._state.quarantined += 1
        self._state.lost_bytes += sum(end - start for start, end in found.damaged)
        return [saved] if saved else []

    def _bytes(self) -> int:
        return sum(segment.size for segment in self._segments)

    def _drop_while(self, is_beyond: Callable[[Segment], bool]) -> None:
        # What is being sent right now may be stored already: dropping it would count it twice.
        taken = [part.segment for part in self._taken.parts] if self._taken else []
        while self._segments and is_beyond(self._segments[0]) and self._segments[0] not in taken:
            self._drop(self._segments[0])

    def _drop(self, segment: Segment) -> None:
        if segment is self._writer.segment:
            self._writer.close()
        if segment.lines:
            # The count and the place up to which all is finished change together, before the file goes: whenever the
            # process ends, each line is counted once.
            self._state.finished = segment.last_sequence
            self._state.dropped += segment.lines
            _log.warning(fill(_DROPPED, lines=segment.lines))
            self._save_state()
        self._remove(segment)

    def _forget_finished(self) -> None:
        for segment in [each for each in self._segments if not each.lines and each is not self._writer.segment]:
            self._remove(segment)

    def _remove(self, segment: Segment) -> None:
        self._segments = [each for each in self._segments if each is not segment]
        with contextlib.suppress(OSError):
            segment.path.unlink()

    def _save_state(self) -> None:
        try:
            self._state.save(self._directory / _STATE)
            self._is_state_saved = True
        except OSError:
            self._is_state_saved = False  # the disk is full: `maintain` tries again

    def _load_segments(self) -> None:
        recover_salvage(self._directory)
        paths = segment_paths(self._directory)
        for path in paths:
            found = read_scan(path)
            if found.damaged and not (found.torn and path == paths[-1]):
                self._segments += self._set_aside(path)
            else:
                if found.damaged:
                    cut_torn_tail(path, found)
                self._segments.append(describe(path, found, self._state.finished))
        self._save_state()
        self._forget_finished()
