"""Disk traffic. Names and units are Telegraf's `diskio` plugin's."""

import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from collectors.declaration import Field, FieldType, Measurement, Rollup, Tag
from collectors.decode import decode_text
from collectors.input import BadOutput, Input, InputError, NothingToReport, Recording
from collectors.point import FieldValue, Point
from collectors.psutil_calls import availability, call
from collectors.text import Text

SECTOR_BYTES = 512
"""The unit of `/proc/diskstats`, whatever the disk's own sectors are (kernel, Documentation/admin-guide/iostats)."""

NOT_DISKS = ("loop", "ram", "sr", "fd")
"""Block devices that are no storage of this machine: loop mounts, RAM disks, optical and floppy drives."""

_DISKSTATS = (
    # Fields of /proc/diskstats from the fourth on (kernel, Documentation/admin-guide/iostats.rst).
    "reads", "merged_reads", "read_sectors", "read_time", "writes", "merged_writes", "write_sectors", "write_time",
    "iops_in_progress", "io_time", "weighted_io_time",
)  # fmt: skip
_PSUTIL = {
    "reads": "read_count",
    "writes": "write_count",
    "read_bytes": "read_bytes",
    "write_bytes": "write_bytes",
    "read_time": "read_time",
    "write_time": "write_time",
    "merged_reads": "read_merged_count",
    "merged_writes": "write_merged_count",
    "io_time": "busy_time",
}
_COUNTERS = {
    "reads": (Text("読み取り回数", "reads"), ""),
    "writes": (Text("書き込み回数", "writes"), ""),
    "read_bytes": (Text("読み取り量", "bytes read"), "B"),
    "write_bytes": (Text("書き込み量", "bytes written"), "B"),
    "read_time": (Text("読み取りにかかった時間", "time spent reading"), "ms"),
    "write_time": (Text("書き込みにかかった時間", "time spent writing"), "ms"),
    "io_time": (Text("ディスクが動いていた時間", "time the disk was busy"), "ms"),
    "weighted_io_time": (Text("待ち行列で重み付けした時間", "time weighted by queue length"), "ms"),
    "merged_reads": (Text("まとめられた読み取り", "merged reads"), ""),
    "merged_writes": (Text("まとめられた書き込み", "merged writes"), ""),
}

MEASUREMENT = Measurement(
    name="diskio",
    text=Text("ディスクの読み書き", "disk traffic"),
    tags=(Tag("name", Text("ディスクまたはパーティション", "disk or partition")),),
    fields=(
        *(Field(name, FieldType.INTEGER, text, unit, Rollup.COUNTER) for name, (text, unit) in _COUNTERS.items()),
        Field("iops_in_progress", FieldType.INTEGER, Text("処理中の要求", "requests in progress")),
        Field("io_util", FieldType.FLOAT, Text("ディスクの稼働率", "share of time the disk was busy"), "%"),
        Field("io_await", FieldType.FLOAT, Text("1回あたりの待ち時間", "mean time of a request"), "ms"),
        Field("io_svctm", FieldType.FLOAT, Text("1回あたりの処理時間", "mean busy time per request"), "ms"),
    ),
)

Counters = Mapping[str, int]


def parse_diskstats(text: str) -> dict[str, dict[str, int]]:
    """Return the counters in `/proc/diskstats` by device name; lines of another form are passed over."""
    found: dict[str, dict[str, int]] = {}
    for words in map(str.split, text.splitlines()):
        values = words[3 : 3 + len(_DISKSTATS)]
        if len(values) == len(_DISKSTATS) and all(value.isdecimal() and len(value) <= 16 for value in values):
            counters = dict(zip(_DISKSTATS, map(int, values), strict=True))
            counters["read_bytes"] = counters.pop("read_sectors") * SECTOR_BYTES
            counters["write_bytes"] = counters.pop("write_sectors") * SECTOR_BYTES
            found[words[2]] = counters
    return found


def from_psutil(disks: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """Return the counters that `psutil.disk_io_counters(perdisk=True)` gave, under Telegraf's names."""
    return {
        name: {ours: getattr(disk, theirs) for ours, theirs in _PSUTIL.items() if hasattr(disk, theirs)}
        for name, disk in disks.items()
    }


def rates(before: Counters, now: Counters, elapsed_ms: float) -> dict[str, float]:
    """Return utilisation and mean times since the previous reading.

    Nothing is given where a counter went back (wrapped, or the disk was replaced) or the disk seems to have been busy
    for longer than the time that has passed.
    """
    names = ("io_time", "reads", "writes", "read_time", "write_time")
    if elapsed_ms <= 0 or any(name not in before or name not in now for name in names):
        return {}
    spent = {name: now[name] - before[name] for name in names}
    if min(spent.values()) < 0 or spent["io_time"] > 1.1 * elapsed_ms:
        return {}
    found = {"io_util": min(100.0, 100.0 * spent["io_time"] / elapsed_ms)}
    requests = spent["reads"] + spent["writes"]
    if requests:
        found["io_await"] = (spent["read_time"] + spent["write_time"]) / requests
        found["io_svctm"] = spent["io_time"] / requests
    return found


def to_points(
    now: Mapping[str, Counters],
    before: Mapping[str, Counters] | None = None,
    elapsed_ms: float = 0.0,
) -> list[Point]:
    """Return a `diskio` point for each disk and partition that has ever been used."""
    points = []
    for name, counters in now.items():
        if name.startswith(NOT_DISKS) or not any(counters.values()):
            continue
        fields: dict[str, FieldValue] = {**counters, **rates((before or {}).get(name, {}), counters, elapsed_ms)}
        points.append(Point("diskio", {"name": name}, fields))
    return points


def read() -> dict[str, dict[str, int]]:
    """Return the counters of this machine.

    Raises:
        InputError: the system does not tell.
    """
    if sys.platform != "linux":
        return from_psutil(call("disk_io_counters", perdisk=True, nowrap=False) or {})
    try:
        return parse_diskstats(Path("/proc/diskstats").read_text("utf-8", errors="replace"))
    except OSError as error:
        raise InputError(f"/proc/diskstats could not be read: {error.strerror}") from error


def parse(recording: Recording) -> list[Point]:
    """Return the points of a recorded `/proc/diskstats`.

    Raises:
        BadOutput: it tells of no disk.
    """
    points = to_points(parse_diskstats(decode_text(recording.data)))
    if not points:
        raise BadOutput("no disk in this /proc/diskstats")
    return points


class DiskIO:
    """Keeps the last reading, for utilisation over the time since then."""

    def __init__(
        self,
        reader: Callable[[], dict[str, dict[str, int]]] = read,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._reader = reader
        self._clock = clock
        self._before: dict[str, dict[str, int]] | None = None
        self._at = 0.0

    def gather(self) -> list[Point]:
        """Read once; from the second time on with utilisation and mean times.

        Raises:
            NothingToReport: there is no disk.
            InputError: the system does not tell.
        """
        now, at = self._reader(), self._clock()
        points = to_points(now, self._before, 1000.0 * (at - self._at))
        self._before, self._at = now, at
        if not points:
            raise NothingToReport("no disk has been used on this machine")
        return points


def _create(_settings: Mapping[str, Any]) -> DiskIO:
    return DiskIO()


INPUT = Input(
    name="diskio",
    text=MEASUREMENT.text,
    measurements=(MEASUREMENT,),
    create=_create,
    parse=parse,
    available=availability("disk_io_counters"),
)
