"""Load, users, uptime and what the operating system is. Names and units are Telegraf's `system` plugin's."""

import platform
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from collectors.declaration import Field, FieldType, Measurement, Rollup
from collectors.input import Input, InputError
from collectors.point import FieldValue, Point
from collectors.psutil_calls import call
from collectors.text import Text

MEASUREMENT = Measurement(
    name="system",
    text=Text("負荷・稼働時間・OS", "load, uptime and operating system"),
    tags=(),
    fields=(
        Field("load1", FieldType.FLOAT, Text("負荷（1分平均）", "load, mean of 1 minute")),
        Field("load5", FieldType.FLOAT, Text("負荷（5分平均）", "load, mean of 5 minutes")),
        Field("load15", FieldType.FLOAT, Text("負荷（15分平均）", "load, mean of 15 minutes")),
        Field("n_cpus", FieldType.INTEGER, Text("論理CPUの数", "logical CPUs")),
        Field("n_physical_cpus", FieldType.INTEGER, Text("物理コアの数", "physical cores")),
        Field("n_users", FieldType.INTEGER, Text("ログイン中のセッション数", "logged-in sessions")),
        Field("n_unique_users", FieldType.INTEGER, Text("ログイン中の利用者数", "logged-in users")),
        Field("uptime", FieldType.INTEGER, Text("起動からの時間", "time since boot"), "s", Rollup.STATE),
        Field("uptime_format", FieldType.STRING, Text("起動からの時間（表示用）", "uptime in words"), "", Rollup.STATE),
        Field("os", FieldType.STRING, Text("OSの種類", "kind of operating system"), "", Rollup.STATE),
        Field("arch", FieldType.STRING, Text("CPUの種類", "processor architecture"), "", Rollup.STATE),
        Field("platform", FieldType.STRING, Text("OSの名前", "name of the operating system"), "", Rollup.STATE),
        Field("platform_version", FieldType.STRING, Text("OSの版", "version of the system"), "", Rollup.STATE),
        Field("kernel_version", FieldType.STRING, Text("カーネルの版", "kernel version"), "", Rollup.STATE),
    ),
)

_UTMP = (Path("/run/utmp"), Path("/var/run/utmp"))
_OS = {"win32": "windows", "darwin": "darwin", "linux": "linux"}


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read; None where the system does not tell.

    Attributes:
        load: mean number of waiting and running tasks over 1, 5 and 15 minutes.
        uptime_s: seconds since boot.
        users: login names, one for each session; only counted, never sent.
    """

    load: tuple[float, float, float] | None
    uptime_s: float | None
    users: tuple[str, ...] | None


def to_points(reading: Reading, fixed: Mapping[str, FieldValue]) -> list[Point]:
    """Return one `system` point; `fixed` are the fields that do not change while the agent runs."""
    fields: dict[str, FieldValue] = {}
    if reading.load is not None:
        fields |= dict(zip(("load1", "load5", "load15"), map(float, reading.load), strict=True))
    if reading.users is not None:
        fields |= {"n_users": len(reading.users), "n_unique_users": len(set(reading.users))}
    if reading.uptime_s is not None:
        fields |= {"uptime": int(reading.uptime_s), "uptime_format": format_uptime(int(reading.uptime_s))}
    return [Point("system", {}, {**fields, **fixed})]


def format_uptime(seconds: int) -> str:
    """Return an uptime as Telegraf writes it: `14 days, 11:07`."""
    minutes, days = seconds // 60, seconds // 86_400
    clock = f"{minutes // 60 % 24:2d}:{minutes % 60:02d}"
    return f"{days} day{'s' if days > 1 else ''}, {clock}" if days else clock


def read() -> Reading:
    """Read load, uptime and users of this machine."""
    return Reading(load=_load(), uptime_s=_uptime_s(), users=_users())


def _load() -> tuple[float, float, float] | None:
    # On Windows psutil invents a load from the processor queue, and gives 0 for the first minutes.
    if sys.platform == "win32":
        return None
    return _told("getloadavg")  # type: ignore[no-any-return]


def _uptime_s() -> float | None:
    if hasattr(time, "CLOCK_BOOTTIME"):
        # Unlike the time of day less the boot time, it does not jump when the clock is set.
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    booted = _told("boot_time")
    return None if booted is None else max(0.0, time.time() - booted)


def _users() -> tuple[str, ...] | None:
    # Debian 13 and others no longer write utmp: that nobody is listed there does not mean that nobody is logged in.
    if sys.platform == "linux" and not any(path.exists() for path in _UTMP):
        return None
    users = _told("users")
    return None if users is None else tuple(user.name for user in users)


def _told(name: str, **options: Any) -> Any:
    try:
        return call(name, **options)
    except InputError:
        return None


def fixed_fields() -> dict[str, FieldValue]:
    """Return the fields that stay the same while the agent runs; unknown ones are left out."""
    name, version = _platform()
    told: dict[str, FieldValue | None] = {
        "n_cpus": _told("cpu_count"),
        "n_physical_cpus": _told("cpu_count", logical=False),
        "os": _OS.get(sys.platform, sys.platform),
        "arch": platform.machine(),
        "platform": name,
        "platform_version": version,
        "kernel_version": platform.release() if sys.platform != "win32" else platform.version(),
    }
    return {key: value for key, value in told.items() if value}


def _platform() -> tuple[str, str]:
    if sys.platform == "win32":
        edition = platform.win32_edition() or ""
        return f"Windows {platform.release()} {edition}".strip(), platform.version()
    if sys.platform == "darwin":
        return "macOS", platform.mac_ver()[0]
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return "", ""
    return release.get("ID", ""), release.get("VERSION_ID", "")


class System:
    """Reads what changes each time, and once what does not."""

    def __init__(
        self,
        reader: Callable[[], Reading] = read,
        fixed: Callable[[], dict[str, FieldValue]] = fixed_fields,
    ) -> None:
        self._reader = reader
        self._fixed = fixed
        self._known: dict[str, FieldValue] | None = None

    def gather(self) -> list[Point]:
        """Read once."""
        if self._known is None:
            self._known = self._fixed()
        return to_points(self._reader(), self._known)


def _create(_settings: Mapping[str, Any]) -> System:
    return System()


INPUT = Input(name="system", text=MEASUREMENT.text, measurements=(MEASUREMENT,), create=_create)
