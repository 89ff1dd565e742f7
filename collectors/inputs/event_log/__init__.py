"""Errors in the logs of this machine, counted by source; never their texts."""

import sys
from collections.abc import Callable, Mapping
from typing import Any

from collectors import command
from collectors.decode import decode_text
from collectors.input import Input, InputError, NoPermission
from collectors.inputs.event_log import journal, windows
from collectors.inputs.event_log.counts import Findings
from collectors.inputs.event_log.points import DEVICE, MANY_ERRORS, SOURCE, to_points
from collectors.inputs.event_log.recording import parse
from collectors.point import Point
from collectors.programs import Run
from collectors.systems import available_on
from collectors.windows import powershell

_TIMEOUT_S = 120.0


class EventLog:
    """Counts the errors in the logs of this machine."""

    def __init__(self, read: Callable[[], Findings], many: int = MANY_ERRORS) -> None:
        self._read = read
        self._many = many

    def gather(self) -> list[Point]:
        """Count once; a log that cannot be read makes the device `unknown`, with the reason."""
        try:
            return to_points(self._read(), self._many)
        except InputError as error:
            return to_points(Findings({}, unread=(str(error),)), self._many)


def linux_reader(run: Run = command.run) -> Callable[[], Findings]:
    """Return what reads the journal."""

    def read() -> Findings:
        done = run("journalctl", journal.ARGUMENTS, _TIMEOUT_S)
        complaint = " ".join(decode_text(done.stderr).split())
        if journal.NO_PERMISSION in complaint:
            raise NoPermission("the journal shows its own records only; run the agent as root or in systemd-journal")
        if done.code != 0 or "No journal files" in complaint:
            raise InputError(f"journalctl failed: {complaint[:120] or f'exit code {done.code}'}")
        return journal.read(decode_text(done.stdout))

    return read


def windows_reader(ask: powershell.Ask = powershell.ask) -> Callable[[], Findings]:
    """Return what reads a Windows machine."""
    return lambda: windows.findings(powershell.read_document(ask(windows.SCRIPT, _TIMEOUT_S)))


def _create(settings: Mapping[str, Any]) -> EventLog:
    return EventLog(windows_reader() if sys.platform == "win32" else linux_reader(), settings["many_errors"])


INPUT = Input(
    name="event_log",
    text=DEVICE.text,
    measurements=(DEVICE, SOURCE),
    create=_create,
    settings={"many_errors": MANY_ERRORS},
    parse=parse,
    available=available_on({"linux": ("journalctl",), "win32": ("powershell",)}),
    # On Windows each reading starts a PowerShell.
    interval_s=7200.0 if sys.platform == "win32" else 3600.0,
    timeout_s=_TIMEOUT_S + 10,
)
