"""Runs smartctl: finds the drives, reads each of them without waking one that sleeps, and judges it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from collectors import command
from collectors.decode import decode_text
from collectors.input import BadOutput, InputError, NoPermission, NothingToReport, ToolMissing, find_program
from collectors.inputs.smart.drive import Access, Drive
from collectors.inputs.smart.history import History
from collectors.inputs.smart.judgement import Snapshot, counts_of, judge
from collectors.inputs.smart.points import to_points
from collectors.inputs.smart.smartctl_json import Found, is_document, read_drive, read_scan
from collectors.json_text import load_json
from collectors.point import Point
from collectors.scalar import as_text

SCAN_TIMEOUT_S = 20.0
DRIVE_TIMEOUT_S = 30.0
TOTAL_S = 150.0
"""All drives together; those that are left then are reported as not answering in time."""

WINDOWS_PATH = Path(r"C:\Program Files\smartmontools\bin\smartctl.exe")
"""Where the Windows installer of smartmontools puts it, without touching PATH unless asked to."""

_GUESSED_TYPES = frozenset({"scsi", "ata", ""})
"""Types that a scan merely supposes: named with -d they would keep smartctl from finding the SATA disk behind SCSI."""


class Run(Protocol):
    """Runs a program; `collectors.command.run` is the real one."""

    def __call__(self, program: str, arguments: Sequence[str], timeout_s: float) -> command.Output:
        """Run it and return what it wrote."""
        ...


class Smartctl:
    """smartctl as a command: a scan, and the reading of one drive."""

    def __init__(self, program: str = "smartctl", *, sudo: bool = False, run: Run = command.run) -> None:
        self._program = program
        self._sudo = sudo
        self._run = run

    def scan(self) -> list[Found]:
        """Return the devices that smartctl sees.

        Raises:
            ToolMissing: smartctl is not installed.
            BadOutput: it is older than 7.0 and writes no JSON.
            InputError: it could not be run.
        """
        document = self._ask(["--scan", "--json"], SCAN_TIMEOUT_S)
        if not is_document(document):
            raise BadOutput("the answer to a scan is not smartctl's")
        return read_scan(document)

    def read(self, found: Found) -> Drive:
        """Return what one drive tells; that it cannot be read is told by `Drive.access`.

        Raises:
            ToolMissing: smartctl has been removed since.
        """
        device_type = [] if found.drive.type in _GUESSED_TYPES else ["--device", found.drive.type]
        try:
            document = self._ask(
                ["--xall", "--json", "--nocheck=standby", *device_type, "--", found.path], DRIVE_TIMEOUT_S
            )
            drive = read_drive(document)
        except ToolMissing:
            raise
        except BadOutput:
            return replace(found.drive, access=Access.UNTRUSTED)
        except NoPermission:
            return replace(found.drive, access=Access.PERMISSION_DENIED)
        except InputError:
            return replace(found.drive, access=Access.TIMEOUT)
        return replace(drive, name=drive.name or found.drive.name, type=drive.type or found.drive.type)

    def _ask(self, arguments: Sequence[str], timeout_s: float) -> object:
        program, words = ("sudo", ["-n", self._program, *arguments]) if self._sudo else (self._program, arguments)
        output = self._run(program, words, timeout_s)
        text = decode_text(output.stdout)
        if not text.lstrip().startswith("{"):
            said = as_text(decode_text(output.stderr)) or as_text(text) or f"nothing, exit status {output.code}"
            raise BadOutput(f"smartctl 7.0 or later answers in JSON, this one said: {said}")
        return load_json(text)


def locate(program: str) -> str:
    """Return where smartctl is; the name itself where it is nowhere."""
    return str(WINDOWS_PATH) if find_program(program) is None and WINDOWS_PATH.exists() else program


class Smart:
    """Reads all drives, remembers what they counted, and judges them."""

    def __init__(
        self,
        smartctl: Smartctl,
        history: History | None = None,
        clock: Callable[[], float] = time.time,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        self._smartctl = smartctl
        self._history = history or History()
        self._clock = clock
        self._elapsed = elapsed

    def gather(self) -> list[Point]:
        """Read each drive once.

        Raises:
            NothingToReport: smartctl sees no drive.
            ToolMissing: smartctl is not installed.
            InputError: smartctl could not be run.
        """
        end = self._elapsed() + TOTAL_S
        drives = []
        for found in self._smartctl.scan():
            late = self._elapsed() > end
            drives.append(replace(found.drive, access=Access.TIMEOUT) if late else self._smartctl.read(found))
        points = [point for drive in drives if drive.access is not Access.NOT_A_DISK for point in self._judged(drive)]
        self._history.save()
        if not points:
            raise NothingToReport("smartctl sees no drive on this machine")
        return points

    def _judged(self, drive: Drive) -> list[Point]:
        at = self._clock()
        judgement = judge(drive, self._history.of(drive.identity), at)
        if drive.identity and drive.access is Access.OK:
            self._history.add(drive.identity, Snapshot(at, counts_of(drive)))
        return to_points(drive, judgement)
