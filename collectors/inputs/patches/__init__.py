"""Updates: what is missing, for how long, whether a restart is due, and until when the system is supported."""

import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

from collectors.input import AVAILABLE, Availability, Input, InputError, find_program
from collectors.inputs.patches import windows
from collectors.inputs.patches.declaration import DEVICE
from collectors.inputs.patches.facts import Facts
from collectors.inputs.patches.judge import MAX_CHECK_AGE_DAYS, MAX_LAG_DAYS, Policy
from collectors.inputs.patches.linux import Linux
from collectors.inputs.patches.points import to_points
from collectors.inputs.patches.recording import parse
from collectors.point import Point
from collectors.reasons import told_by
from collectors.text import Text
from collectors.windows import powershell

_TIMEOUT_S = 600.0
_LINUX_TOOLS = ("apt-get", "dnf", "yum")


class Patches:
    """Reads the updates of this machine."""

    def __init__(self, read: Callable[[int], Facts], policy: Policy, now_ns: Callable[[], int] = time.time_ns) -> None:
        self._read = read
        self._policy = policy
        self._now_ns = now_ns

    def gather(self) -> list[Point]:
        """Read once; what cannot be read at all becomes a device that is `unknown`, with the reason."""
        now_ns = self._now_ns()
        try:
            facts = self._read(now_ns)
        except InputError as error:
            facts = Facts("none", unread=(told_by(error),))
        return to_points(facts, now_ns, self._policy)


def windows_reader(ask: powershell.Ask = powershell.ask) -> Callable[[int], Facts]:
    """Return what reads a Windows machine."""

    def read(now_ns: int) -> Facts:
        return windows.facts(powershell.read_document(ask(windows.SCRIPT, _TIMEOUT_S)), now_ns)

    return read


def _create(settings: Mapping[str, Any]) -> Patches:
    policy = Policy(
        float(settings.get("max_lag_days", MAX_LAG_DAYS)),
        float(settings.get("max_check_age_days", MAX_CHECK_AGE_DAYS)),
    )
    return Patches(windows_reader() if sys.platform == "win32" else Linux().read, policy)


def _available() -> Availability:
    if sys.platform == "win32":
        if find_program("powershell") is None:
            return Availability(False, Text("PowerShell が見つかりません", "PowerShell is not installed"))
        return AVAILABLE
    if not any(find_program(tool) for tool in _LINUX_TOOLS):
        tools = ", ".join(_LINUX_TOOLS)
        return Availability(False, Text(f"{tools} のいずれもありません", f"none of {tools} is installed"))
    return AVAILABLE


INPUT = Input(
    name="patches",
    text=DEVICE.text,
    measurements=(DEVICE,),
    create=_create,
    settings={"max_lag_days": MAX_LAG_DAYS, "max_check_age_days": MAX_CHECK_AGE_DAYS},
    parse=parse,
    available=_available,
    interval_s=6 * 3600.0,
    timeout_s=_TIMEOUT_S + 10,
)
