"""Logs of the children: appended to, and capped so that a stack that runs for months does not fill the disk."""

import shutil
from pathlib import Path
from typing import IO

MAX_BYTES = 5 * 1024 * 1024
"""Size at which a log is moved aside; one older log is kept, so each child's logs take twice this at most."""


def open_log(path: Path) -> IO[bytes]:
    """Open a child's log for appending."""
    cap(path)
    return path.open("ab")


def cap(path: Path) -> None:
    """Move a log's content to `NAME.1` once it is too large.

    The file is copied and cut, not renamed: the child goes on writing to the same open file, in append mode.
    """
    if path.is_file() and path.stat().st_size > MAX_BYTES:
        shutil.copyfile(path, path.with_name(f"{path.name}.1"))
        with path.open("r+b") as file:
            file.truncate()


def last_line(path: Path) -> str:
    """Return the last line that a child wrote, for an error message; "" if none."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 8192))
        lines = file.read().decode("utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else ""
