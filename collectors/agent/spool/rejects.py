"""Lines that the gateway refused for good: kept for people to look at, never sent again."""

import logging
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from collectors.agent.wording import fill
from collectors.text import Text

MAX_BYTES = 1024 * 1024
"""When the file has grown to this, it becomes `rejects.1.lp`, and the one before that is gone."""

_log = logging.getLogger(__name__)

_CANNOT_KEEP = Text("拒否された行を{path}に保存できません: {why}", "cannot keep refused lines in {path}: {why}")


@dataclass(frozen=True, slots=True)
class Reject:
    """A line that the gateway refused, and why."""

    line: bytes
    reason: str


def keep(directory: Path, rejects: Sequence[Reject]) -> None:
    """Append refused lines, each under a comment with the time and the reason; what cannot be kept is only logged."""
    path = directory / "rejects.lp"
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    text = b"".join(b"# %s %s\n%s\n" % (when.encode(), _one_line(each.reason), each.line) for each in rejects)
    try:
        if path.exists() and path.stat().st_size + len(text) > MAX_BYTES:
            path.replace(directory / "rejects.1.lp")
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(descriptor, "ab") as file:
            file.write(text[:MAX_BYTES])
    except OSError as error:
        _log.warning(fill(_CANNOT_KEEP, path=path, why=error.strerror))


def _one_line(reason: str) -> bytes:
    return " ".join(reason.split()).encode()[:300]
