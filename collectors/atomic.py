"""Replacing a small file so that readers and crashes see the old content or the new one, never half of either."""

import contextlib
import os
import sys
from collections.abc import Iterable
from pathlib import Path


def replace_file(path: Path, data: bytes) -> None:
    """Write a file of mode 0600 through a neighbour, forced to the disk before it takes the name.

    Raises:
        OSError: it could not be written; the old file is as it was.
    """
    replace_file_by_parts(path, (data,))


def replace_file_by_parts(path: Path, parts: Iterable[bytes]) -> None:
    """Write a file as `replace_file` does, of pieces that are written as they come.

    Raises:
        OSError: it could not be written; the old file is as it was, as it is where the pieces cannot be made.
    """
    beside = path.with_name(f"{path.name}.new")
    try:
        # The mode is set at creation: a secret must not be readable for even a moment.
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(descriptor, "wb") as file:
            for part in parts:
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)  # noqa: PTH105  # the function whose atomicity POSIX and Python promise
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise
    sync_directory(path.parent)


def sync_directory(directory: Path) -> None:
    """Force a directory's names to the disk; Windows has no such call and needs none."""
    if sys.platform == "win32":
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
