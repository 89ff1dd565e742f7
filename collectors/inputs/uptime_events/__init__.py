"""Starts of this machine, and shutdowns that nobody asked for."""

import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

from collectors.input import Input, InputError
from collectors.inputs.uptime_events import windows
from collectors.inputs.uptime_events.history import Findings, since_start
from collectors.inputs.uptime_events.linux import Linux, boot_time
from collectors.inputs.uptime_events.points import LIMITS, UPTIME, Limits, to_points, unreadable
from collectors.inputs.uptime_events.recording import parse
from collectors.point import Point
from collectors.reasons import told_by
from collectors.systems import available_on
from collectors.windows import powershell

_TIMEOUT_S = 60.0


class UptimeEvents:
    """Reads the starts and ends of this machine."""

    def __init__(
        self, read: Callable[[int], Findings], limits: Limits = LIMITS, now_ns: Callable[[], int] = time.time_ns
    ) -> None:
        self._read = read
        self._limits = limits
        self._now_ns = now_ns

    def gather(self) -> list[Point]:
        """Read once; what cannot be read becomes a point that is `unknown`, with the reason."""
        now_ns = self._now_ns()
        try:
            return to_points(self._read(now_ns // 10**9), now_ns, self._limits)
        except InputError as error:
            return unreadable(told_by(error))


def windows_reader(ask: powershell.Ask = powershell.ask) -> Callable[[int], Findings]:
    """Return what reads a Windows machine."""
    return lambda now_s: windows.findings(powershell.read_document(ask(windows.SCRIPT, _TIMEOUT_S)), now_s)


def psutil_reader(now_s: int) -> Findings:
    """Return the last start, which is all that psutil tells."""
    return since_start(Findings("clock"), boot_time(), now_s)


def _create(settings: Mapping[str, Any]) -> UptimeEvents:
    readers = {"win32": windows_reader(), "linux": Linux().read}
    limits = Limits(settings["bad_from_24h"], settings["bad_from_7d"])
    return UptimeEvents(readers.get(sys.platform, psutil_reader), limits)


INPUT = Input(
    name="uptime_events",
    text=UPTIME.text,
    measurements=(UPTIME,),
    create=_create,
    settings={"bad_from_24h": LIMITS.day, "bad_from_7d": LIMITS.week},
    parse=parse,
    available=available_on({"linux": (), "win32": ("powershell",), "darwin": ()}),
    # On Windows each reading starts a PowerShell.
    interval_s=7200.0 if sys.platform == "win32" else 3600.0,
    timeout_s=_TIMEOUT_S + 10,
)
