"""Backups on Linux: files that a backup touches when it has succeeded, and units of systemd that make one.

restic, borg, duplicity, rsnapshot and scripts leave no common trace of success; the settings name one: a file that the
script touches, a directory that gains an entry, or the unit that runs the backup.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from collectors import command
from collectors.decode import decode_text
from collectors.input import InputError
from collectors.inputs.backup.job import Findings, Job
from collectors.programs import Run
from collectors.reasons import told_by
from collectors.text import Text

_TIMEOUT_S = 15.0
_PROPERTY = re.compile(r"(?P<name>LoadState|ActiveState|Result|ExecMainExitTimestamp)=(?P<value>.*)")
_UNIX = re.compile(r"@(?P<seconds>\d{1,11})")
_UNIT = re.compile(r"[A-Za-z0-9@:._\\-]{1,200}")


class NamedBackups:
    """Reads the backups that the settings name.

    Args:
        stamp_files: "name=path", or a path that is its own name.
        units: names of services of systemd.
        run: runs a program.
    """

    def __init__(self, stamp_files: Iterable[str] = (), units: Iterable[str] = (), run: Run = command.run) -> None:
        self._stamps = tuple(split_stamp(each) for each in stamp_files)
        self._units = tuple(units)
        self._run = run

    def read(self) -> Findings:
        """Return each named backup; one that cannot be read says why."""
        return Findings(
            (*(stamp(name, path) for name, path in self._stamps), *(self._unit(unit) for unit in self._units))
        )

    def _unit(self, unit: str) -> Job:
        if not _UNIT.fullmatch(unit) or unit.startswith("-"):
            return Job(
                "systemd", unit, unread=Text(f"{unit} はユニット名ではありません", f"{unit} is no name of a unit")
            )
        arguments = ("show", "--timestamp=unix", "--property=LoadState,ActiveState,Result,ExecMainExitTimestamp", unit)
        try:
            done = self._run("systemctl", arguments, _TIMEOUT_S)
            if done.code != 0:
                raise InputError(f"systemctl show needs systemd 248 or later (exit code {done.code})")
        except InputError as error:
            return Job("systemd", unit, unread=told_by(error))
        return read_unit(unit, decode_text(done.stdout))


def split_stamp(text: str) -> tuple[str, Path]:
    """Return name and path of "name=path" or of a path alone."""
    name, mark, path = text.partition("=")
    return (name.strip(), Path(path.strip())) if mark else (Path(text).name, Path(text))


def stamp(name: str, path: Path, modified: Callable[[Path], float] = lambda path: path.stat().st_mtime) -> Job:
    """Return the backup that touches a file when it has succeeded."""
    try:
        return Job("stamp_file", name, succeeded_at=modified(path))
    except FileNotFoundError:
        return Job("stamp_file", name, never=True)
    except OSError as error:
        why = error.strerror or type(error).__name__
        return Job("stamp_file", name, unread=Text(f"{path}：{why}", f"{path}: {why}"))


def read_unit(unit: str, text: str) -> Job:
    """Return the backup that a unit makes, from `systemctl show --timestamp=unix`.

    systemd forgets at each start of the machine: a unit that has not run since tells nothing.
    """
    found = {row["name"]: row["value"] for line in text.splitlines() if (row := _PROPERTY.fullmatch(line))}
    if found.get("LoadState") != "loaded":
        why = Text(f"{unit} がありません", f"there is no unit {unit}")
        return Job("systemd", unit, unread=why)
    at = _UNIX.fullmatch(found.get("ExecMainExitTimestamp", ""))
    if at is None:
        return Job("systemd", unit)
    ended = float(at["seconds"])
    if found.get("Result") == "success":
        return Job("systemd", unit, succeeded_at=ended)
    return Job("systemd", unit, failed_at=ended)
