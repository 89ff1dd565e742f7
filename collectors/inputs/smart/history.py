"""What drives counted before: in memory, and in a small file where one is configured.

Growth is judged against it, and office machines are switched off every night; without the file they forget.
"""

import json
import logging
import os
from collections.abc import Sequence
from pathlib import Path

from collectors.inputs.smart.judgement import Snapshot
from collectors.inputs.smart.rules import DAY_S, SETTLED_S
from collectors.scalar import as_int

KEPT_S = SETTLED_S + DAY_S
APART_S = 3_000.0
"""Snapshots closer together than this add nothing."""

_LOG = logging.getLogger(__name__)


class History:
    """Snapshots of each drive's counters, oldest first."""

    def __init__(self, path: Path | None = None) -> None:
        """Take up what the file holds; a missing or damaged file is an empty history."""
        self._path = path
        self._snapshots: dict[str, list[Snapshot]] = _load(path) if path else {}

    def of(self, identity: str) -> Sequence[Snapshot]:
        """Return the snapshots of one drive."""
        return tuple(self._snapshots.get(identity, ()))

    def add(self, identity: str, snapshot: Snapshot) -> None:
        """Remember a snapshot; one that comes too soon after the last is passed over, and old ones are forgotten."""
        known = self._snapshots.setdefault(identity, [])
        if known and 0 <= snapshot.at - known[-1].at < APART_S:
            return
        # A clock that was set back would otherwise keep snapshots from the future for ever.
        known[:] = [each for each in known if snapshot.at - KEPT_S <= each.at <= snapshot.at] or known[-1:]
        known.append(snapshot)

    def save(self) -> None:
        """Write the file, if there is one; a failure is logged, for it must not cost the reading."""
        if self._path is None:
            return
        content = {name: [[each.at, dict(each.counts)] for each in known] for name, known in self._snapshots.items()}
        part = self._path.with_suffix(".part")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(content, file)
            part.replace(self._path)
        except OSError as error:
            _LOG.warning("history of drives could not be written to %s: %s", self._path, error.strerror)


def _load(path: Path) -> dict[str, list[Snapshot]]:
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(content, dict):
        return {}
    return {name: _snapshots(known) for name, known in content.items() if isinstance(known, list)}


def _snapshots(known: Sequence[object]) -> list[Snapshot]:
    found = []
    for each in known:
        match each:
            case [int() | float() as at, dict() as counts]:
                whole = {str(name): as_int(count) for name, count in counts.items()}
                found.append(Snapshot(float(at), {name: count for name, count in whole.items() if count is not None}))
            case _:
                continue
    return found
