"""The readings that the outlook rests on: a few a day for two months, in memory and in a small file."""

import json
import logging
import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from collectors.inputs.disk_outlook.trend import DAY_S, Reading
from collectors.scalar import as_int

KEPT_S = 60 * DAY_S
APART_S = DAY_S / 4
"""One reading is kept for each quarter of a day: more tell no more of weeks to come."""
_MOST_PATHS = 32
_MOST_BYTES = 4 * 1024 * 1024

_LOG = logging.getLogger(__name__)


class History:
    """Readings of each file system, oldest first."""

    def __init__(self, path: Path | None = None) -> None:
        """Take up what the file holds; a missing or damaged file is an empty history."""
        self._path = path
        self._readings = load(_content(path)) if path else {}
        self._changed = False

    def of(self, name: str) -> Sequence[Reading]:
        """Return the readings of one file system."""
        return tuple(self._readings.get(name, ()))

    def add(self, name: str, reading: Reading) -> None:
        """Remember a reading; one that comes soon after the last is passed over, and old ones are forgotten."""
        kept = self._readings.setdefault(name, [])
        # A clock that was set back leaves readings from the future, which are worth nothing.
        kept[:] = [each for each in kept if reading.at - KEPT_S <= each.at <= reading.at]
        if kept and reading.at - kept[-1].at < APART_S:
            return
        kept.append(reading)
        self._changed = True
        if len(self._readings) > _MOST_PATHS:
            del self._readings[min(self._readings, key=lambda each: self._newest(each))]

    def save(self) -> None:
        """Write the file if there is one and something new; a failure is logged, for it must not cost the reading."""
        if self._path is None or not self._changed:
            return
        part = self._path.with_suffix(".part")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
                file.write(dump(self._readings))
            part.replace(self._path)
            self._changed = False
        except OSError as error:
            _LOG.warning("history of disk space could not be written to %s: %s", self._path, error.strerror)

    def _newest(self, name: str) -> float:
        return self._readings[name][-1].at if self._readings[name] else -math.inf


def dump(readings: Mapping[str, Sequence[Reading]]) -> str:
    """Return readings as the file holds them: {path: [[Unix time, bytes used, size in bytes], …]}."""
    rows = {name: [[int(each.at), each.used, each.total] for each in known] for name, known in readings.items()}
    return json.dumps(rows, ensure_ascii=False)


def load(content: object) -> dict[str, list[Reading]]:
    """Return the readings in a decoded file; what is no reading is passed over."""
    if not isinstance(content, dict):
        return {}
    rows = {str(name): known for name, known in content.items() if isinstance(known, list)}
    found = {name: [each for row in known if (each := _reading(row))] for name, known in rows.items()}
    return {name: sorted(known, key=lambda each: each.at) for name, known in found.items() if known}


def _reading(row: object) -> Reading | None:
    if not isinstance(row, list) or len(row) != 3:
        return None
    at, used, total = (as_int(each) for each in row)
    if at is None or used is None or total is None or at <= 0 or not 0 <= used <= total:
        return None
    return Reading(float(at), used, total)


def _content(path: Path) -> object:
    try:
        with path.open("rb") as file:
            return json.loads(file.read(_MOST_BYTES))
    except (OSError, ValueError, RecursionError):
        return None
