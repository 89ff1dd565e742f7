"""Antivirus: which products protect this machine, whether they are on, and how old their definitions are."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from collectors.input import AVAILABLE, Availability, Input, InputError, find_program
from collectors.inputs.antivirus import windows
from collectors.inputs.antivirus.declaration import DEVICE, PRODUCT
from collectors.inputs.antivirus.points import to_points
from collectors.inputs.antivirus.product import (
    DEFAULT_POLICY,
    DEFINITIONS_MAX_AGE_DAYS,
    WINDOWS_POLICY,
    Findings,
    Policy,
)
from collectors.inputs.antivirus.recording import parse
from collectors.inputs.antivirus.unix import Unix, this_system
from collectors.point import Point
from collectors.reasons import told_by
from collectors.text import Text
from collectors.verdict import State
from collectors.windows import powershell

_TIMEOUT_S = 90.0


class Antivirus:
    """Reads the antivirus products of this machine."""

    def __init__(
        self, read: Callable[[int], Findings], policy: Policy, now_ns: Callable[[], int] = time.time_ns
    ) -> None:
        self._read = read
        self._policy = policy
        self._now_ns = now_ns

    def gather(self) -> list[Point]:
        """Read once; what cannot be read at all becomes a device that is `unknown`, with the reason."""
        try:
            findings = self._read(self._now_ns())
        except InputError as error:
            findings = Findings(unread=(told_by(error),))
        return to_points(findings, self._policy)


def windows_reader(policy: Policy, ask: powershell.Ask = powershell.ask) -> Callable[[int], Findings]:
    """Return what reads a Windows machine."""
    text = windows.script()

    def read(now_ns: int) -> Findings:
        return windows.findings(powershell.read_document(ask(text, _TIMEOUT_S)), now_ns, policy)

    return read


def _create(settings: Mapping[str, Any]) -> Antivirus:
    system = this_system()
    chosen = settings.get("when_none_found", "auto")
    usual = WINDOWS_POLICY if system == "windows" else DEFAULT_POLICY
    none_found = usual.none_found if chosen == "auto" else State(chosen)
    policy = Policy(float(settings.get("definitions_max_age_days", DEFINITIONS_MAX_AGE_DAYS)), none_found)
    return Antivirus(windows_reader(policy) if system == "windows" else Unix(system).read, policy)


def _available() -> Availability:
    if this_system() == "windows" and find_program("powershell") is None:
        return Availability(False, Text("PowerShell が見つかりません", "PowerShell is not installed"))
    return AVAILABLE


INPUT = Input(
    name="antivirus",
    text=DEVICE.text,
    measurements=(DEVICE, PRODUCT),
    create=_create,
    settings={"definitions_max_age_days": DEFINITIONS_MAX_AGE_DAYS, "when_none_found": "auto"},
    parse=parse,
    available=_available,
    interval_s=1800.0,
    timeout_s=_TIMEOUT_S + 10,
)
