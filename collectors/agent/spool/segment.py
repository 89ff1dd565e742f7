"""One file of records: what is known of it without reading it again, and what is done when it is damaged."""

import contextlib
import logging
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from collectors.agent.spool.record import Record, Scan, scan
from collectors.agent.wording import fill
from collectors.atomic import sync_directory
from collectors.text import Text

SUFFIX = ".seg"
CORRUPT_SUFFIX = ".corrupt"
SALVAGE_SUFFIX = ".salvage"
MOST_BYTES = 64 * 1024 * 1024
"""A segment is about 1 MiB; a file far beyond that is not ours to read into memory."""

_CORRUPT_KEPT = 4

_log = logging.getLogger(__name__)

_TORN = Text(
    "{path}: 書き込み途中で止まった末尾{size}バイトを取り除きました",
    "{path}: removed {size} bytes of a record that was being written when the agent ended",
)
_CORRUPT = Text(
    "{path}が壊れています。{corrupt}として隔離し、読めた{lines}行は送ります（読めない部分{lost}バイト）",
    "{path} is damaged: set aside as {corrupt}; {lines} lines in it could be read and will be sent, {lost} bytes not",
)


@dataclass(slots=True, eq=False)
class Segment:
    """What is known of a segment.

    Attributes:
        path: the file.
        size: bytes that are records.
        first_ns: when the first record was appended.
        last_ns: when the last record was appended.
        last_sequence: of the last record.
        unread_offset: where the first record begins that is not finished.
        lines: lines in records that are not finished.
    """

    path: Path
    size: int = 0
    first_ns: int = 0
    last_ns: int = 0
    last_sequence: int = 0
    unread_offset: int = 0
    lines: int = 0

    def add(self, record: Record) -> None:
        """Take note of a record that was appended."""
        if self.size == 0:
            self.first_ns = record.time_ns
        self.size += record.size
        self.last_ns, self.last_sequence = record.time_ns, record.sequence
        self.lines += record.lines

    def finish(self, end: int, lines: int) -> None:
        """Take note that all before an offset, with that many lines, is finished."""
        self.unread_offset = end
        self.lines -= lines


def segment_path(directory: Path, first_sequence: int) -> Path:
    """Return the path of the segment that begins with that record; names sort by age."""
    return directory / f"{first_sequence:020d}{SUFFIX}"


def segment_paths(directory: Path) -> list[Path]:
    """Return the segments of a directory, oldest first."""
    return sorted(path for path in directory.glob(f"*{SUFFIX}") if path.stem.isdecimal())


def read_scan(path: Path) -> Scan:
    """Read a segment; one that cannot be read, apart from lacking permission, counts as damaged from end to end.

    Raises:
        PermissionError: this process may not read it.
    """
    try:
        size = path.stat().st_size
        if size <= MOST_BYTES:
            return scan(path.read_bytes())
    except PermissionError:
        raise
    except OSError:
        size = 0
    return Scan([], [(0, size)], torn=False)


def describe(path: Path, found: Scan, finished: int) -> Segment:
    """Return what is known of a segment after reading it; records up to `finished` are done with."""
    segment = Segment(path)
    for _offset, record in found.records:
        segment.add(record)
        if record.sequence <= finished:
            segment.finish(segment.size, record.lines)
    return segment


def cut_torn_tail(path: Path, found: Scan) -> None:
    """Remove the unfinished record at a segment's end.

    Raises:
        OSError: the file cannot be written.
    """
    start, end = found.damaged[0]
    os.truncate(path, start)
    _log.info(fill(_TORN, path=path, size=end - start))


def quarantine(path: Path, found: Scan, finished: int) -> Segment | None:
    """Set a damaged segment aside and return one with what is intact and not finished; None if nothing is.

    The intact records are on the disk before the damaged file gives up its name; `recover_salvage` completes what a
    crash interrupts.

    Raises:
        OSError: the disk cannot be written.
    """
    good = [record for _offset, record in found.records if record.sequence > finished]
    corrupt = path.with_suffix(CORRUPT_SUFFIX)
    salvage = path.with_suffix(SALVAGE_SUFFIX)
    if good:
        _write_records(salvage, good)
    with contextlib.suppress(FileNotFoundError):
        path.replace(corrupt)
    if good:
        salvage.replace(path)
    sync_directory(path.parent)
    _forget_old_corrupt(path.parent)
    lines = sum(record.lines for record in good)
    lost = sum(end - start for start, end in found.damaged)
    _log.error(fill(_CORRUPT, path=path, corrupt=corrupt.name, lines=lines, lost=lost))
    segment = Segment(path)
    for record in good:
        segment.add(record)
    return segment if good else None


def recover_salvage(directory: Path) -> None:
    """Complete or undo quarantines that a crash interrupted.

    Raises:
        OSError: the disk cannot be written.
    """
    for salvage in directory.glob(f"*{SALVAGE_SUFFIX}"):
        segment = salvage.with_suffix(SUFFIX)
        if segment.exists():  # the damaged file is still in its place and will be found again
            salvage.unlink()
        else:
            salvage.replace(segment)


def _write_records(path: Path, records: Iterable[Record]) -> None:
    with path.open("wb") as file:
        for record in records:
            file.write(record.encode())
        file.flush()
        os.fsync(file.fileno())


def _forget_old_corrupt(directory: Path) -> None:
    for old in sorted(directory.glob(f"*{CORRUPT_SUFFIX}"))[:-_CORRUPT_KEPT]:
        old.unlink(missing_ok=True)
