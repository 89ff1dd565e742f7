"""Swap space. Names and units are Telegraf's `swap` plugin's."""

import sys
from collections.abc import Callable, Mapping
from typing import Any

from collectors.declaration import Field, FieldType, Measurement, Rollup
from collectors.input import Input
from collectors.point import FieldValue, Point
from collectors.psutil_calls import availability, call
from collectors.text import Text

MEASUREMENT = Measurement(
    name="swap",
    text=Text("スワップの使用状況", "swap use"),
    tags=(),
    fields=(
        Field("total", FieldType.INTEGER, Text("スワップの容量", "swap space"), "B"),
        Field("used", FieldType.INTEGER, Text("使用中のスワップ", "swap in use"), "B"),
        Field("free", FieldType.INTEGER, Text("スワップの空き", "free swap"), "B"),
        Field("used_percent", FieldType.FLOAT, Text("スワップ使用率", "swap in use"), "%"),
        Field("in", FieldType.INTEGER, Text("起動以来の読み戻し", "swapped in since boot"), "B", Rollup.COUNTER),
        Field("out", FieldType.INTEGER, Text("起動以来の追い出し", "swapped out since boot"), "B", Rollup.COUNTER),
    ),
)


def to_points(swap: Any, *, counts_traffic: bool) -> list[Point]:
    """Return one `swap` point from what `psutil.swap_memory()` gave.

    A machine without swap has no percentage. On Windows psutil always gives 0 for the traffic, which is no count.
    """
    fields: dict[str, FieldValue] = {"total": swap.total, "used": swap.used, "free": swap.free}
    if swap.total:
        fields["used_percent"] = 100.0 * swap.used / swap.total
    if counts_traffic:
        fields |= {"in": swap.sin, "out": swap.sout}
    return [Point("swap", {}, fields)]


def read_swap() -> Any:
    """Return swap use and traffic.

    Raises:
        InputError: psutil cannot tell.
    """
    return call("swap_memory")


class Swap:
    """Reads swap space through psutil."""

    def __init__(
        self,
        read: Callable[[], Any] = read_swap,
        *,
        counts_traffic: bool = sys.platform != "win32",
    ) -> None:
        self._read = read
        self._counts_traffic = counts_traffic

    def gather(self) -> list[Point]:
        """Read once.

        Raises:
            InputError: psutil cannot tell.
        """
        return to_points(self._read(), counts_traffic=self._counts_traffic)


def _create(_settings: Mapping[str, Any]) -> Swap:
    return Swap()


INPUT = Input(
    name="swap",
    text=MEASUREMENT.text,
    measurements=(MEASUREMENT,),
    create=_create,
    available=availability("swap_memory"),
)
