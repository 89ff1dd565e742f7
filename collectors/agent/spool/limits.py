"""Sizes and times of a spool."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes and times of a spool.

    Attributes:
        max_age_s: a segment whose last record is older is dropped.
        max_bytes: total size of all segments; beyond it the oldest is dropped.
        fsync_interval_s: longest time that what was appended waits to be forced to the disk.
        record_lines: most lines in one record; no more than the smallest batch that is asked for.
        segment_bytes: size at which a new segment is begun.
    """

    max_age_s: float = 7 * 86400.0
    max_bytes: int = 256 * 1024**2
    fsync_interval_s: float = 10.0
    record_lines: int = 500
    segment_bytes: int = 1024**2


DEFAULT = Limits()
