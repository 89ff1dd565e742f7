"""What is known of one array, whoever manages it."""

from dataclasses import dataclass, field

from collectors.text import Text
from collectors.verdict import Verdict

MOST_ERRORS = 10**15
"""Counters of several disks together stay below what InfluxDB can hold."""


@dataclass(frozen=True, slots=True)
class Array:
    """One array, pool or volume.

    Attributes:
        name: as its manager names it ("md0", "tank").
        source: who manages it: mdadm, zfs, btrfs, lvm or storage_spaces.
        verdict: the judgement, made where the manager's words are understood.
        level: raid1, raidz2, Mirror …; None if not known.
        members: how many disks it should have; None if not known.
        members_active: how many of them work; None if not known.
        failed: disks that are marked failed, spares among them; None if not known.
        spares: disks that stand by; None if not known.
        operation: what it is doing: recovery, resync, check, reshape, scrub, resilver …; None if nothing.
        percent: how far that is; None if not known.
        errors: read, write and checksum errors that its manager counted; None if it counts none.
        scrub_age_days: whole days since it was last checked from end to end; None if not known.
    """

    name: str
    source: str
    verdict: Verdict
    level: str | None = None
    members: int | None = None
    members_active: int | None = None
    failed: int | None = None
    spares: int | None = None
    operation: str | None = None
    percent: float | None = None
    errors: int | None = None
    scrub_age_days: int | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """What was read of a device.

    Attributes:
        arrays: every array that was found.
        unread: why a source could not be read, or not to its end.
    """

    arrays: tuple[Array, ...] = ()
    unread: tuple[Text, ...] = field(default=())
