"""Memory pressure: how long work waits for memory, what is swapped, and what had to be ended for want of memory.

Sources: kernel, Documentation/accounting/psi.rst (shares of time in percent) and mm/vmstat.c (`pgmajfault`, `pswpin`,
`pswpout` and `oom_kill` count since the start; the middle two in pages); PERFORMANCE_INFORMATION of psapi.h.
"""

import re
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from collectors.declaration import Field, FieldType, Measurement, Rollup
from collectors.input import BadOutput, Input, InputError, Recording
from collectors.json_text import load_json
from collectors.point import Point
from collectors.reasons import Reasons, known, told_by
from collectors.recorded_text import recorded_text
from collectors.scalar import as_int
from collectors.systems import available_on
from collectors.text import Text
from collectors.verdict import VERDICT_FIELDS, State, Verdict
from collectors.windows.commit import Commit, read_commit
from collectors.windows.records import read_records

_OK, _BAD, _UNKNOWN = State.OK, State.BAD, State.UNKNOWN
_DAY_S = 86_400.0
SOME_PERCENT = 20.0
"""From this share of five minutes on, work that waits for memory is felt."""
FULL_PERCENT = 5.0
"""From this share of five minutes on, in which nothing at all could run, the machine is too small."""
COMMIT_PERCENT = 90.0
"""From this share of the commit limit on, Windows is close to refusing memory."""

_REASONS = Reasons(
    {
        "enough": (_OK, Text("メモリーは足りています", "there is enough memory")),
        "waiting": (
            _BAD,
            Text(
                "メモリー不足で処理が待たされています（{percent} % の時間）",
                "work waits for memory {percent} % of the time",
            ),
        ),
        "killed": (
            _BAD,
            Text(
                "メモリー不足のため強制終了されたプロセスがあります（{count} 個）",
                "{count} processes were ended for want of memory",
            ),
        ),
        "commit": (
            _BAD,
            Text(
                "確保できるメモリーの {percent} % が使われています",
                "{percent} % of the memory that can be given out is given out",
            ),
        ),
        "not_told": (
            _UNKNOWN,
            Text("このOSはメモリーの逼迫を知らせません", "the operating system does not tell of memory pressure"),
        ),
    }
)


def _percent(name: str, ja: str, en: str) -> Field:
    return Field(name, FieldType.FLOAT, Text(ja, en), "%")


MEASUREMENT = Measurement(
    name="memory_pressure",
    text=Text("メモリーの逼迫", "memory pressure"),
    tags=(),
    fields=(
        *VERDICT_FIELDS,
        _percent("some_avg60", "一部の処理がメモリーを待った時間の割合（1 分）", "time some work waited, 1 minute"),
        _percent("some_avg300", "一部の処理がメモリーを待った時間の割合（5 分）", "time some work waited, 5 minutes"),
        _percent("full_avg60", "すべての処理がメモリーを待った時間の割合（1 分）", "time all work waited, 1 minute"),
        _percent("full_avg300", "すべての処理がメモリーを待った時間の割合（5 分）", "time all work waited, 5 minutes"),
        Field("major_faults_per_s", FieldType.FLOAT, Text("ディスクからの読み直し", "major page faults"), "1/s"),
        Field("swap_in_pages_per_s", FieldType.FLOAT, Text("スワップからの読み込み", "pages swapped in"), "1/s"),
        Field("swap_out_pages_per_s", FieldType.FLOAT, Text("スワップへの書き出し", "pages swapped out"), "1/s"),
        Field(
            "oom_kills",
            FieldType.INTEGER,
            Text("メモリー不足で強制終了されたプロセスの累計", "processes ended for want of memory since the start"),
            rollup=Rollup.COUNTER,
        ),
        Field(
            "oom_kills_24h",
            FieldType.INTEGER,
            Text("同、エージェントが見た 24 時間分", "the same in the 24 hours that the agent saw"),
        ),
        _percent("commit_percent", "コミット済みメモリーの割合", "committed memory, of its limit"),
        Field("commit_bytes", FieldType.INTEGER, Text("コミット済みメモリー", "committed memory"), "B"),
        Field("commit_limit_bytes", FieldType.INTEGER, Text("コミットの上限", "limit of committed memory"), "B"),
    ),
)

