"""Starts and ends on Linux: the first of wtmp, wtmpdb and the journal that knows of the present start."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from collectors import command
from collectors.decode import decode_text
from collectors.input import InputError
from collectors.inputs.uptime_events import journal, wtmp
from collectors.inputs.uptime_events.history import Findings, Record, from_records, since_start
from collectors.programs import Run
from collectors.psutil_calls import call

_TIMEOUT_S = 20.0
_MOST_RECORDS = 4000
_SAME_START_S = 900
"""A clock that is set after the start moves the recorded time of it."""


def boot_time() -> int:
    """Return the Unix time of the last start.

    Raises:
        InputError: the system does not tell.
    """
    if hasattr(time, "CLOCK_BOOTTIME"):
        return int(time.time() - time.clock_gettime(time.CLOCK_BOOTTIME))
    return int(call("boot_time"))


class Linux:
    """Reads the records of a Linux machine.

    Args:
        run: runs a program.
        root: where the file system begins; tests point it elsewhere.
        booted: tells the time of the last start.
    """

    def __init__(self, run: Run = command.run, root: Path = Path("/"), booted: Callable[[], int] = boot_time) -> None:
        self._run = run
        self._root = root
        self._booted = booted

    def read(self, now_s: int) -> Findings:
        """Return what the first source that is kept up to date tells; else only the start.

        A source that does not know of the present start is left over from an earlier version of the system.
        """
        booted = self._booted()
        sources: tuple[tuple[str, Callable[[], list[Record]]], ...] = (
            ("wtmp", self._wtmp), ("wtmpdb", self._wtmpdb), ("journal", self._journal),
        )  # fmt: skip
        for name, ask in sources:
            try:
                found = from_records(name, ask(), now_s)
            except InputError:
                continue
            if found.booted_at is not None and abs(found.booted_at - booted) <= _SAME_START_S:
                return since_start(found, booted, now_s)
        return since_start(Findings("clock"), booted, now_s)

    def _wtmp(self) -> list[Record]:
        try:
            with (self._root / "var/log/wtmp").open("rb") as file:
                whole = file.seek(0, os.SEEK_END) // wtmp.RECORD_BYTES
                file.seek(max(0, whole - _MOST_RECORDS) * wtmp.RECORD_BYTES)
                return wtmp.read_wtmp(file.read(min(whole, _MOST_RECORDS) * wtmp.RECORD_BYTES))
        except OSError as error:
            raise InputError(f"wtmp: {error.strerror}") from error

    def _wtmpdb(self) -> list[Record]:
        path = self._root / "var/lib/wtmpdb/wtmp.db"
        if not path.is_file():
            raise InputError("there is no wtmpdb")
        return wtmp.read_wtmpdb(path)

    def _journal(self) -> list[Record]:
        return journal.read(decode_text(self._run("journalctl", journal.ARGUMENTS, _TIMEOUT_S).stdout))
