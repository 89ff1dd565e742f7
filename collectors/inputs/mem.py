"""Main memory. Names and units are Telegraf's `mem` plugin's."""

from collections.abc import Callable, Mapping
from typing import Any

import psutil

from collectors.declaration import Field, FieldType, Measurement
from collectors.input import Input
from collectors.point import FieldValue, Point
from collectors.text import Text

_BYTES = {
    "total": Text("搭載メモリー", "installed memory"),
    "available": Text("すぐに使えるメモリー", "memory that can be given out at once"),
    "used": Text("使用中のメモリー", "memory in use"),
    "free": Text("未使用のメモリー", "memory not used at all"),
    "active": Text("最近使われたメモリー", "memory used recently"),
    "inactive": Text("しばらく使われていないメモリー", "memory not used recently"),
    "buffers": Text("ディスク用バッファー", "disk buffers"),
    "cached": Text("ファイルキャッシュ", "file cache"),
    "shared": Text("共有メモリー", "shared memory"),
    "slab": Text("カーネルのデータ構造", "kernel data structures"),
}
_TELEGRAF_NAME = {"buffers": "buffered"}

MEASUREMENT = Measurement(
    name="mem",
    text=Text("メモリーの使用状況", "memory use"),
    tags=(),
    fields=(
        *(Field(_TELEGRAF_NAME.get(name, name), FieldType.INTEGER, text, "B") for name, text in _BYTES.items()),
        Field("used_percent", FieldType.FLOAT, Text("メモリー使用率", "memory in use"), "%"),
        Field("available_percent", FieldType.FLOAT, Text("メモリーの空き率", "memory available"), "%"),
    ),
)


def to_points(memory: Any) -> list[Point]:
    """Return one `mem` point from what `psutil.virtual_memory()` gave; fields that the OS lacks are left out."""
    fields: dict[str, FieldValue] = {
        _TELEGRAF_NAME.get(name, name): getattr(memory, name) for name in _BYTES if hasattr(memory, name)
    }
    if memory.total:
        fields["used_percent"] = 100.0 * memory.used / memory.total
        fields["available_percent"] = 100.0 * memory.available / memory.total
    return [Point("mem", {}, fields)]


class Mem:
    """Reads main memory through psutil."""

    def __init__(self, read: Callable[[], Any] = psutil.virtual_memory) -> None:
        self._read = read

    def gather(self) -> list[Point]:
        """Read once."""
        return to_points(self._read())


def _create(_settings: Mapping[str, Any]) -> Mem:
    return Mem()


INPUT = Input(name="mem", text=MEASUREMENT.text, measurements=(MEASUREMENT,), create=_create)
