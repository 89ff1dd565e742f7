"""The form of a record, and finding records in what a segment holds, damaged or not."""

import struct
import zlib
from dataclasses import dataclass

MAGIC = b"\xffKS\x01"
"""Begins a record. 0xFF never occurs in UTF-8, so the lines cannot contain it and damage can be skipped safely."""

_HEADER = struct.Struct("<4sIIIQQ")  # magic, CRC-32 of all that follows it, payload length, lines, sequence, time
_CRC_FROM = 8
HEADER_BYTES = _HEADER.size
MAX_PAYLOAD_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Record:
    """Some lines that were appended together.

    Attributes:
        sequence: number of the record; grows by one from record to record.
        time_ns: when it was appended, Unix nanoseconds.
        lines: number of lines.
        payload: the lines, each with its line end.
    """

    sequence: int
    time_ns: int
    lines: int
    payload: bytes

    def encode(self) -> bytes:
        """Return the record as a segment holds it."""
        head = _HEADER.pack(MAGIC, 0, len(self.payload), self.lines, self.sequence, self.time_ns)
        crc = zlib.crc32(self.payload, zlib.crc32(head[_CRC_FROM:]))
        return b"".join((MAGIC, struct.pack("<I", crc), head[_CRC_FROM:], self.payload))

    @property
    def size(self) -> int:
        """Bytes that the record takes."""
        return HEADER_BYTES + len(self.payload)


@dataclass(frozen=True, slots=True)
class Scan:
    """What was found in a segment's bytes.

    Attributes:
        records: the intact records with their offsets, in order.
        damaged: (start, end) of every stretch that is no record.
        torn: True where the only damage is a last record that was not written to its end.
    """

    records: list[tuple[int, Record]]
    damaged: list[tuple[int, int]]
    torn: bool

    @property
    def end(self) -> int:
        """Offset after the last intact record."""
        return self.records[-1][0] + self.records[-1][1].size if self.records else 0


def record_at(data: bytes, offset: int) -> Record | None:
    """Return the record that begins at an offset; None if there is no intact one."""
    if len(data) - offset < HEADER_BYTES:
        return None
    magic, crc, length, lines, sequence, time_ns = _HEADER.unpack_from(data, offset)
    end = offset + HEADER_BYTES + length
    if magic != MAGIC or length > MAX_PAYLOAD_BYTES or end > len(data):
        return None
    if zlib.crc32(memoryview(data)[offset + _CRC_FROM : end]) != crc:
        return None
    return Record(sequence, time_ns, lines, data[offset + HEADER_BYTES : end])


def scan(data: bytes) -> Scan:
    """Find all intact records, also behind damage."""
    records: list[tuple[int, Record]] = []
    damaged: list[tuple[int, int]] = []
    offset = 0
    while offset < len(data):
        record = record_at(data, offset)
        if record is None:
            end = _next_record(data, offset + 1)
            damaged.append((offset, end))
            offset = end
        else:
            records.append((offset, record))
            offset += record.size
    torn = len(damaged) == 1 and damaged[0][1] == len(data) and _is_unfinished(data[damaged[0][0] :])
    return Scan(records, damaged, torn)


def _next_record(data: bytes, offset: int) -> int:
    while (offset := data.find(MAGIC, offset)) >= 0:
        if record_at(data, offset):
            return offset
        offset += 1
    return len(data)


def _is_unfinished(tail: bytes) -> bool:
    # A record cut short, or, after a power failure, blocks that were allotted to the file and never written.
    if not tail.strip(b"\0"):
        return True
    if len(tail) < HEADER_BYTES:
        return tail[: len(MAGIC)] == MAGIC[: len(tail)]
    magic, _crc, length, *_rest = _HEADER.unpack_from(tail)
    return bool(magic == MAGIC and length <= MAX_PAYLOAD_BYTES and HEADER_BYTES + length > len(tail))
