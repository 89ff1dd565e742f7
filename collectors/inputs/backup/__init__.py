"""Age of the last successful backup, where a common tool or the settings tell of one."""

import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

from collectors.input import Input, InputError
from collectors.inputs.backup import windows
from collectors.inputs.backup.job import BAD_AFTER_DAYS, Findings
from collectors.inputs.backup.points import DEVICE, JOB, to_points
from collectors.inputs.backup.recording import parse
from collectors.inputs.backup.unix import NamedBackups
from collectors.point import Point
from collectors.reasons import told_by
from collectors.systems import available_on
from collectors.windows import powershell

_TIMEOUT_S = 60.0


class Backup:
    """Reads the backups of this machine: those of known tools, and those that the settings name."""

    def __init__(
        self,
        readers: tuple[Callable[[], Findings], ...],
        bad_after_days: float = BAD_AFTER_DAYS,
        now_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        self._readers = readers
        self._bad_after_days = bad_after_days
        self._now_ns = now_ns

    def gather(self) -> list[Point]:
        """Read once; what cannot be read, and a machine without a backup that can, is `unknown`, with the reason."""
        found = [self._read(read) for read in self._readers]
        together = Findings(
            tuple(job for each in found for job in each.jobs), tuple(why for each in found for why in each.unread)
        )
        return to_points(together, self._now_ns(), self._bad_after_days)

    @staticmethod
    def _read(read: Callable[[], Findings]) -> Findings:
        try:
            return read()
        except InputError as error:
            return Findings(unread=(told_by(error),))


def windows_reader(ask: powershell.Ask = powershell.ask) -> Callable[[], Findings]:
    """Return what reads a Windows machine."""
    text = windows.script()
    return lambda: windows.findings(powershell.read_document(ask(text, _TIMEOUT_S)))


def _create(settings: Mapping[str, Any]) -> Backup:
    readers = [NamedBackups(settings["stamp_files"], settings["units"]).read]
    if sys.platform == "win32":
        readers.insert(0, windows_reader())
    return Backup(tuple(readers), settings["bad_after_days"])


INPUT = Input(
    name="backup",
    text=DEVICE.text,
    measurements=(DEVICE, JOB),
    create=_create,
    settings={"bad_after_days": BAD_AFTER_DAYS, "stamp_files": (), "units": ()},
    parse=parse,
    available=available_on({"linux": (), "win32": ("powershell",), "darwin": ()}),
    # On Windows each reading starts a PowerShell.
    interval_s=7200.0 if sys.platform == "win32" else 3600.0,
    timeout_s=_TIMEOUT_S + 30,
)
