"""What goes wrong in the simulated office, as data: what, on which device, from when to when.

The generators read this list, and so may a test that wants to know whether every incident was found.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from api.demo.calendar import DAY_S, at, business_day_after, business_day_before, local_day
from api.demo.cast import WINDOWS_10, OperatingSystem, support_of
from collectors.text import Text

OFFICE = "office"
"""Device of an incident that concerns the office as a whole (power, internet)."""


@dataclass(frozen=True, slots=True)
class Incident:
    """One thing that goes wrong.

    Attributes:
        kind: what, e.g. "firewall_off"; one of `KINDS` or a kind that a device's own model derives.
        device: key of the machine or equipment, or `OFFICE`.
        start: Unix seconds of the first moment at which it holds.
        end: Unix seconds of the first moment at which it no longer holds; None if it goes on.
        part: which part of the device: a volume, a drive, a supply; "" for all of it.
    """

    kind: str
    device: str
    start: int
    end: int | None = None
    part: str = ""

    def holds_at(self, moment_s: int) -> bool:
        """Tell whether it holds at a moment."""
        return self.start <= moment_s and (self.end is None or moment_s < self.end)

    @property
    def text(self) -> Text:
        """What it is, for people."""
        return KINDS[self.kind]


KINDS: dict[str, Text] = {
    "disk_filling": Text("ディスクの空きが急に減り続けている", "a volume fills up faster than before"),
    "drive_failing": Text("ドライブの代替処理済み・保留セクターが増えている", "a drive's bad sectors grow"),
    "antivirus_stale": Text("ウイルス定義が更新されていない", "antivirus definitions are not updated"),
    "antivirus_off": Text("リアルタイム保護が無効", "real-time protection is off"),
    "firewall_off": Text("ファイアウォールが無効", "a firewall profile is off"),
    "patches_lagging": Text("更新プログラムが適用されていない", "updates are not installed"),
    "os_out_of_support": Text("OSのサポートが終了している", "the operating system is out of support"),
    "device_silent": Text("データが届かない", "no data arrives"),
    "unexpected_shutdown": Text("予期しない停止", "the machine went down unexpectedly"),
    "service_down": Text("自動起動のサービスが停止している", "a service that should run is down"),
    "battery_worn": Text("バッテリーが劣化している", "a battery is worn out"),
    "cpu_runaway": Text("プロセッサーの使用率が高いまま", "the processor stays busy"),
    "memory_leak": Text("メモリーが減り続けている", "memory runs out slowly"),
    "overheating": Text("温度が高い", "temperatures are high"),
    "toner_low": Text("トナーが残り少ない", "toner is nearly used up"),
    "waste_nearly_full": Text("廃トナーボックスがまもなく満杯", "the waste toner box is nearly full"),
    "paper_empty": Text("用紙切れ", "a paper tray is empty"),
    "paper_jam": Text("紙詰まり", "paper is jammed"),
    "pbx_outage": Text("電話交換機が応答しない", "the IP-PBX does not answer"),
    "internet_loss": Text("インターネットに接続できない", "the internet cannot be reached"),
    "power_outage": Text("停電（UPSのバッテリー運転）", "power is out, the UPS runs on battery"),
}


@dataclass(frozen=True, slots=True)
class _Plan:
    """An incident relative to the anchor; `end` is reckoned from the start, so that it never lies before it."""

    kind: str
    device: str
    start: Callable[[int], int]
    end: Callable[[int], int] | None = None
    part: str = ""


def _ago(days: float) -> Callable[[int], int]:
    """So many days before the anchor, to the hour."""
    return lambda anchor: (anchor - round(days * DAY_S)) // 3600 * 3600


def _working(days: int, hour: int, minute: int = 0) -> Callable[[int], int]:
    """On the last business day at least so many days before the anchor, at a local time of day."""
    return lambda anchor: at(business_day_before(anchor, days), hour, minute)


def _night(days: int, hour: int, minute: int = 0) -> Callable[[int], int]:
    """On the day so many days before the anchor, business day or not, at a local time of day."""
    return lambda anchor: at(local_day(anchor - days * DAY_S), hour, minute)


def _later(days: int, hour: int, minute: int = 0) -> Callable[[int], int]:
    """On the first business day at least so many days after the start, at a local time of day."""
    return lambda start: at(business_day_after(start, days), hour, minute)


def _end_of_support(system: OperatingSystem) -> int:
    support = support_of(system)
    if support is None or support.end is None:
        raise LookupError(f"the end of support of {system.name} is not in the table of the patches input")
    return at(support.end + timedelta(days=1), 0)


def _same_day(hour: int, minute: int = 0) -> Callable[[int], int]:
    return lambda start: at(local_day(start), hour, minute)


_PLANS: tuple[_Plan, ...] = (
    _Plan("os_out_of_support", "pc-uketsuke", lambda _anchor: _end_of_support(WINDOWS_10)),
    _Plan("patches_lagging", "pc-keiri2", _ago(74)),
    _Plan("antivirus_off", "pc-daihyo", _working(46, 9, 20), _later(3, 14, 5)),
    _Plan("drive_failing", "nas", _ago(38), part="sdc"),
    _Plan("power_outage", OFFICE, _night(33, 2, 40), _same_day(4, 5)),
    *(
        _Plan("unexpected_shutdown", key, _night(33, 3, 15), _same_day(7, 50))
        for key in ("nas", "sv-kaikei", "sv-bunsho")
    ),
    _Plan("disk_filling", "sv-kaikei", _ago(30), part="D:"),
    _Plan("firewall_off", "pc-uketsuke", _working(27, 10, 35), _later(6, 16, 10), part="private"),
    _Plan("internet_loss", OFFICE, _working(23, 13, 10), _same_day(14, 40)),
    _Plan("memory_leak", "sv-bunsho", _working(20, 12), _later(8, 18, 30)),
    _Plan("battery_worn", "pc-daihyo", _ago(60)),
    _Plan("service_down", "sv-kaikei", _working(17, 8, 5), _later(1, 11, 20), part="SampleBackup"),
    _Plan("antivirus_stale", "pc-soumu", _ago(19)),
    _Plan("pbx_outage", "pbx", _working(15, 10, 5), _same_day(11, 50)),
    _Plan("unexpected_shutdown", "pc-keiri1", _working(13, 15, 20), _same_day(15, 35)),
    _Plan("overheating", "sv-bunsho", _night(10, 11), _later(1, 8, 30)),
    _Plan("paper_empty", "mfp-1f", _working(9, 14, 10), _same_day(16), part="2"),
    _Plan("cpu_runaway", "pc-keiri1", _working(8, 11, 30), _later(1, 9, 10)),
    _Plan("device_silent", "pc-eigyo", _working(6, 18, 20)),
    _Plan("paper_jam", "mfp-2f", _working(4, 10, 20), _same_day(11, 35)),
)


def planned(anchor: int) -> tuple[Incident, ...]:
    """Return the incidents of a history that ends at `anchor` (Unix seconds), the earliest first."""
    found = []
    for plan in _PLANS:
        start = plan.start(anchor)
        found.append(Incident(plan.kind, plan.device, start, plan.end(start) if plan.end else None, plan.part))
    return tuple(sorted(found, key=lambda each: (each.start, each.device, each.part)))
