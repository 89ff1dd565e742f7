"""Lists of archives as restic and borg write them in JSON: only their times are looked at.

Sources: restic documentation, "Scripting", snapshots; borg documentation, "JSON output", `borg list --json`.
"""

import re
from datetime import UTC, datetime

from collectors.inputs.backup.job import Job
from collectors.scalar import as_text

_FRACTION = re.compile(r"(\.\d{6})\d+")


def read(value: object) -> Job | None:
    """Return the backup that a decoded JSON text lists; None if it is no such list."""
    if isinstance(value, list) and value and all(_is_snapshot(each) for each in value):
        return _newest("restic", [each.get("time") for each in value])
    archives = value.get("archives") if isinstance(value, dict) else None
    if isinstance(archives, list) and isinstance(value, dict) and "repository" in value:
        # Borg writes local times without a zone in its older versions: exact to a day is all that can be said.
        times = [each.get("time", each.get("start")) for each in archives if isinstance(each, dict)]
        return _newest("borg", times)
    return None


def _is_snapshot(each: object) -> bool:
    return isinstance(each, dict) and "time" in each and ("short_id" in each or "tree" in each)


def _newest(tool: str, times: list[object]) -> Job:
    if not times:
        return Job(tool, never=True)
    found = [at for each in times if (at := _unix(as_text(each) or "")) is not None]
    return Job(tool, succeeded_at=max(found, default=None))


def _unix(text: str) -> float | None:
    try:
        found = datetime.fromisoformat(_FRACTION.sub(r"\1", text))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
