"""Disk space with the days until it is full, from the machine's own readings.

The forecast that the service shows is made on the server from all that is stored; this one works where only the machine
itself is asked.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from collectors.input import BadOutput, Input, InputError, NothingToReport, Recording
from collectors.inputs.disk import Disk
from collectors.inputs.disk_outlook.history import History, load
from collectors.inputs.disk_outlook.points import BAD_BELOW_DAYS, OUTLOOK, to_point, unreadable
from collectors.inputs.disk_outlook.trend import Reading, outlook
from collectors.json_text import load_json
from collectors.point import Point
from collectors.psutil_calls import availability
from collectors.reasons import told_by
from collectors.recorded_text import recorded_text


class DiskOutlook:
    """Reads the space of all file systems, remembers it, and says when each will be full."""

    def __init__(
        self,
        read: Callable[[], Sequence[Point]],
        history: History | None = None,
        bad_below_days: float = BAD_BELOW_DAYS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._read = read
        self._history = history or History()
        self._bad_below_days = bad_below_days
        self._clock = clock

    def gather(self) -> list[Point]:
        """Read once; disks that cannot be read become a point that is `unknown`, with the reason.

        Raises:
            NothingToReport: no file system of this machine can be written to.
        """
        try:
            disks = [point for point in self._read() if point.tags.get("mode") != "ro" and "free" in point.fields]
        except InputError as error:
            return unreadable(told_by(error))
        if not disks:
            raise NothingToReport("no file system of this machine can be written to")
        points = [self._outlook(disk) for disk in disks]
        self._history.save()
        return points

    def _outlook(self, disk: Point) -> Point:
        path, free = disk.tags["path"], int(disk.fields["free"])
        now = Reading(self._clock(), int(disk.fields["used"]), int(disk.fields["total"]))
        self._history.add(path, now)
        known = self._history.of(path)
        # The newest reading counts even where it comes too soon after the last to be kept.
        readings = known if known and known[-1].at == now.at else (*known, now)
        return to_point(path, outlook(readings, free), free, self._bad_below_days)


def parse(recording: Recording) -> list[Point]:
    """Return the outlook of a history file: {path: [[Unix time, bytes used, size in bytes], …]}.

    Raises:
        BadOutput: it is no such file, or is cut off.
    """
    readings = load(load_json(recorded_text(recording).lstrip("\ufeff")))
    if not readings:
        raise BadOutput("this is no history of disk space")
    points = []
    for path, known in readings.items():
        free = known[-1].total - known[-1].used
        points.append(to_point(path, outlook(known, free), free))
    return points


def _create(settings: Mapping[str, Any]) -> DiskOutlook:
    # The agent puts its own directory before a bare file name; without it nothing is written anywhere.
    file = Path(settings["history_file"])
    return DiskOutlook(Disk().gather, History(file if file.is_absolute() else None), settings["bad_below_days"])


INPUT = Input(
    name="disk_outlook",
    text=OUTLOOK.text,
    measurements=(OUTLOOK,),
    create=_create,
    settings={"history_file": "disk-history.json", "bad_below_days": BAD_BELOW_DAYS},
    parse=parse,
    available=availability("disk_partitions"),
    interval_s=3600.0,
)
