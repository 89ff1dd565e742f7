"""Main memory. Names and units are Telegraf's `mem` plugin's."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psutil

from collectors.declaration import Field, FieldType, Measurement
from collectors.decode import decode_text
from collectors.input import BadOutput, Input, InputError, Recording
from collectors.point import FieldValue, Point
from collectors.text import Text

_LINUX = {
    # Telegraf's field: (key in /proc/meminfo, text). Source: proc_meminfo(5).
    "free": ("MemFree", Text("未使用のメモリー", "memory not used at all")),
    "buffered": ("Buffers", Text("ディスク用バッファー", "disk buffers")),
    "cached": ("Cached", Text("ファイルキャッシュ（回収できるスラブを含む）", "file cache, with reclaimable slab")),
    "active": ("Active", Text("最近使われたメモリー", "memory used recently")),
    "inactive": ("Inactive", Text("しばらく使われていないメモリー", "memory not used recently")),
    "shared": ("Shmem", Text("共有メモリー", "shared memory")),
    "slab": ("Slab", Text("カーネルのデータ構造", "kernel data structures")),
    "sreclaimable": ("SReclaimable", Text("回収できるスラブ", "slab that can be reclaimed")),
    "sunreclaim": ("SUnreclaim", Text("回収できないスラブ", "slab that cannot be reclaimed")),
    "page_tables": ("PageTables", Text("ページテーブル", "page tables")),
    "mapped": ("Mapped", Text("マップされたファイル", "mapped files")),
    "dirty": ("Dirty", Text("ディスクへの書き込み待ち", "waiting to be written to disk")),
    "write_back": ("Writeback", Text("ディスクへ書き込み中", "being written to disk")),
    "commit_limit": ("CommitLimit", Text("割り当てできる上限", "commit limit")),
    "committed_as": ("Committed_AS", Text("割り当て済みの量", "memory committed")),
    "swap_total": ("SwapTotal", Text("スワップの容量", "swap space")),
    "swap_free": ("SwapFree", Text("スワップの空き", "free swap space")),
    "swap_cached": ("SwapCached", Text("スワップキャッシュ", "swap cache")),
    "huge_page_size": ("Hugepagesize", Text("ヒュージページの大きさ", "size of a huge page")),
}
_COUNTS = {
    "huge_pages_total": ("HugePages_Total", Text("ヒュージページの数", "number of huge pages")),
    "huge_pages_free": ("HugePages_Free", Text("空いているヒュージページの数", "number of free huge pages")),
}
_EVERYWHERE = {
    "total": Text("搭載メモリー", "installed memory"),
    "available": Text("すぐに使えるメモリー", "memory that can be given out at once"),
    "used": Text("使用中のメモリー", "memory in use"),
}
_PSUTIL_NAME = {"buffered": "buffers"}
_MEMINFO = Path("/proc/meminfo")

MEASUREMENT = Measurement(
    name="mem",
    text=Text("メモリーの使用状況", "memory use"),
    tags=(),
    fields=(
        *(Field(name, FieldType.INTEGER, text, "B") for name, text in _EVERYWHERE.items()),
        Field("used_percent", FieldType.FLOAT, Text("メモリー使用率", "memory in use"), "%"),
        Field("available_percent", FieldType.FLOAT, Text("メモリーの空き率", "memory available"), "%"),
        *(Field(name, FieldType.INTEGER, text, "B") for name, (_key, text) in _LINUX.items()),
        *(Field(name, FieldType.INTEGER, text) for name, (_key, text) in _COUNTS.items()),
    ),
)


def parse_meminfo(text: str) -> dict[str, int]:
    """Return the values of `/proc/meminfo`, in bytes where the kernel writes kB, else as plain numbers."""
    found: dict[str, int] = {}
    for line in text.splitlines():
        key, _colon, rest = line.partition(":")
        words = rest.split()
        if words and words[0].isdecimal() and len(words[0]) <= 15:
            found[key] = int(words[0]) * (1024 if words[1:] == ["kB"] else 1)
    return found


def from_meminfo(values: Mapping[str, int]) -> list[Point]:
    """Return one `mem` point from the values of `/proc/meminfo`.

    "Used" is what is not available, as in psutil, gopsutil and procps-ng 4. Kernels before 3.14 do not tell
    MemAvailable; free memory, buffers and caches stand for it there.

    Raises:
        BadOutput: MemTotal or MemFree is missing.
    """
    if not values.get("MemTotal") or "MemFree" not in values:
        raise BadOutput("/proc/meminfo tells no MemTotal or no MemFree")
    total = values["MemTotal"]
    cached = values.get("Cached", 0) + values.get("SReclaimable", 0)
    estimate = values["MemFree"] + values.get("Buffers", 0) + cached
    available = min(values.get("MemAvailable") or estimate, total)
    fields = _shares(total, available, total - available)
    fields |= {name: values[key] for name, (key, _text) in (_LINUX | _COUNTS).items() if key in values}
    if "Cached" in values:
        fields["cached"] = cached
    return [Point("mem", {}, fields)]


def to_points(memory: Any) -> list[Point]:
    """Return one `mem` point from what `psutil.virtual_memory()` gave; fields that the OS lacks are left out."""
    fields = _shares(memory.total, memory.available, memory.used)
    for name in _LINUX:
        value = getattr(memory, _PSUTIL_NAME.get(name, name), None)
        if value is not None:
            fields[name] = value
    return [Point("mem", {}, fields)]


def _shares(total: int, available: int, used: int) -> dict[str, FieldValue]:
    fields: dict[str, FieldValue] = {"total": total, "available": available, "used": used}
    if total:
        fields |= {"used_percent": 100.0 * used / total, "available_percent": 100.0 * available / total}
    return fields


class Mem:
    """Reads main memory: through psutil, which every system has."""

    def __init__(self, read: Callable[[], Any] = psutil.virtual_memory) -> None:
        self._read = read

    def gather(self) -> list[Point]:
        """Read once."""
        return to_points(self._read())


class LinuxMem:
    """Reads main memory from `/proc/meminfo`, which tells more than psutil passes on."""

    def __init__(self, path: Path = _MEMINFO) -> None:
        self._path = path

    def gather(self) -> list[Point]:
        """Read once.

        Raises:
            InputError: the file cannot be read.
        """
        try:
            return from_meminfo(parse_meminfo(self._path.read_text("ascii", errors="replace")))
        except OSError as error:
            raise InputError(f"{self._path} could not be read: {error.strerror}") from error


def parse(recording: Recording) -> list[Point]:
    """Return the points of a recorded `/proc/meminfo`.

    Raises:
        BadOutput: it is not one.
    """
    return from_meminfo(parse_meminfo(decode_text(recording.data)))


def _create(_settings: Mapping[str, Any]) -> Mem | LinuxMem:
    return LinuxMem() if sys.platform == "linux" else Mem()


INPUT = Input(name="mem", text=MEASUREMENT.text, measurements=(MEASUREMENT,), create=_create, parse=parse)
