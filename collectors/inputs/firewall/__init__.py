"""Firewall: whether inbound traffic is filtered, by what, and since when it is not."""

import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

from collectors.input import AVAILABLE, Availability, Input, InputError, find_program
from collectors.inputs.firewall import windows
from collectors.inputs.firewall.declaration import DEVICE, PROFILE
from collectors.inputs.firewall.judge import Judgement, judge
from collectors.inputs.firewall.layer import Findings
from collectors.inputs.firewall.linux import Linux
from collectors.inputs.firewall.points import THE_DEVICE, to_points
from collectors.inputs.firewall.recording import parse
from collectors.point import Point
from collectors.reasons import told_by
from collectors.text import Text
from collectors.verdict import State
from collectors.windows import powershell

_TIMEOUT_S = 60.0
_LINUX_TOOLS = ("ufw", "firewall-cmd", "nft", "iptables-save")


class Firewall:
    """Reads the firewall of this machine, and remembers since when it saw each part off."""

    def __init__(
        self,
        read: Callable[[], Findings],
        none_state: State = State.BAD,
        now_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        self._read = read
        self._none_state = none_state
        self._now_ns = now_ns
        self._off_since: dict[tuple[str, str], int] = {}

    def gather(self) -> list[Point]:
        """Read once; what cannot be read at all becomes a device that is `unknown`, with the reason."""
        try:
            findings = self._read()
        except InputError as error:
            findings = Findings(unread=(told_by(error),))
        judged = judge(findings, self._none_state)
        now_ns = self._now_ns()
        off = self._observe(judged, now_ns)
        return to_points(judged, off, now_ns)

    def _observe(self, judged: Judgement, now_ns: int) -> dict[tuple[str, str], int]:
        """Return since when what is off now has been seen off; being on, and only that, ends it."""
        states = {(layer.profile, layer.manager): layer.enabled for layer, _ in judged.layers}
        states[THE_DEVICE] = judged.enabled
        for key, enabled in states.items():
            if enabled:
                self._off_since.pop(key, None)
            elif enabled is False:
                self._off_since.setdefault(key, now_ns)
        return {key: self._off_since[key] for key, enabled in states.items() if enabled is False}


def windows_reader(ask: powershell.Ask = powershell.ask) -> Callable[[], Findings]:
    """Return what reads a Windows machine."""
    return lambda: windows.findings(powershell.read_document(ask(windows.SCRIPT, _TIMEOUT_S)))


def _create(settings: Mapping[str, Any]) -> Firewall:
    none_state = State(settings.get("when_no_filter", State.BAD))
    return Firewall(windows_reader() if sys.platform == "win32" else Linux().read, none_state)


def _available() -> Availability:
    if sys.platform == "win32":
        if find_program("powershell") is None:
            return Availability(False, Text("PowerShell が見つかりません", "PowerShell is not installed"))
        return AVAILABLE
    if sys.platform != "linux":
        return Availability(False, Text("このOSでは読み取れません", "cannot be read on this operating system"))
    if not any(find_program(tool) for tool in _LINUX_TOOLS):
        tools = ", ".join(_LINUX_TOOLS)
        return Availability(False, Text(f"{tools} のいずれもありません", f"none of {tools} is installed"))
    return AVAILABLE


INPUT = Input(
    name="firewall",
    text=DEVICE.text,
    measurements=(DEVICE, PROFILE),
    create=_create,
    settings={"when_no_filter": "bad"},
    parse=parse,
    available=_available,
    interval_s=900.0,
    timeout_s=_TIMEOUT_S + 10,
)
