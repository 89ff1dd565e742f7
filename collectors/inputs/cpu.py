"""CPU use as percentages between two readings. Names and units are Telegraf's `cpu` plugin's."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from collectors.declaration import Field, FieldType, Measurement, Tag
from collectors.input import Input, NothingToReport
from collectors.point import Point
from collectors.psutil_calls import call
from collectors.text import Text

FIRST_SPAN_S = 0.5
"""How far apart the first two readings are; much less says nothing, for the kernel counts in ticks of 10 ms."""

_SHARES = {
    "user": Text("アプリケーションの処理", "time in applications"),
    "system": Text("OSの処理", "time in the operating system"),
    "idle": Text("空き", "idle"),
    "nice": Text("優先度を下げた処理", "time in applications of low priority"),
    "iowait": Text("ディスクなどの待ち", "idle while waiting for I/O"),
    "irq": Text("割り込み処理", "time in interrupts"),
    "softirq": Text("遅延割り込み処理", "time in deferred interrupts"),
    "steal": Text("他の仮想マシンに使われた時間", "time taken by other virtual machines"),
    "guest": Text("仮想マシンの処理", "time in virtual machines"),
    "guest_nice": Text("優先度を下げた仮想マシンの処理", "time in virtual machines of low priority"),
}

MEASUREMENT = Measurement(
    name="cpu",
    text=Text("CPUの使用率", "CPU use"),
    tags=(Tag("cpu", Text("CPUの番号。cpu-total は全体", "which CPU; cpu-total is all together")),),
    fields=tuple(Field(f"usage_{name}", FieldType.FLOAT, text, "%") for name, text in _SHARES.items()),
)

Times = Mapping[str, float]
"""Seconds since the start by kind of work; kinds that the system does not count are absent."""


def normalise(raw: Mapping[str, float]) -> dict[str, float]:
    """Return times whose kinds do not overlap, from psutil's names.

    Linux counts guest time in user time as well (proc_stat(5)); Windows counts interrupts and DPCs in kernel time
    as well (SYSTEM_PROCESSOR_PERFORMANCE_INFORMATION). Both are taken out, so that the shares add up to 100 %.
    """
    times = {name: value for name, value in raw.items() if name in _SHARES}
    times["user"] = times.get("user", 0.0) - times.get("guest", 0.0)
    if "nice" in times:
        times["nice"] -= times.get("guest_nice", 0.0)
    if "interrupt" in raw:
        times |= {"irq": raw["interrupt"], "softirq": raw.get("dpc", 0.0)}
        times["system"] = times.get("system", 0.0) - times["irq"] - times["softirq"]
    return times


def usage(before: Times, now: Times) -> dict[str, float] | None:
    """Return percentages between two readings; None where no time has passed or the counters went back.

    A single kind may go back a little (iowait does, proc_stat(5)): it then counts as nothing.
    """
    spent = {name: max(0.0, value - before[name]) for name, value in now.items() if name in before}
    total = sum(spent.values())
    if total <= 0 or sum(now.values()) < sum(before.values()):
        return None
    return {name: 100.0 * value / total for name, value in spent.items()}


def to_points(before: Mapping[str, Times], now: Mapping[str, Times]) -> list[Point]:
    """Return a `cpu` point for each CPU that both readings have."""
    shares = {name: usage(before[name], times) for name, times in now.items() if name in before}
    return [
        Point("cpu", {"cpu": name}, {f"usage_{kind}": value for kind, value in share.items()})
        for name, share in shares.items()
        if share
    ]


def read() -> Mapping[str, Times]:
    """Return the times of the whole machine and of each CPU.

    Raises:
        InputError: psutil cannot tell.
    """
    each = call("cpu_times", percpu=True)
    single = {f"cpu{number}": normalise(times._asdict()) for number, times in enumerate(each)}
    return {"cpu-total": normalise(call("cpu_times")._asdict()), **single}


class Cpu:
    """Keeps the last reading, for percentages over the time since then."""

    def __init__(
        self,
        reader: Callable[[], Mapping[str, Times]] = read,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._reader = reader
        self._wait = wait
        self._before: Mapping[str, Times] | None = None

    def gather(self) -> list[Point]:
        """Read once; the first time twice, `FIRST_SPAN_S` apart, so that even a single run tells the use.

        Raises:
            InputError: psutil cannot tell.
            NothingToReport: no time has passed since the last reading.
        """
        if self._before is None:
            self._before = self._reader()
            self._wait(FIRST_SPAN_S)
        now = self._reader()
        points = to_points(self._before, now)
        self._before = now
        if not points:
            raise NothingToReport("no CPU time has passed since the last reading")
        return points


def _create(_settings: Mapping[str, Any]) -> Cpu:
    return Cpu()


INPUT = Input(name="cpu", text=MEASUREMENT.text, measurements=(MEASUREMENT,), create=_create)
