"""How many processes are in which state. Names are Telegraf's `processes` plugin's."""

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import psutil

from collectors.declaration import Field, FieldType, Measurement
from collectors.input import Input, InputError
from collectors.point import Point
from collectors.psutil_calls import call
from collectors.text import Text

_STATES = {
    "running": Text("実行中", "running"),
    "sleeping": Text("待機中", "sleeping"),
    "blocked": Text("入出力待ちで中断できない", "blocked in uninterruptible wait"),
    "zombies": Text("終了後に残っているもの", "ended but not yet collected"),
    "stopped": Text("一時停止中", "stopped"),
    "unknown": Text("状態が分からない", "state not known"),
    "dead": Text("終了処理中", "dead"),
    "idle": Text("休止中のカーネルスレッド", "idle kernel threads"),
    "paging": Text("ページング中", "paging"),
    "parked": Text("停止中のカーネルスレッド", "parked kernel threads"),
}
LINUX_STATES = {
    # Letter in /proc/PID/stat (proc_pid_stat(5)): Telegraf's field.
    "R": "running", "S": "sleeping", "D": "blocked", "Z": "zombies", "X": "dead", "x": "dead", "T": "stopped",
    "t": "stopped", "W": "paging", "I": "idle", "P": "parked",
}  # fmt: skip
PSUTIL_STATES = {
    psutil.STATUS_RUNNING: "running",
    psutil.STATUS_SLEEPING: "sleeping",
    psutil.STATUS_DISK_SLEEP: "blocked",
    psutil.STATUS_ZOMBIE: "zombies",
    psutil.STATUS_STOPPED: "stopped",
    psutil.STATUS_TRACING_STOP: "stopped",
    psutil.STATUS_IDLE: "idle",
    psutil.STATUS_DEAD: "dead",
}
_ALWAYS = ("running", "sleeping", "blocked", "zombies", "stopped", "unknown")

MEASUREMENT = Measurement(
    name="processes",
    text=Text("プロセスの数", "number of processes"),
    tags=(),
    fields=(
        Field("total", FieldType.INTEGER, Text("プロセスの総数", "all processes")),
        Field("total_threads", FieldType.INTEGER, Text("スレッドの総数", "all threads")),
        *(Field(name, FieldType.INTEGER, text) for name, text in _STATES.items()),
    ),
)


def from_stats(stats: Iterable[str]) -> list[Point]:
    """Return one `processes` point from the contents of `/proc/PID/stat` files."""
    states: Counter[str] = Counter()
    threads = 0
    for stat in stats:
        # The command in brackets may hold anything, brackets and blanks too: the state follows the last bracket.
        words = stat.rpartition(")")[2].split()
        if len(words) > 17:
            states[LINUX_STATES.get(words[0], "unknown")] += 1
            threads += int(words[17]) if words[17].isdecimal() else 0
    point = _point(states)
    return [Point("processes", {}, {**point.fields, "total_threads": threads})]


def from_statuses(statuses: Iterable[str]) -> list[Point]:
    """Return one `processes` point from psutil's status words."""
    return [_point(Counter(PSUTIL_STATES.get(status, "unknown") for status in statuses))]


def _point(states: Mapping[str, int]) -> Point:
    named = {name: states.get(name, 0) for name in _STATES if name in _ALWAYS or states.get(name)}
    return Point("processes", {}, {"total": sum(states.values()), **named})


def _proc_stats(proc: Path = Path("/proc")) -> Iterator[str]:
    for directory in proc.iterdir():
        if directory.name.isdecimal():
            try:
                yield (directory / "stat").read_text("utf-8", errors="replace")
            except OSError:
                continue  # the process has ended since


class LinuxProcesses:
    """Reads `/proc`, which costs a fraction of a psutil object for each process."""

    def __init__(self, stats: Callable[[], Iterable[str]] = _proc_stats) -> None:
        self._stats = stats

    def gather(self) -> list[Point]:
        """Read once.

        Raises:
            InputError: `/proc` cannot be read.
        """
        try:
            return from_stats(self._stats())
        except OSError as error:
            raise InputError(f"/proc could not be read: {error.strerror}") from error


class UnixProcesses:
    """Reads states through psutil."""

    def gather(self) -> list[Point]:
        """Read once; a process that may not be looked at counts as `unknown`."""
        return from_statuses(p.info["status"] or "" for p in psutil.process_iter(["status"]))


class WindowsProcesses:
    """Counts processes only: Windows has no such states, and psutil would open each process for a guess."""

    def gather(self) -> list[Point]:
        """Read once.

        Raises:
            InputError: psutil cannot tell.
        """
        return [Point("processes", {}, {"total": len(call("pids"))})]


_BY_SYSTEM: Mapping[str, type[LinuxProcesses | WindowsProcesses]] = {
    "linux": LinuxProcesses,
    "win32": WindowsProcesses,
}


def _create(_settings: Mapping[str, Any]) -> LinuxProcesses | UnixProcesses | WindowsProcesses:
    return _BY_SYSTEM.get(sys.platform, UnixProcesses)()


INPUT = Input(name="processes", text=MEASUREMENT.text, measurements=(MEASUREMENT,), create=_create)