_PSI = re.compile(
    r"(?P<kind>some|full) avg10=(?P<avg10>\d{1,3}\.\d\d) avg60=(?P<avg60>\d{1,3}\.\d\d) "
    r"avg300=(?P<avg300>\d{1,3}\.\d\d) total=\d+"
)
_COUNTER = re.compile(r"(?P<name>pgmajfault|pswpin|pswpout|oom_kill) (?P<count>\d{1,18})")
_RATES = {
    "pgmajfault": "major_faults_per_s",
    "pswpin": "swap_in_pages_per_s",
    "pswpout": "swap_out_pages_per_s",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read.

    Attributes:
        pressure: percent of time by field ("some_avg300").
        counters: counters since the start, by the kernel's names.
        commit: committed memory of Windows.
    """

    pressure: Mapping[str, float] = field(default_factory=dict)
    counters: Mapping[str, int] = field(default_factory=dict)
    commit: Commit | None = None


def parse_pressure(text: str) -> dict[str, float]:
    """Return the shares in /proc/pressure/memory; a last line without its end is left out."""
    found = (_PSI.fullmatch(line) for line in text.split("\n")[:-1])
    shares = {f"{row['kind']}_{name}": float(row[name]) for row in found if row for name in ("avg60", "avg300")}
    return {name: share for name, share in shares.items() if share <= 100.0}


def parse_counters(text: str) -> dict[str, int]:
    """Return the counters of /proc/vmstat that tell of memory; a last line without its end is left out."""
    found = (_COUNTER.fullmatch(line) for line in text.split("\n")[:-1])
    return {row["name"]: int(row["count"]) for row in found if row}


def rates(before: Mapping[str, int], now: Mapping[str, int], seconds: float) -> dict[str, float]:
    """Return events per second between two readings; a counter that went back gives none."""
    known_both = [name for name in _RATES if name in before and name in now and now[name] >= before[name]]
    return {_RATES[name]: (now[name] - before[name]) / seconds for name in known_both} if seconds > 0 else {}


def to_points(reading: Reading, rate: Mapping[str, float] | None = None, killed: int | None = None) -> list[Point]:
    """Return the device's point.

    Args:
        reading: what was read.
        rate: events per second, by field; None where there is no earlier reading.
        killed: processes ended in the last 24 hours; None if that is not known.
    """
    commit = reading.commit
    fields = {
        **_verdict(reading, killed).fields(),
        **reading.pressure,
        **(rate or {}),
        "oom_kills": reading.counters.get("oom_kill"),
        "oom_kills_24h": killed,
        "commit_percent": round(commit.percent, 2) if commit else None,
        "commit_bytes": commit.used if commit else None,
        "commit_limit_bytes": commit.limit if commit else None,
    }
    return [Point(MEASUREMENT.name, {}, known(fields))]


def _verdict(reading: Reading, killed: int | None) -> Verdict:
    if killed:
        return _REASONS.verdict("killed", count=killed)
    if reading.commit:
        percent = reading.commit.percent
        return _REASONS.verdict("commit" if percent >= COMMIT_PERCENT else "enough", percent=f"{percent:.0f}")
    some, full = reading.pressure.get("some_avg300"), reading.pressure.get("full_avg300")
    if some is not None and some >= SOME_PERCENT:
        return _REASONS.verdict("waiting", percent=f"{some:.0f}")
    if full is not None and full >= FULL_PERCENT:
        return _REASONS.verdict("waiting", percent=f"{full:.0f}")
    return _REASONS.verdict("not_told" if some is None else "enough")


def read_linux(proc: Path = Path("/proc")) -> Reading:
    """Read a Linux machine.

    Raises:
        InputError: the kernel's counters cannot be read.
    """
    try:
        counters = parse_counters((proc / "vmstat").read_text("ascii", errors="replace"))
    except OSError as error:
        raise InputError(f"{proc}/vmstat could not be read: {error.strerror}") from error
    try:
        pressure = parse_pressure((proc / "pressure/memory").read_text("ascii", errors="replace"))
    except OSError:  # older kernels, and those that are started without psi=1
        pressure = {}
    return Reading(pressure, counters)


def read_windows() -> Reading:
    """Read a Windows machine.

    Raises:
        InputError: Windows does not answer.
    """
    return Reading(commit=read_commit())


class MemoryPressure:
    """Reads memory pressure, and remembers the reading before and when processes were ended."""

    def __init__(self, read: Callable[[], Reading], clock: Callable[[], float] = time.monotonic) -> None:
        self._read = read
        self._clock = clock
        self._before: tuple[float, Reading] | None = None
        self._killed: list[tuple[float, int]] = []

    def gather(self) -> list[Point]:
        """Read once; what cannot be read becomes a point that is `unknown`, with the reason."""
        try:
            reading = self._read()
        except InputError as error:
            return [Point(MEASUREMENT.name, {}, _REASONS.verdict("unreadable", why=told_by(error)).fields())]
        now = self._clock()
        rate = None
        if self._before:
            at, before = self._before
            rate = rates(before.counters, reading.counters, now - at)
            self._remember(before.counters, reading.counters, now)
        self._before = now, reading
        counted = "oom_kill" in reading.counters and rate is not None
        return to_points(reading, rate, sum(count for _, count in self._killed) if counted else None)

    def _remember(self, before: Mapping[str, int], reading: Mapping[str, int], now: float) -> None:
        self._killed = [(at, count) for at, count in self._killed if now - at < _DAY_S]
        killed = reading.get("oom_kill", 0) - before.get("oom_kill", reading.get("oom_kill", 0))
        if killed > 0:
            self._killed.append((now, killed))


def parse(recording: Recording) -> list[Point]:
    """Return the point of a recording.

    It may be /proc/pressure/memory, /proc/vmstat, both packed as JSON (path to content), or Win32_OperatingSystem.

    Raises:
        BadOutput: it is none of these, or is cut off before its first number.
    """
    text = recorded_text(recording).lstrip("\ufeff")
    reading = _packed(text) if text.lstrip().startswith("{") else Reading(parse_pressure(text), parse_counters(text))
    if not (reading.pressure or reading.counters or reading.commit):
        reading = Reading(commit=_commit(text))
    if not (reading.pressure or reading.counters or reading.commit):
        raise BadOutput("neither /proc/pressure/memory nor /proc/vmstat nor Win32_OperatingSystem")
    return to_points(reading)


def _packed(text: str) -> Reading:
    loaded = load_json(text)
    files = (
        {name: value for name, value in loaded.items() if isinstance(value, str)} if isinstance(loaded, dict) else {}
    )
    whole = "".join(f"{content}\n" for content in files.values())
    return Reading(parse_pressure(whole), parse_counters(whole))


def _commit(text: str) -> Commit | None:
    """Return the commit charge of Win32_OperatingSystem, which counts in KiB."""
    for record in read_records(text):
        limit, free = as_int(record.get("totalvirtualmemorysize")), as_int(record.get("freevirtualmemory"))
        if limit and free is not None and 0 <= free <= limit < 2**40:
            return Commit((limit - free) * 1024, limit * 1024)
    return None


def _create(_settings: Mapping[str, Any]) -> MemoryPressure:
    return MemoryPressure(read_windows if sys.platform == "win32" else read_linux)


INPUT = Input(
    name="memory_pressure",
    text=MEASUREMENT.text,
    measurements=(MEASUREMENT,),
    create=_create,
    parse=parse,
    available=available_on({"linux": (), "win32": ()}),
    interval_s=60.0,
)
