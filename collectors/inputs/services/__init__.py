"""Services that should run and do not: failed units of systemd, automatic services of Windows that are stopped."""

import sys
from collections.abc import Callable, Mapping
from typing import Any

from collectors import command
from collectors.decode import decode_text
from collectors.input import Input, InputError
from collectors.inputs.services import systemd, windows
from collectors.inputs.services.points import DEVICE, SERVICE, to_points, unreadable
from collectors.inputs.services.recording import parse
from collectors.inputs.services.service import Findings
from collectors.point import Point
from collectors.programs import Run
from collectors.reasons import told_by
from collectors.scalar import first_line
from collectors.systems import available_on
from collectors.windows import powershell

_TIMEOUT_S = 60.0


class Services:
    """Reads which services do not run."""

    def __init__(self, read: Callable[[], Findings]) -> None:
        self._read = read

    def gather(self) -> list[Point]:
        """Read once; what cannot be read becomes a point that is `unknown`, with the reason."""
        try:
            return to_points(self._read())
        except InputError as error:
            return unreadable(told_by(error))


def linux_reader(run: Run = command.run) -> Callable[[], Findings]:
    """Return what reads a machine with systemd."""

    def read() -> Findings:
        done = run("systemctl", systemd.ARGUMENTS, _TIMEOUT_S)
        answer = decode_text(done.stdout)
        if done.code != 0 and not answer.strip():
            said = first_line(decode_text(done.stderr))
            raise InputError(f"systemctl failed: {said or f'exit code {done.code}'}")
        return systemd.read(answer)

    return read


def windows_reader(ask: powershell.Ask = powershell.ask) -> Callable[[], Findings]:
    """Return what reads a Windows machine."""
    return lambda: windows.findings(powershell.read_document(ask(windows.SCRIPT, _TIMEOUT_S)))


def _create(_settings: Mapping[str, Any]) -> Services:
    return Services(windows_reader() if sys.platform == "win32" else linux_reader())


INPUT = Input(
    name="services",
    text=DEVICE.text,
    measurements=(DEVICE, SERVICE),
    create=_create,
    parse=parse,
    available=available_on({"linux": ("systemctl",), "win32": ("powershell",)}),
    # On Windows each reading starts a PowerShell.
    interval_s=3600.0 if sys.platform == "win32" else 300.0,
    timeout_s=_TIMEOUT_S + 10,
)
