"""Reading the oldest lines of a spool."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from collectors.agent.spool.record import record_at
from collectors.agent.spool.segment import Segment

BATCH_BYTES = 4 * 1024 * 1024
"""A batch ends at this size: well below what gateways and proxies accept in one request."""


class SegmentDamaged(Exception):
    """A segment does not hold what it should.

    Attributes:
        segment: the segment.
    """

    def __init__(self, segment: Segment) -> None:
        super().__init__(str(segment.path))
        self.segment = segment


@dataclass(frozen=True, slots=True)
class Part:
    """What a batch took from one segment.

    Attributes:
        segment: the segment.
        end: offset after the last record taken.
        lines: lines taken.
    """

    segment: Segment
    end: int
    lines: int


@dataclass(slots=True)
class Batch:
    """Lines to be sent, oldest first.

    Attributes:
        lines: without line ends.
        last_sequence: of the last record in it.
        parts: where the lines came from.
    """

    lines: list[bytes] = field(default_factory=list)
    last_sequence: int = 0
    parts: list[Part] = field(default_factory=list, repr=False)


def collect(segments: Iterable[Segment], max_lines: int) -> Batch:
    """Return whole records from the oldest on, up to `max_lines` lines but at least one record.

    Raises:
        SegmentDamaged: a segment does not hold what it should.
    """
    batch = Batch()
    room = BATCH_BYTES
    for segment in segments:
        if segment.lines:
            room = _take_from(segment, batch, max_lines, room)
            if room <= 0:
                break
    return batch


def _take_from(segment: Segment, batch: Batch, max_lines: int, room: int) -> int:
    """Add records of one segment to the batch; return the bytes of room that are left, 0 where the batch is full."""
    start = offset = segment.unread_offset
    before = len(batch.lines)
    data = _read(segment)
    while room > 0 and offset < segment.size:
        record = record_at(data, offset - start)
        if record is None:
            raise SegmentDamaged(segment)
        if batch.lines and (len(batch.lines) + record.lines > max_lines or len(record.payload) > room):
            room = 0
            break
        batch.lines += record.payload.split(b"\n")[:-1]
        batch.last_sequence = record.sequence
        room -= len(record.payload)
        offset += record.size
    if len(batch.lines) > before:
        batch.parts.append(Part(segment, offset, len(batch.lines) - before))
    return room


def _read(segment: Segment) -> bytes:
    try:
        with segment.path.open("rb") as file:
            file.seek(segment.unread_offset)
            return file.read(segment.size - segment.unread_offset)
    except OSError:
        return b""  # what cannot be read is no record
